# SPDX-License-Identifier: Apache-2.0
"""The main job with a real SMTP server in between: STARTTLS and AUTH, on SQLite or PostgreSQL.

Then the password stops working: the queue is held, administrators are told, and nothing is lost when it works again.
Meanwhile another centre's server is gone: when the send window ends, its employee gets the internal message.
"""
import argparse
import tempfile

from kill_story import answered_in_report, completion, use_smtp
from mail_server import MailServer, links
from otklik_server import Browser, Server, free_port, until
from postgres_server import Cluster
from second_centre import SecondCentre
from storm_story import use_sink
from survey_page import answer, is_thanks


def mails_to(mail, number):
    return [message for recipient, message in mail.received() if recipient == f"c{number}@example.org"]


def happy_story(server, mail):
    """Completed, mailed, answered, reported; another disposition asks nobody."""
    status, reply = server.call("POST", "/api/v1/completions", completion(server.demo(), 1))
    assert status == 201, reply
    silent = {**completion(server.demo(), 2), "disposition": "Справка"}
    status, reply = server.call("POST", "/api/v1/completions", silent)
    assert status == 201 and not reply["runs"], reply
    message = until("the mail", lambda: mails_to(mail, 1))[0]
    assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"], message.as_string()
    page = answer(links(message, server.base_url + "/s/")[0])
    assert is_thanks(page), page.page
    until("the answer in the report", lambda: answered_in_report(server) == 1)
    assert len(mails_to(mail, 1)) == 1 and not mails_to(mail, 2)


def password_story(server, mail):
    """A password that stops working holds the queue and is told; entered anew, everything leaves."""
    right, mail.password = mail.password, "changed by somebody"
    mail.drop_connections()
    for number in range(10, 15):
        status, reply = server.call("POST", "/api/v1/completions", completion(server.demo(), number))
        assert status == 201, reply
    until("a refused login", lambda: mail.refused_logins)
    administrator = Browser(server.address).sign_in(server)
    until("the banner", lambda: "остановлена" in administrator.open("/").page)
    assert "Отправка писем остановлена" in administrator.open("/inbox").page, administrator.page
    assert not any(mails_to(mail, number) for number in range(10, 15))
    use_smtp(server, mail)
    until("everything that was held", lambda: all(mails_to(mail, number) for number in range(10, 15)))
    assert all(len(mails_to(mail, number)) == 1 for number in range(10, 15))
    mail.password = right


def begin_gone_story(server, folder):
    """A centre whose mail server is gone has something to send; that takes its window, a minute at least."""
    centre = SecondCentre(server, folder, "gone", free_port())
    centre.complete(completion(server.demo(), 20))
    return centre


def end_gone_story(server, centre):
    """When the send window is over, the employee hears of it."""
    login = next(person["login"] for person in server.demo()["people"] if person["role"] == "supervisor")
    employee = centre.sign_in(login)
    until("the internal message", lambda: "Письмо с опросом не отправлено" in employee.open("/inbox").page, 120)
    _, story = server.call("GET", "/api/v1/interactions/load-20", key=centre.key)
    assert story["runs"][0]["state"] == "finished", story


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    cluster = Cluster() if options.postgres else None
    try:
        with tempfile.TemporaryDirectory(prefix="otklik-smtp-") as folder:
            mail = MailServer(folder).start()
            server = Server(f"{folder}/data", database=cluster.url if cluster else None,
                            environment={"OTKLIK_SMTP_CA_FILE": str(mail.authority)}).start()
            try:
                use_sink(server, mail)
                centre = begin_gone_story(server, folder)
                use_smtp(server, mail)
                happy_story(server, mail)
                password_story(server, mail)
                end_gone_story(server, centre)
            except BaseException:
                print(server.tail())
                raise
            finally:
                server.stop()
    finally:
        if cluster:
            cluster.remove()
    print("the story was walked")


if __name__ == "__main__":
    main()
