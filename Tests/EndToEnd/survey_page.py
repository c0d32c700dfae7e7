# SPDX-License-Identifier: Apache-2.0
"""A customer without scripts: opens a survey link, answers every question, sends."""
import time

from otklik_server import Browser

DECOY_MARKS = ("website", "decoy")


def answer(link, text="", wait_seconds=2.2):
    """Opens a link and sends answers. Returns the page after the submit as a Browser.

    A person needs more than two seconds; what comes sooner is asked for once more (spec 3.5).
    """
    browser = Browser(link)
    browser.open(link)
    if browser.status != 200:
        return browser
    form = next((form for form in _question_forms(browser.page)), None)
    if form is None:
        return browser
    time.sleep(wait_seconds)
    choices = {name: values[-1] for name, values in form.choices.items()}
    notes = {name: text for name, value in form.values if name.startswith("q") and value == "" and text}
    return browser.send(form, {**choices, **notes})


def _question_forms(page):
    from otklik_server import forms
    return [form for form in forms(page) if form.method == "post"]


def is_thanks(browser):
    """Whether the submit was taken: thanked, or told that it was answered already."""
    return browser.status == 200 and not _question_forms(browser.page)
