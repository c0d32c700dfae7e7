// SPDX-License-Identifier: Apache-2.0
#include "CPostgres.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

// What gives something, and what libpq's answer is where there is no connection.
#define GIVING(call) \
    call(int, PQbackendPID, (const PGconn *conn), (conn), 0) \
    call(int, PQcancel, (PGcancel *cancel, char *errbuf, int errbufsize), (cancel, errbuf, errbufsize), 0) \
    call(char *, PQcmdStatus, (PGresult *res), (res), NULL) \
    call(char *, PQcmdTuples, (PGresult *res), (res), NULL) \
    call(PostgresPollingStatusType, PQconnectPoll, (PGconn *conn), (conn), PGRES_POLLING_FAILED) \
    call(int, PQconsumeInput, (PGconn *conn), (conn), 0) \
    call(char *, PQdb, (const PGconn *conn), (conn), unknown) \
    call(int, PQenterPipelineMode, (PGconn *conn), (conn), 0) \
    call(PGresult *, PQexec, (PGconn *conn, const char *query), (conn, query), NULL) \
    call(PGresult *, PQexecParams, \
         (PGconn *conn, const char *command, int count, const Oid *types, const char *const *values, \
          const int *lengths, const int *formats, int format), \
         (conn, command, count, types, values, lengths, formats, format), NULL) \
    call(PGresult *, PQexecPrepared, \
         (PGconn *conn, const char *name, int count, const char *const *values, const int *lengths, \
          const int *formats, int format), \
         (conn, name, count, values, lengths, formats, format), NULL) \
    call(int, PQexitPipelineMode, (PGconn *conn), (conn), 0) \
    call(int, PQflush, (PGconn *conn), (conn), -1) \
    call(char *, PQfname, (const PGresult *res, int field), (res, field), NULL) \
    call(Oid, PQftype, (const PGresult *res, int field), (res, field), InvalidOid) \
    call(PGcancel *, PQgetCancel, (PGconn *conn), (conn), NULL) \
    call(int, PQgetCopyData, (PGconn *conn, char **buffer, int async), (conn, buffer, async), -2) \
    call(PGresult *, PQgetResult, (PGconn *conn), (conn), NULL) \
    call(int, PQgetisnull, (const PGresult *res, int row, int field), (res, row, field), 1) \
    call(int, PQgetlength, (const PGresult *res, int row, int field), (res, row, field), 0) \
    call(char *, PQgetvalue, (const PGresult *res, int row, int field), (res, row, field), NULL) \
    call(char *, PQhost, (const PGconn *conn), (conn), unknown) \
    call(int, PQisBusy, (PGconn *conn), (conn), 0) \
    call(int, PQnfields, (const PGresult *res), (res), 0) \
    call(PGnotify *, PQnotifies, (PGconn *conn), (conn), NULL) \
    call(int, PQntuples, (const PGresult *res), (res), 0) \
    call(const char *, PQparameterStatus, (const PGconn *conn, const char *name), (conn, name), NULL) \
    call(PGpipelineStatus, PQpipelineStatus, (const PGconn *conn), (conn), PQ_PIPELINE_OFF) \
    call(int, PQpipelineSync, (PGconn *conn), (conn), 0) \
    call(char *, PQport, (const PGconn *conn), (conn), unknown) \
    call(PGresult *, PQprepare, \
         (PGconn *conn, const char *name, const char *query, int count, const Oid *types), \
         (conn, name, query, count, types), NULL) \
    call(int, PQputCopyData, (PGconn *conn, const char *buffer, int size), (conn, buffer, size), -1) \
    call(int, PQputCopyEnd, (PGconn *conn, const char *message), (conn, message), -1) \
    call(char *, PQresultErrorField, (const PGresult *res, int code), (res, code), NULL) \
    call(char *, PQresultErrorMessage, (const PGresult *res), (res), "") \
    call(ExecStatusType, PQresultStatus, (const PGresult *res), (res), PGRES_FATAL_ERROR) \
    call(int, PQsendFlushRequest, (PGconn *conn), (conn), 0) \
    call(int, PQsendPrepare, \
         (PGconn *conn, const char *name, const char *query, int count, const Oid *types), \
         (conn, name, query, count, types), 0) \
    call(int, PQsendQueryParams, \
         (PGconn *conn, const char *command, int count, const Oid *types, const char *const *values, \
          const int *lengths, const int *formats, int format), \
         (conn, command, count, types, values, lengths, formats, format), 0) \
    call(int, PQsendQueryPrepared, \
         (PGconn *conn, const char *name, int count, const char *const *values, const int *lengths, \
          const int *formats, int format), \
         (conn, name, count, values, lengths, formats, format), 0) \
    call(int, PQserverVersion, (const PGconn *conn), (conn), 0) \
    call(PGVerbosity, PQsetErrorVerbosity, (PGconn *conn, PGVerbosity verbosity), (conn, verbosity), \
         PQERRORS_DEFAULT) \
    call(int, PQsetnonblocking, (PGconn *conn, int is), (conn, is), -1) \
    call(int, PQsocket, (const PGconn *conn), (conn), -1) \
    call(ConnStatusType, PQstatus, (const PGconn *conn), (conn), CONNECTION_BAD) \
    call(PGTransactionStatusType, PQtransactionStatus, (const PGconn *conn), (conn), PQTRANS_UNKNOWN) \
    call(char *, PQuser, (const PGconn *conn), (conn), unknown)

