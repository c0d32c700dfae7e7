// SPDX-License-Identifier: Apache-2.0
// Shows what a form's file holds as soon as it is chosen. The server reads it and keeps nothing; without this script a
// button asks for the same.
import { adoptIcons, attachAll } from '../Frame/behaviours.mjs';

const SELECTOR = '[data-module="Surveys/survey-import.mjs"]';

export default function attach(area) {
  area.querySelector('[name=look]')?.parentElement.remove();
  const chooser = area.querySelector('input[type=file]');
  chooser.addEventListener('change', () => {
    if (chooser.files.length) look(area, chooser.files);
  });
}

async function look(area, files) {
  const form = area.closest('form');
  const sent = new FormData(form);
  sent.delete('kept');
  sent.set('look', 'on');
  area.setAttribute('aria-busy', 'true');
  try {
    const reply = await fetch(form.action, { method: 'POST', body: sent });
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const newer = page.querySelector(SELECTOR);
    // Another file was chosen meanwhile, or the dialog was closed.
    if (!newer || !area.isConnected || area.querySelector('input[type=file]').files[0] !== files[0]) return;
    adoptIcons(page);
    show(newer, area, files);
  } catch {
    // The button below sends the file all the same, and says what is wrong.
  } finally {
    area.removeAttribute('aria-busy');
  }
}

function show(newer, area, files) {
  // The browser has the file: the page need not keep it.
  for (const one of newer.querySelectorAll('[name=kept], [name=keptName]')) one.remove();
  newer.querySelector('input[type=file]').files = files;
  const typed = area.querySelector('[name=name]').value;
  if (typed.trim()) newer.querySelector('[name=name]').value = typed;
  const form = area.closest('form');
  area.replaceWith(newer);
  attachAll(form);
  newer.querySelector('#import-contents')?.focus();
}
