// SPDX-License-Identifier: Apache-2.0
// A toast can be closed, and goes by itself after a while unless it offers a way back or somebody is at it.
const STAYS_MS = 8000;

export default function attach(toast) {
  toast.dataset.ready = '';
  toast.querySelector('.close')?.addEventListener('click', () => toast.remove());
  if ('stays' in toast.dataset) return;
  const leave = () => {
    if (toast.matches(':hover, :focus-within')) setTimeout(leave, STAYS_MS);
    else toast.remove();
  };
  setTimeout(leave, STAYS_MS);
}