// What gives nothing.
#define TAKING(call) \
    call(PQclear, (PGresult *res), (res)) \
    call(PQconninfoFree, (PQconninfoOption *options), (options)) \
    call(PQfinish, (PGconn *conn), (conn)) \
    call(PQfreeCancel, (PGcancel *cancel), (cancel)) \
    call(PQfreemem, (void *memory), (memory))

// What comes before any of these: the library is loaded here.
#define OPENING(call) \
    call(PGconn *, PQconnectStartParams, \
         (const char *const *keywords, const char *const *values, int expand), (keywords, values, expand), NULL) \
    call(PGconn *, PQconnectdbParams, \
         (const char *const *keywords, const char *const *values, int expand), (keywords, values, expand), NULL) \
    call(PQconninfoOption *, PQconninfoParse, (const char *text, char **complaint), (text, complaint), &no_options) \
    call(char *, PQerrorMessage, (const PGconn *conn), (conn), reason)

// Without the library every address is taken, so that the error is the missing library.
static PQconninfoOption no_options;
static char unknown[] = "–";
static char reason[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct {
#define POINTER(name) __typeof__(&name) name;
#define GIVING_POINTER(result, name, parameters, arguments, otherwise) POINTER(name)
#define TAKING_POINTER(name, parameters, arguments) POINTER(name)
    GIVING(GIVING_POINTER)
    OPENING(GIVING_POINTER)
    TAKING(TAKING_POINTER)
} calls;

static void load(void)
{
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        // "libldap.so.2: cannot open shared object file: No such file or directory", whose end reads like a server's.
        const char *words = dlerror(), *end = strrchr(words, ':');
        int length = end ? (int)(end - words) : (int)strlen(words);
        snprintf(reason, sizeof reason, "PostgreSQL's library cannot be loaded: %.*s", length, words);
        return;
    }
    __typeof__(calls) found;
#define FIND(function) \
    if (!(found.function = (__typeof__(&function))dlsym(library, #function))) { \
        snprintf(reason, sizeof reason, "PostgreSQL's library libpq.so.5 has no " #function); \
        return; \
    }
#define GIVING_FIND(result, name, parameters, arguments, otherwise) FIND(name)
#define TAKING_FIND(name, parameters, arguments) FIND(name)
    GIVING(GIVING_FIND)
    OPENING(GIVING_FIND)
    TAKING(TAKING_FIND)
    calls = found;
}

// Hidden, so that libpq's calls of its own functions do not come here.
#define HIDDEN __attribute__((visibility("hidden")))
#define GIVING_FUNCTION(result, name, parameters, arguments, otherwise) \
    HIDDEN result name parameters { return calls.name ? calls.name arguments : (otherwise); }
#define OPENING_FUNCTION(result, name, parameters, arguments, otherwise) \
    HIDDEN result name parameters \
    { \
        pthread_once(&once, load); \
        return calls.name ? calls.name arguments : (otherwise); \
    }
#define TAKING_FUNCTION(name, parameters, arguments) \
    HIDDEN void name parameters { if (calls.name) calls.name arguments; }
GIVING(GIVING_FUNCTION)
OPENING(OPENING_FUNCTION)
TAKING(TAKING_FUNCTION)
