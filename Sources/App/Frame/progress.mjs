// SPDX-License-Identifier: Apache-2.0
// Asks how far long work is and puts the newer progress in place, until there is no more to come.
const PAUSE_MS = 2000;

export default function attach(element) {
  element.querySelector('a')?.parentElement.remove();
  setTimeout(() => ask(element), PAUSE_MS);
}

async function ask(element) {
  try {
    const reply = await fetch(element.dataset.source);
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const newer = page.querySelector('.progress');
    if (!newer) return location.reload();
    element.replaceWith(newer);
    if (newer.dataset.source) attach(newer);
  } catch {
    setTimeout(() => ask(element), PAUSE_MS);
  }
}
