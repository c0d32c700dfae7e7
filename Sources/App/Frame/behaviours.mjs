// SPDX-License-Identifier: Apache-2.0
// Finds the elements that name a behaviour and attaches it: <form data-module="Surveys/editor.mjs">. A module of its
// own, since behaviours use it too and frame.mjs waits for them.

/** Attaches the behaviours of everything below an element, also of what was put there later. */
export async function attachAll(root) {
  await Promise.all([...root.querySelectorAll('[data-module]')].map(async (element) => {
    const { default: attach } = await import(new URL('../' + element.dataset.module, import.meta.url));
    attach(element);
  }));
}

/** Takes over the drawings that another page's markup names: a page carries only those of its own. */
export function adoptIcons(page) {
  const sprite = document.querySelector('svg.sprite');
  for (const symbol of page.querySelectorAll('svg.sprite symbol')) {
    if (!document.getElementById(symbol.id)) sprite?.append(document.importNode(symbol, true));
  }
}
