// SPDX-License-Identifier: Apache-2.0
// Shows the page behind a link as a dialog. Without it, or when the page cannot be fetched, the link is a link.
import { adoptIcons, attachAll } from './behaviours.mjs';

export default function attach(link) {
  link.addEventListener('click', async (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const reply = await fetch(link.href);
      if (!reply.ok) throw new Error(reply.status);
      show(new DOMParser().parseFromString(await reply.text(), 'text/html'), link);
    } catch {
      location.assign(link.href);
    }
  });
}

function show(page, link) {
  const title = page.querySelector('h1');
  const form = page.querySelector('main form[method=post]');
  if (!title || !form) throw new Error('no form to show');
  const dialog = document.createElement('dialog');
  const head = document.createElement('div');
  head.className = 'dialog-head';
  const heading = document.createElement('h2');
  heading.id = 'dialog-title';
  heading.textContent = title.textContent;
  head.append(heading);
  dialog.setAttribute('aria-labelledby', heading.id);
  dialog.append(head, form);
  // Where the page has a way back, the dialog closes.
  for (const back of form.querySelectorAll('a.button')) {
    back.addEventListener('click', (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    link.focus();
  });
  adoptIcons(page);
  document.body.append(dialog);
  attachAll(dialog);
  dialog.showModal();
}
