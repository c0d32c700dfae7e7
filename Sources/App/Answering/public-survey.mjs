// SPDX-License-Identifier: Apache-2.0
// What scripts add to a page that needs none: real sliders, a draft in this browser for who wants one, and the note
// that scripts run (evidence beside an answer, never a condition; spec 3.5).

const form = document.getElementById("answers");
const shows = [];

/* Sliders. The tiles or the number box stay what is sent; the slider only works them. */
function slider(question, describedBy, [min, max, step], count) {
  const range = document.createElement("input");
  Object.assign(range, { type: "range", min, max, step });
  range.setAttribute("aria-labelledby", question);
  if (describedBy) range.setAttribute("aria-describedby", describedBy);
  if (count) {
    range.className = "tiled";
    range.style.setProperty("--n", count);
  }
  return range;
}

function connect(range, block, answer) {
  const [min, max, step] = [Number(range.min), Number(range.max), Number(range.step)];
  // Where an unset slider waits for its first key.
  const middle = min + Math.floor((max - min) / step / 2) * step;
  const clear = document.createElement("button");
  Object.assign(clear, { type: "button", className: "clear", textContent: form.dataset.clear });
  clear.setAttribute("aria-describedby", range.getAttribute("aria-labelledby"));
  const show = () => {
    const value = answer.read();
    const isSet = value !== null;
    range.value = isSet ? value : middle;
    range.classList.toggle("unset", !isSet);
    range.setAttribute("aria-valuetext", isSet ? answer.text(value) : form.dataset.unset);
    const share = (range.valueAsNumber - min) / (max - min);
    range.style.setProperty("--at", isSet ? `${share * 100}%` : "0%");
    clear.hidden = !isSet;
  };
  const take = () => {
    answer.write(range.valueAsNumber);
    show();
    form.dispatchEvent(new Event("change"));
  };
  range.addEventListener("input", take);
  // The place where an unset slider waits can be chosen, too.
  range.addEventListener("click", take);
  range.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    take();
  });
  clear.addEventListener("click", () => {
    answer.write(null);
    show();
    form.dispatchEvent(new Event("change"));
    range.focus();
  });
  block.addEventListener("input", (event) => { if (event.target !== range) show(); });
  if (!answer.isRequired) block.append(clear);
  shows.push(show);
}

function slideTiles(scale) {
  const block = scale.closest("fieldset");
  const tiles = [...scale.querySelectorAll("input")];
  const range = slider(
    block.querySelector("legend").id, block.getAttribute("aria-describedby"), [0, tiles.length - 1, 1], tiles.length);
  range.id = tiles[0].id;
  tiles[0].removeAttribute("id");
  for (const tile of tiles) tile.tabIndex = -1;
  scale.setAttribute("aria-hidden", "true");
  scale.classList.add("slides");
  scale.before(range);
  connect(range, block, {
    read: () => { const place = tiles.findIndex((one) => one.checked); return place < 0 ? null : place; },
    write: (place) => tiles.forEach((one, index) => { one.checked = index === place; }),
    text: (place) => tiles[place].nextElementSibling.textContent,
    isRequired: tiles[0].required,
  });
}

function slideNumber(box) {
  const block = box.closest(".block");
  const range = slider(
    `${box.id}_l`, box.getAttribute("aria-describedby"), [Number(box.min), Number(box.max), Number(box.step)]);
  box.before(range);
  connect(range, block, {
    read: () => Number.isNaN(box.valueAsNumber) ? null : box.valueAsNumber,
    write: (value) => { box.value = value ?? ""; },
    text: String,
    isRequired: box.required,
  });
}

/* Drafts: in this browser alone, when asked for; gone after sending, and after a week. */
const prefix = "otklik-draft:";
const key = prefix + location.pathname;
const keptMilliseconds = 7 * 86_400_000;

function read(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function dropOldDrafts() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(prefix) && !(read(name)?.at > Date.now() - keptMilliseconds)) localStorage.removeItem(name);
  }
}

function fillIn(entries) {
  for (const [name, value] of entries) {
    for (const input of form.elements) {
      if (input.name !== name) continue;
      if (input.type === "radio" || input.type === "checkbox") input.checked ||= input.value === value;
      else input.value = value;
    }
  }
}

function keepDraft(part) {
  const wish = part.querySelector("input");
  const page = form.dataset.draft;
  const kept = read(key);
  const save = () => {
    if (!wish.checked) return;
    const entries = [...new FormData(form)].filter(([name, value]) => name.startsWith("q_") && value !== "");
    localStorage.setItem(key, JSON.stringify({ page, at: Date.now(), entries }));
  };
  // Options are told by their places, so a draft fits only the page that it was made on.
  if (kept && kept.page === page) {
    wish.checked = true;
    if (!("filled" in form.dataset)) {
      fillIn(kept.entries);
      part.querySelector("[role=status]").textContent = part.dataset.restored;
    }
  }
  wish.addEventListener("change", () => { if (!wish.checked) localStorage.removeItem(key); });
  for (const kind of ["input", "change"]) form.addEventListener(kind, save);
  save();
  part.hidden = false;
}

if (form) {
  for (const field of document.getElementsByName("script")) field.value = "1";
  form.querySelectorAll(".scale").forEach(slideTiles);
  form.querySelectorAll("input[type=number]").forEach(slideNumber);
}
try {
  dropOldDrafts();
  const part = document.getElementById("draft");
  if (part) keepDraft(part);
  else if (!form) localStorage.removeItem(key);
} catch { /* A browser that keeps nothing: there are no drafts, and everything else works. */ }
const showAll = () => shows.forEach((show) => show());
showAll();
// Browsers fill in what was entered when one comes back.
addEventListener("pageshow", showAll);
