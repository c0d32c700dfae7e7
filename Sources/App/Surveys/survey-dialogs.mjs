// SPDX-License-Identifier: Apache-2.0
// The dialogs over the canvas: the form's settings, what is wrong, what a language lacks, and the translation view.
import { html, useEffect, useState } from '../web/preact.js';
import { Dialog, Field, Icon, memo, Tool } from '../Frame/editor-parts.mjs';
import { shortName } from '../Frame/editor-languages.mjs';
import { isQuestion, preset, versionOf } from './survey-model.mjs';

/** Rows of the translation view that are drawn at a time. */
const ROWS = 30;

/** The form's settings: its name in the list, how long links and answers live, the words of the send buttons. */
export function SettingsDialog({ draft, t, problems, change, changeVersion, openStyle, close, usualName }) {
  const of = (control, language) => problems
    .filter((one) => one.control === control && (language === undefined || one.language === language)).map((one) => one.text);
  const number = (name) => (event) => {
    const value = event.target.value.trim();
    change({ [name]: /^[0-9]{1,5}$/.test(value) ? Number(value) : -1 }, name);
  };
  const shown = (value) => (value < 0 ? '' : String(value));
  return html`<${Dialog} title=${t('surveys.editor.settings')} close=${close} closeLabel=${t('frame.editor.close')}
    foot=${html`<${Tool} words=${t('frame.editor.done')} primary onClick=${close} /><${Tool} icon="braces" words=${t('surveys.editor.openStyle')} onClick=${openStyle} />`}>
    <${Field} label=${t('surveys.editor.name')} hint=${t('surveys.editor.nameHint')} value=${draft.name} placeholder=${usualName}
      problems=${of('name')} onInput=${(event) => change({ name: event.target.value }, 'name')} />
    <div class="scale-parts"><${Field} label=${t('surveys.editor.validDays')} inputmode="numeric" value=${shown(draft.validDays)} problems=${of('validDays')} onInput=${number('validDays')} />
    <${Field} label=${t('surveys.editor.editHours')} inputmode="numeric" value=${shown(draft.editHours)} problems=${of('editHours')} onInput=${number('editHours')} /></div>
    <p class="note">${t('surveys.editor.timesHint')}</p>
    <fieldset class="field"><legend>${t('surveys.editor.sendButton')}</legend><p class="note">${t('surveys.editor.sendButtonHint')}</p>
    ${draft.languages.map((version) => html`<${Field} key=${version.language} label=${shortName(version.language, t.language)} lang=${version.language}
      value=${version.sendButton ?? ''} placeholder=${preset(version.language).send} problems=${of('sendButton', version.language)}
      onInput=${(event) => changeVersion(version.language, { sendButton: event.target.value || null }, 'sendButton')} />`)}</fieldset><//>`;
}

/** Everything that keeps the form from being saved, each with the way to its place. */
export function ProblemsDialog({ problems, t, go, close }) {
  return html`<${Dialog} title=${t('surveys.editor.problemsTitle')} close=${close} closeLabel=${t('frame.editor.close')}>
    ${problems.length === 0 && html`<p>${t('surveys.editor.noProblems')}</p>`}
    <ul class="problem-list">${problems.slice(0, 100).map((one, place) => html`<li key=${place}><button type="button" onClick=${() => go(one)}>
      <${Icon} name="circle-alert" /><span>${one.language && html`<b>${shortName(one.language, t.language)}</b> · `}${one.text}</span></button></li>`)}</ul><//>`;
}

/** What the version that is shown lacks beside the others. */
export function MissingDialog({ draft, language, found, t, take, takeAll, go, close }) {
  const blocks = found.filter((one) => one.kind === 'block');
  const name = ({ kind, key, from }) => {
    if (kind === 'title') return t('surveys.editor.title');
    const block = versionOf(draft, from)?.blocks.find((one) => one.key === key);
    return block?.text.trim() || t(`surveys.editor.kind.${block?.kind ?? 'text'}`);
  };
  const foot = blocks.length > 1 && html`<${Tool} icon="plus" words=${t('surveys.editor.takeAll', { count: blocks.length })} onClick=${takeAll} />`;
  return html`<${Dialog} title=${t('surveys.editor.missingTitle', { language: shortName(language, t.language) })} close=${close} closeLabel=${t('frame.editor.close')} foot=${foot}>
    ${found.length === 0 && html`<p><${Icon} name="circle-check" /> ${t('surveys.editor.nothingMissing')}</p>`}
    <ul class="missing-list">${found.slice(0, 300).map((one) => html`<li key=${`${one.kind}.${one.key}`}><div><p>${name(one)}</p>
      <p class="note">${t(`surveys.editor.missing.${one.kind}`, { language: shortName(one.from, t.language) })}</p></div>
      ${one.kind === 'block' ? html`<${Tool} words=${t('surveys.editor.take')} aria-label=${`${t('surveys.editor.take')}: ${name(one)}`} onClick=${() => take(one)} />`
        : html`<${Tool} words=${t('surveys.editor.show')} aria-label=${`${t('surveys.editor.show')}: ${name(one)}`} onClick=${() => go(one)} />`}</li>`)}</ul><//>`;
}

