// SPDX-License-Identifier: Apache-2.0
// Sending what an editor holds, and asking before it is lost.

/** Posts JSON to a form's address with the form's token. The reply is `{ status, body }`; status 0 is no reply. */
export async function postJSON(form, value, { signal } = {}) {
  let reply = await post(form, value, signal);
  // Somebody has signed in anew in another tab: the page has the new token.
  if ((reply.status === 401 || reply.status === 403) && await renewToken(form)) reply = await post(form, value, signal);
  return reply;
}

async function post(form, value, signal) {
  try {
    const reply = await fetch(form.action, {
      method: 'POST', signal, body: JSON.stringify(value),
      headers: { 'Content-Type': 'application/json', 'X-Form-Token': form.elements.form_token.value } });
    const isJSON = (reply.headers.get('Content-Type') ?? '').includes('json');
    return { status: reply.status, body: isJSON ? await reply.json() : null };
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    return { status: 0, body: null };
  }
}

async function renewToken(form) {
  try {
    const reply = await fetch(location.href);
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const token = page.getElementById(form.id)?.elements.form_token.value;
    if (!token || token === form.elements.form_token.value) return false;
    for (const one of document.querySelectorAll('form input[name=form_token]')) one.value = token;
    return true;
  } catch {
    return false;
  }
}

/** Asks before the page is left while `isDirty()`. */
export function guard(isDirty) {
  addEventListener('beforeunload', (event) => { if (isDirty()) event.preventDefault(); });
}

/** Calls a function after a pause in the calls; `flush` is not needed, the last call wins. */
export function afterPause(milliseconds, body) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => body(...values), milliseconds);
  };
}
