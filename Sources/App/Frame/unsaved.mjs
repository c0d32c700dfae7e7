// SPDX-License-Identifier: Apache-2.0
// Asks before a page is left whose form holds changes that were not saved, and lets a form be sent only once.
export default function attach(form) {
  const values = () => new URLSearchParams(new FormData(form)).toString();
  const saved = values();
  let isSent = false;
  form.addEventListener('submit', (event) => {
    if (isSent) return event.preventDefault();
    isSent = true;
    event.submitter?.setAttribute('aria-busy', 'true');
  });
  addEventListener('beforeunload', (event) => {
    if (!isSent && values() !== saved) event.preventDefault();
  });
  // The page may come back from the browser's memory.
  addEventListener('pageshow', () => {
    isSent = false;
    form.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy'));
  });
}
