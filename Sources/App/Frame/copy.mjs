// SPDX-License-Identifier: Apache-2.0
// Copies a block of code; the button says that it was done.
const SAID_MS = 2000;

export default function attach(block) {
  if (!navigator.clipboard) return;
  block.dataset.ready = '';
  const button = block.querySelector('.copy');
  const word = button.querySelector('[role=status]');
  const usual = word.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('code').textContent);
    word.textContent = button.dataset.done;
    setTimeout(() => { word.textContent = usual; }, SAID_MS);
  });
}
