# SPDX-License-Identifier: Apache-2.0
"""The editor's rules say what the server's say: one corpus of broken forms goes through both."""
import json

# A change of the sample form (text, fcr, csat, nps, thanks), as the editor holds it, by what it breaks.
BROKEN = {
    "nothing": "",
    "no title": "first.title = ' '",
    "a long title": "first.title = 'я'.repeat(201)",
    "an empty button": "first.sendButton = ''",
    "a long button": "first.sendButton = '😀'.repeat(41)",
    "no name": "draft.name = '  '; first.title = ''",
    "a long name": "draft.name = 'n'.repeat(101)",
    "links for ever": "draft.validDays = 366",
    "links for no time": "draft.validDays = 0",
    "changes for ever": "draft.editHours = 721",
    "a style that is open": "draft.css = 'h1 { color: red'",
    "a style with an open string": "draft.css = 'h1::before { content: \"a\\n }'",
    "a style with an open comment": "draft.css = 'h1 {} /* so on'",
    "a style with a broken address": "draft.css = 'h1 { background: url(a b) }'",
    "a long style": "draft.css = '/*' + 'ж'.repeat(33000) + '*/'",
    "no question": "q(1).text = ''",
    "a long question": "q(1).text = 'q'.repeat(1001)",
    "a long text": "q(0).text = 't'.repeat(5001)",
    "a text of exactly the limit": "q(0).text = '😀'.repeat(5000)",
    "two blocks of one field": "q(3).field = 'csat'; q(3).minimum = 1; q(3).maximum = 5",
    "an unknown field": "q(2).field = 'mood'",
    "a field of notes": "put('notes', { field: 'csat' })",
    "one option": "put('radio', { options: [{ text: 'a', value: 1 }] })",
    "one box": "put('checkbox', { options: [{ text: 'a', value: 1 }] })",
    "no box": "put('checkbox', { options: [] })",
    "101 options": "put('dropdown', { options: Array.from({ length: 101 }, (_, i) => ({ text: `o${i}`, value: i })) })",
    "an option without text": "put('radio', { options: [{ text: '', value: 1 }, { text: 'b', value: 2 }] })",
    "a long option": "put('radio', { options: [{ text: 'o'.repeat(301), value: 1 }, { text: 'b', value: 2 }] })",
    "an option twice": "put('radio', { options: [{ text: 'Да', value: 1 }, { text: ' да ', value: 2 }] })",
    "not applicable twice": "put('radio', { options: [{ text: 'a', value: null }, { text: 'b', value: null }] })",
    "a huge number": "put('radio', { options: [{ text: 'a', value: 1e7 }, { text: 'b', value: 2 }] })",
    "a slider without an end": "put('slider', { minimum: 1, maximum: null, step: 1 })",
    "a slider backwards": "put('slider', { minimum: 5, maximum: 1, step: 1 })",
    "a slider that stands": "put('slider', { minimum: 1, maximum: 5, step: 0 })",
    "a slider that misses its end": "put('slider', { minimum: 1, maximum: 5, step: 3 })",
    "a slider of 102 values": "put('slider', { minimum: 0, maximum: 101, step: 1 })",
    "a slider of thirds": "put('slider', { minimum: 0, maximum: 1, step: 0.1 })",
    "a slider shown as a list": "put('slider', { minimum: 1, maximum: 5, step: 1, display: 'radio' })",
    "yes and no shown as a list": "q(1).display = 'dropdown'",
    "a slider off its field": "q(2).maximum = 7",
    "a slider of halves of NPS": "q(3).step = 0.5",
    "FCR of three": "q(1).options.push({ text: 'c', value: 2 })",
    "FCR of halves": "q(1).options[0].value = 0.5",
    "FCR without values": "q(1).options.forEach((one, place) => { one.value = place ? null : null }); q(1).options.pop()",
    "a box of FCR": "q(1).kind = 'checkbox'",
    "NPS of ten": "put('radio', { field: 'nps', options: Array.from({ length: 10 }, (_, i) => ({ text: `${i}`, value: i })) }); q(3).field = null",
    "CSAT off its scale": "put('radio', { field: 'csat', options: [{ text: 'a', value: 0 }, { text: 'b', value: 6 }] }); q(2).field = null",
    "CSAT of nothing": "put('radio', { field: 'csat', options: [{ text: 'a', value: null }] }); q(2).field = null",
    "201 blocks": "while (first.blocks.length < 201) put('notes', {})",
    "several at once": "first.title = ''; q(1).text = ''; q(2).maximum = 9; draft.validDays = 0",
}

BOTH = """
async () => {
  const changes = { CHANGES };
  const model = JSON.parse(document.getElementById('editor-model').textContent);
  const folder = new URL('.', document.querySelector('script[type=module][src]').src);
  const { fromServer, toServer, newBlock } = await import(new URL('../Surveys/survey-model.mjs', folder));
  const { Rules } = await import(new URL('../Surveys/survey-rules.mjs', folder));
  const form = document.getElementById('editor-check');
  const answers = {};
  for (const [name, change] of Object.entries(changes)) {
    const draft = fromServer(structuredClone(model.form));
    const first = draft.languages[0];
    const q = (place) => first.blocks[place];
    const put = (kind, parts) =>
      first.blocks.splice(1, 0, { ...newBlock(kind, `x${first.blocks.length}`, 'ru'), text: 'Вопрос?', ...parts });
    change(draft, first, q, put);
    const here = new Rules(model.fields, model.limits).check(draft).map((one) => one.code);
    const reply = await fetch(form.action, {
      method: 'POST', body: JSON.stringify(toServer(draft, model.form.revision)),
      headers: { 'Content-Type': 'application/json', 'X-Form-Token': form.elements.form_token.value } });
    const there = (await reply.json()).errors?.map((one) => one.code) ?? [String(reply.status)];
    answers[name] = [here.sort(), there.sort()];
  }
  return answers;
}
"""


def compare(page):
    """Fails with every form about which the two do not agree. The page is the editor of the sample form."""
    # As functions: the page's policy lets no text become a script.
    changes = ", ".join(f"{json.dumps(name)}: (draft, first, q, put) => {{ {change} }}" for name, change in BROKEN.items())
    answers = page.evaluate(BOTH.replace("CHANGES", changes))
    assert len(answers) == len(BROKEN)
    differing = {name: pair for name, pair in answers.items() if pair[0] != pair[1]}
    assert not differing, differing
    assert answers["nothing"] == [[], []], answers["nothing"]
    assert len({code for pair in answers.values() for code in pair[0]}) > 20, answers
