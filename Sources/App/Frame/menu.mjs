// SPDX-License-Identifier: Apache-2.0
// A menu is walked through by arrow keys, and stands beside its button in browsers that cannot anchor.
export default function attach(menu) {
  const button = document.querySelector(`[popovertarget="${menu.id}"]`);
  const entries = () => [...menu.querySelectorAll('a, button, input:not([type=hidden])')];

  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = entries();
    const place = all.indexOf(document.activeElement);
    all[(place + step + all.length) % all.length]?.focus();
  });

  if (!button || CSS.supports('position-area', 'block-end')) return;
  menu.addEventListener('toggle', (event) => {
    if (event.newState !== 'open') return;
    const { bottom, right } = button.getBoundingClientRect();
    Object.assign(menu.style, { inset: 'auto', margin: '0', top: `${bottom + 4}px` });
    menu.style.left = `${Math.max(8, right - menu.offsetWidth)}px`;
  });
}
