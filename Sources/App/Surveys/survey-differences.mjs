// SPDX-License-Identifier: Apache-2.0
// What differs between two states of a form, piece by piece, so that each can be taken from either.
import { changeVersion, insert, remove, versionOf } from './survey-model.mjs';

const same = (a, b) => a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/**
 * The differences between one's own state and another's; `base` is what both began with.
 * @param words `{ t, language(tag), block(block) }` say what a piece is and how it stands.
 */
export function differences(base, mine, theirs, words) {
  const found = [];
  const { t } = words;
  const add = (id, label, was, own, other, say, take) => {
    if (same(own, other)) return;
    const changedBy = same(was, other) ? 'mine' : same(was, own) ? 'theirs' : 'both';
    found.push({ id, label, mine: say(own), theirs: say(other), changedBy, take });
  };
  const plain = (value) => (value === null || value === undefined ? '' : String(value));
  for (const name of ['name', 'validDays', 'editHours', 'css']) {
    add(name, t(`surveys.editor.${name}`), base[name], mine[name], theirs[name], plain,
      (draft) => ({ ...draft, [name]: theirs[name] }));
  }
  add('image', t('surveys.editor.image'), base.image, mine.image, theirs.image,
    (value) => t(value ? 'surveys.editor.hasImage' : 'surveys.editor.noImage'), (draft) => ({ ...draft, image: theirs.image }));
  const tags = new Set([...mine.languages, ...theirs.languages].map((one) => one.language));
  for (const tag of tags) {
    const [was, own, other] = [base, mine, theirs].map((draft) => versionOf(draft, tag));
    if (!own || !other) {
      add(tag, words.language(tag), was, own, other,
        (version) => (version ? t('surveys.editor.blocks', { count: version.blocks.length }) : ''),
        (draft) => ({ ...draft, languages: [...draft.languages.filter((one) => one.language !== tag), ...(other ? [other] : [])] }));
      continue;
    }
    const label = (text) => `${words.language(tag)} · ${text}`;
    for (const name of ['title', 'sendButton']) {
      add(`${tag}.${name}`, label(t(`surveys.editor.${name}`)), was?.[name], own[name], other[name], plain,
        (draft) => changeVersion(draft, tag, () => ({ [name]: other[name] })));
    }
    addBlocks({ tag, was, own, other, add, label, words });
  }
  return found;
}

function addBlocks({ tag, was, own, other, add, label, words }) {
  const find = (version, key) => version?.blocks.find((block) => block.key === key);
  const keys = new Set([...own.blocks, ...other.blocks].map((block) => block.key));
  for (const key of keys) {
    const [old, left, right] = [find(was, key), find(own, key), find(other, key)];
    const name = (left ?? right).text.trim() || words.t(`surveys.editor.kind.${(left ?? right).kind}`);
    add(`${tag}.${key}`, label(name), old, left, right, (block) => (block ? words.block(block) : ''), (draft) => {
      if (!right) return remove(draft, tag, key);
      if (find(versionOf(draft, tag), key)) {
        return changeVersion(draft, tag, ({ blocks }) => ({ blocks: blocks.map((one) => (one.key === key ? right : one)) }));
      }
      return insert(draft, tag, right, other.blocks.indexOf(right));
    });
  }
  // The order of what both have.
  const order = (version, of) => version?.blocks.map((one) => one.key).filter((key) => find(of, key));
  const [left, right] = [order(own, other), order(other, own)];
  const say = (list) => (list ?? []).map((key, place) => `${place + 1}. ${find(own, key)?.text || key}`).join('\n');
  const before = order(was, own)?.filter((key) => find(other, key));
  add(`${tag}.order`, label(words.t('surveys.editor.order')), before, left, right, say, (draft) => changeVersion(draft, tag, ({ blocks }) => {
    const rank = (block) => (block.kind === 'thanks' ? Infinity : other.blocks.findIndex((one) => one.key === block.key));
    const known = blocks.filter((block) => find(other, block.key)).sort((a, b) => rank(a) - rank(b));
    const queue = [...known];
    return { blocks: blocks.map((block) => (find(other, block.key) ? queue.shift() : block)) };
  }));
}