/** Two versions beside each other, text by text: what is typed at the right counts at once. */
export function TranslationDialog({ draft, language, t, changeVersion, changeBlock, close }) {
  const others = draft.languages.map((one) => one.language).filter((tag) => tag !== language);
  const [chosen, choose] = useState(others[0]);
  const source = versionOf(draft, chosen) ?? versionOf(draft, others[0]);
  const target = versionOf(draft, language);
  const blocks = new Map(source.blocks.map((block) => [block.key, block]));
  // The first rows at once, the rest when these can be seen.
  const [drawn, draw] = useState(ROWS);
  useEffect(() => {
    if (drawn >= target.blocks.length) return undefined;
    const timer = setTimeout(() => draw(drawn + ROWS), 30);
    return () => clearTimeout(timer);
  }, [drawn]);
  return html`<${Dialog} title=${t('surveys.editor.translation')} wide close=${close} closeLabel=${t('frame.editor.close')}
    foot=${html`<${Tool} words=${t('frame.editor.done')} primary onClick=${close} />`}>
    <div class="translation" role="table" aria-label=${t('surveys.editor.translation')}>
    <div class="translation-row head" role="row"><div role="columnheader"><label class="unseen" for="translation-source">${t('surveys.editor.translateFrom')}</label>
      <select id="translation-source" value=${source.language} onChange=${(event) => choose(event.target.value)}>
      ${others.map((tag) => html`<option key=${tag} value=${tag}>${shortName(tag, t.language)}</option>`)}</select></div>
      <div role="columnheader"><b>${shortName(language, t.language)}</b></div></div>
    <${TextRow} label=${t('surveys.editor.title')} from=${source.title} text=${target.title} source=${source.language} language=${language}
      put=${changeVersion} part="title" />
    <${TextRow} label=${t('surveys.editor.sendButton')} from=${source.sendButton ?? ''} text=${target.sendButton ?? ''} source=${source.language}
      language=${language} put=${changeVersion} part="sendButton" />
    ${target.blocks.slice(0, drawn).map((block) => html`<${BlockRows} key=${block.key} block=${block} from=${blocks.get(block.key)} source=${source.language}
      language=${language} t=${t} put=${changeBlock} />`)}</div><//>`;
}

const BlockRows = memo(({ block, from, source, language, t, put }) => {
  const label = t(isQuestion(block) ? 'surveys.editor.question' : 'surveys.editor.text');
  return html`<${TextRow} label=${label} from=${from?.text} text=${block.text} source=${source} language=${language} isLong
      put=${(_, part, tag) => put(language, block.key, () => part, tag)} part="text" />
    ${block.options.map((option, place) => html`<${TextRow} key=${place} label=${t('surveys.editor.optionText', { place: place + 1 })} isPart
      from=${from?.options[place]?.text} text=${option.text} source=${source} language=${language} part="text"
      put=${(_, part, tag) => put(language, block.key, (one) => ({
        options: one.options.map((old, other) => (other === place ? { ...old, ...part } : old)) }), `${tag}${place}`)} />`)}`;
});

function TextRow({ label, from, text, source, language, put, part, isLong, isPart }) {
  const isSame = from !== undefined && from === text && /\p{L}/u.test(text);
  const input = (event) => put(language, { [part]: event.target.value || (part === 'sendButton' ? null : '') }, part);
  const attributes = { value: text, lang: language, 'aria-label': `${label}: ${from ?? text}`, onInput: input, class: isSame ? 'same' : null };
  return html`<div class=${`translation-row${isPart ? ' part' : ''}`} role="row"><div role="cell"><p class="note">${label}</p><p lang=${source} class="whole">${from ?? '—'}</p></div>
    <div role="cell">${isLong ? html`<textarea rows="2" ...${attributes}></textarea>` : html`<input type="text" ...${attributes} />`}</div></div>`;
}

/** Asks before something is done. */
export function QuestionDialog({ title, text, choices, t, close }) {
  return html`<${Dialog} title=${title} close=${close} closeLabel=${t('frame.editor.close')}
    foot=${choices.map((one) => html`<${Tool} key=${one.label} words=${one.label} primary=${one.primary} danger=${one.danger} onClick=${one.act} />`)}><p>${text}</p><//>`;
}
