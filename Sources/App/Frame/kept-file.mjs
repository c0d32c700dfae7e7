// SPDX-License-Identifier: Apache-2.0
// A form with a file is tried first: a page that comes back with an error has forgotten which file was chosen, so what
// is refused is said on this page, and the file stays.
import { attachAll } from './behaviours.mjs';

let icons;

export default function attach(form) {
  let isGood = false;
  let isBusy = false;
  form.addEventListener('submit', async (event) => {
    if (isGood) return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    event.submitter?.setAttribute('aria-busy', 'true');
    const refused = await tryOut(form);
    isBusy = false;
    if (refused) return show(refused, form);
    // Sent in the usual way: also when the server could not be asked, so that the browser says why.
    isGood = true;
    form.requestSubmit(event.submitter);
  });
  // The page may come back from the browser's memory.
  addEventListener('pageshow', () => {
    isGood = false;
    form.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy'));
  });
}

/** The page that the server would show, or nothing when it would take the form. */
async function tryOut(form) {
  const address = new URL(form.action);
  address.searchParams.set('trial', '1');
  try {
    const reply = await fetch(address, { method: 'POST', body: new FormData(form) });
    return reply.status === 422 ? new DOMParser().parseFromString(await reply.text(), 'text/html') : null;
  } catch {
    return null;
  }
}

/** Puts the refused form in the place of this one, with the files that are chosen here. */
function show(page, form) {
  const refused = page.querySelector(`form[data-module="${form.dataset.module}"]`);
  if (!refused) return location.reload();
  for (const chosen of form.querySelectorAll('input[type=file]')) {
    const empty = refused.querySelector(`#${chosen.id}`);
    if (!empty) continue;
    for (const name of ['aria-invalid', 'aria-describedby']) chosen.removeAttribute(name);
    for (const { name, value } of empty.attributes) chosen.setAttribute(name, value);
    empty.replaceWith(chosen);
  }
  form.replaceChildren(...refused.childNodes);
  // A page carries the icons that it shows; those of the refused one may be others.
  icons?.remove();
  icons = page.querySelector('svg.sprite');
  if (icons) document.body.append(icons);
  document.title = page.title;
  attachAll(form);
}
