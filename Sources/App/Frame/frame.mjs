// SPDX-License-Identifier: Apache-2.0
// Finds the elements that name a behaviour and attaches it: <form data-module="Surveys/editor.mjs">.
for (const element of document.querySelectorAll('[data-module]')) {
  const { default: attach } = await import(new URL('../' + element.dataset.module, import.meta.url));
  attach(element);
}

// The menu is open without scripts; on a phone it begins closed.
const menu = document.querySelector('nav.side > details');
if (menu && matchMedia('(width < 60rem)').matches) menu.open = false;
