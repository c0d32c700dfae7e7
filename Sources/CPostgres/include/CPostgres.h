// SPDX-License-Identifier: Apache-2.0
// libpq, loaded when PostgreSQL is first spoken to. It comes with some twenty libraries (Kerberos, LDAP, TLS twice), which
// a server on the embedded database need not hold: 5 MB. Its functions have their own names: CPostgres.c hands them on,
// each once; whatever else is needed is added there. Where it is not installed no connection can be made, and
// `PQerrorMessage` says so.
#ifndef CPOSTGRES_H
#define CPOSTGRES_H
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

#endif
