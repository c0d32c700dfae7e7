// SPDX-License-Identifier: Apache-2.0
// Notes that scripts run in this browser: evidence beside an answer, never a condition (spec 3.5). The page needs none.
for (const field of document.getElementsByName("script")) field.value = "1";
