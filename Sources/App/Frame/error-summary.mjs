// SPDX-License-Identifier: Apache-2.0
// Moves the focus to the list of errors, so that it is read out first.
export default function attach(element) {
  element.focus();
}
