// SPDX-License-Identifier: Apache-2.0
// Dragging for the editors: from a palette into a list, and inside of lists. The state is the truth: what Sortable has
// moved in the document is put back before the state changes, so that Preact finds what it has drawn.
import { Sortable } from '../web/sortable.js';

const SHARED = {
  animation: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 120,
  // Pointer events instead of the browser's own dragging: alike for mouse, pen and touch.
  forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, delay: 180, delayOnTouchOnly: true,
  scroll: true, bubbleScroll: true, scrollSensitivity: 80, scrollSpeed: 14,
  ghostClass: 'drag-place', dragClass: 'drag-moving',
};

/** A list whose items are copied into canvases of the same group; `data-kind` says what an item is. */
export function palette(element, group) {
  return new Sortable(element, {
    ...SHARED, group: { name: group, pull: 'clone', put: false }, sort: false, draggable: '[data-kind]' });
}

/** A list that is put in order. `insert(kind, place)` and `move(from, to)` change the state. */
export function canvas(element, group, { insert, move, handle, began, ended }) {
  return new Sortable(element, {
    ...SHARED, group: { name: group, pull: true, put: true }, handle, draggable: '>li', invertSwap: true, swapThreshold: 1,
    onStart: () => { document.body.classList.add('dragging'); began?.(); },
    onEnd: () => { document.body.classList.remove('dragging'); ended?.(); },
    onAdd(event) {
      const { item, clone, newDraggableIndex } = event;
      // The item itself came over and its copy stayed: they change places again.
      clone.replaceWith(item);
      document.body.classList.remove('dragging');
      insert(item.dataset.kind, newDraggableIndex);
    },
    onUpdate(event) {
      const { item, from, oldDraggableIndex, newDraggableIndex } = event;
      item.remove();
      from.insertBefore(item, from.children[oldDraggableIndex] ?? null);
      move(oldDraggableIndex, newDraggableIndex);
    },
  });
}

/** A copy of a list with one item at another place. */
export function moved(list, from, to) {
  const copy = [...list];
  copy.splice(to, 0, ...copy.splice(from, 1));
  return copy;
}

/** Alt with an arrow moves, arrows alone walk: for the items of a canvas, and for rows of settings. */
export function moveKey(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  return { step, isMove: event.altKey };
}
