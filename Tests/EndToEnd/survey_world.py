# SPDX-License-Identifier: Apache-2.0
"""A centre whose survey form has every kind of block, required and not, in Russian and English; customers' links."""
import json
import re
import subprocess

import yaml

from browser_story import mail_to
from otklik_server import BINARY, until

# Chooses of the texts: Russian, English.
TEXTS = {
    "title": ("Как прошёл ваш звонок?", "How was your call?"),
    "intro": ("Здравствуйте! Это займёт меньше минуты.", "Hello! This takes less than a minute."),
    "yes": ("Да", "Yes"), "no": ("Нет", "No"), "na": ("Н/Д", "N/A"),
    "thanks": ("Спасибо! Ваш отзыв получен.", "Thank you! We have your answers."),
}
# kind, question in both languages, options in both languages.
QUESTIONS = {
    "checkbox": ("Что понравилось?", "What did you like?", (("Скорость", "Speed"), ("Вежливость", "Manners"), ("Результат", "Result"))),
    "radio": ("Как вы узнали о нас?", "How did you hear of us?", (("От друзей", "From friends"), ("Из рекламы", "From an ad"))),
    "radio_horizontal": ("Решён ли вопрос?", "Was it solved?", (("Да", "Yes"), ("Нет", "No"))),
    "dropdown": ("Ваш город?", "Your city?", (("Москва", "Moscow"), ("Томск", "Tomsk"), ("Казань", "Kazan"))),
    "yes_no": ("Оператор был вежлив?", "Was the agent polite?", (("Да", "Yes"), ("Нет", "No"))),
    "yes_no_na": ("Перезвонили ли вам?", "Were you called back?", (("Да", "Yes"), ("Нет", "No"), ("Н/Д", "N/A"))),
    "slider": ("Порекомендуете нас?", "Would you recommend us?", ()),
    "notes": ("Что нам улучшить?", "What could be better?", ()),
}
FIELDS = {"radio_horizontal": "fcr", "slider": "nps"}


def pick(pair, language):
    return pair[0 if language == "ru" else 1]


def block(kind, language, required):
    russian, english, options = QUESTIONS[kind]
    question = pick((russian, english), language)
    one = {"key": kind + ("_must" if required else "_may"), "kind": kind, "isRequired": required,
           "text": question + ("" if required else pick((" (по желанию)", " (optional)"), language)), "options": []}
    for place, option in enumerate(options):
        text = pick(option, language)
        value = None if text in TEXTS["na"] else len(options) - 1 - place if len(options) < 3 or kind == "yes_no_na" else place + 1
        if kind == "yes_no_na" and value is not None:
            value = 1 - place
        one["options"].append({"text": text} | ({} if value is None else {"value": value}))
    if kind == "slider":
        one |= {"minimum": 0, "maximum": 10, "step": 1} if required else {"minimum": 0, "maximum": 100, "step": 5}
    if required and kind in FIELDS:
        one["field"] = FIELDS[kind]
    return one


def blocks(language):
    fixed = [{"key": "intro", "kind": "text", "text": pick(TEXTS["intro"], language), "isRequired": False, "options": []}]
    asked = [block(kind, language, required) for kind in QUESTIONS for required in (True, False)]
    csat = {"key": "csat", "kind": "slider", "isRequired": False, "field": "csat", "options": [], "minimum": 1,
            "maximum": 5, "step": 1, "text": pick(("Довольны ли вы?", "Are you satisfied?"), language)}
    thanks = {"key": "thanks", "kind": "thanks", "text": pick(TEXTS["thanks"], language), "isRequired": False, "options": []}
    return [*fixed, csat, *asked, thanks]


def content(css="", languages=("ru", "en")):
    return {"css": css, "languages": [
        {"language": language, "title": pick(TEXTS["title"], language), "blocks": blocks(language)}
        for language in languages]}


def configure(server, change):
    """Changes the centre's configuration by the command that administrators have: `change` gets it as a document."""
    centre = ["--tenant", server.demo()["tenant"], "--data", str(server.data)]
    exported = subprocess.run([BINARY, "config", "export", *centre], capture_output=True, text=True, check=True).stdout
    document = yaml.safe_load(exported)
    change(document)
    done = subprocess.run([BINARY, "config", "import", *centre, "-", "--yes"], input=json.dumps(document),
                          capture_output=True, text=True)
    assert done.returncode in (0, 4), (done.returncode, done.stdout[-3000:], done.stderr[-3000:])
    return document


def change_form(server, **changes):
    """Changes the form of the demo's first story."""
    return configure(server, lambda document: document["forms"][0].update(changes))["forms"][0]["name"]


def ask_with(server, name):
    """The first story's mails lead to the form of this name from now on."""
    def change(document):
        mail = next(block["email"] for block in document["workflows"][0]["blocks"] if "email" in block)
        for template in mail["templates"]:
            template["body"] = re.sub(r"\$\(survey\.link:[^)]*\)", f"$(survey.link:{name})", template["body"])
    configure(server, change)


def complete(server, number, language="ru"):
    """Ends a call of a customer, who is mailed a link soon. Gives the address."""
    recipient = f"survey{number}@example.org"
    status, reply = server.call("POST", "/api/v1/completions", {
        "externalId": f"survey-{number}", "service": server.demo()["services"][0]["name"], "channel": "voice",
        "direction": "inbound", "agent": "petrova", "disposition": "Заказ",
        "customer": {"name": "Customer", "email": recipient, "language": language}})
    assert status < 300 and reply["runs"], (status, reply)
    return recipient


def customer(server, number, language="ru"):
    """The link of somebody who was called just now."""
    recipient = complete(server, number, language)
    return until(f"mail to {recipient}", lambda: mail_to(server, recipient))["link"]


def links(server, recipients, seconds=60):
    """The links of many who were called just now, in their order."""
    def sent():
        command = [BINARY, "demo", "mail", "--json", "--limit", "1000", "--data", str(server.data)]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        mails = {mail["to"]: mail["link"] for mail in json.loads(output)}
        return [mails[one] for one in recipients] if all(one in mails for one in recipients) else None
    return until(f"{len(recipients)} mails", sent, seconds)
