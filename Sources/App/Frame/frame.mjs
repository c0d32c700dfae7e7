// SPDX-License-Identifier: Apache-2.0
// What every page does once it is there: behaviours are attached, the folding of the navigation is remembered.
import { attachAll } from './behaviours.mjs';

await attachAll(document);

// Folded sections stay folded: the server reads the cookie and the next page comes that way.
const isSecure = location.protocol === 'https:';
const sections = [...document.querySelectorAll('nav.side details.section')];
for (const section of sections) {
  section.addEventListener('toggle', () => {
    const folded = sections.filter((one) => !one.open).map((one) => one.dataset.key).join('~');
    document.cookie = `${isSecure ? '__Host-' : ''}otklik-folded=${folded}; Max-Age=31536000; Path=/; SameSite=Lax`
      + (isSecure ? '; Secure' : '');
  });
}
