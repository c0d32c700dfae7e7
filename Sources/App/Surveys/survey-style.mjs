// SPDX-License-Identifier: Apache-2.0
// The style sheet of a form: CodeMirror, loaded when the dialog is opened. It stands in a shadow root, so that its
// sheets are constructed ones and the page's policy needs no exception.
import { html, useEffect, useRef, useState } from '../web/preact.js';
import { Dialog, Icon, Tool } from '../Frame/editor-parts.mjs';
import { styleFault } from './survey-rules.mjs';

const HIDING = /(display\s*:\s*none|visibility\s*:\s*hidden)/gi;

/** Writes the sheet; what is wrong with it is said while it is written. */
export function StyleDialog({ css, t, change, preview, close }) {
  const host = useRef();
  const view = useRef();
  const [state, set] = useState('loading');
  useEffect(() => {
    let isGone = false;
    write(host.current, css, t, change).then((editor) => {
      if (isGone) return editor.destroy();
      view.current = editor;
      set('ready');
      requestAnimationFrame(() => editor.focus());
    }).catch(() => set('failed'));
    return () => { isGone = true; view.current?.destroy(); };
  }, []);
  const fault = styleFault(css);
  const line = (place) => css.slice(0, place).split('\n').length;
  const hiding = [...css.matchAll(HIDING)].slice(0, 5);
  const foot = html`<${Tool} words=${t('frame.editor.done')} primary onClick=${close} /><${Tool} icon="eye" words=${t('surveys.editor.preview')} onClick=${preview} />`;
  return html`<${Dialog} title=${t('surveys.editor.css')} wide close=${close} closeLabel=${t('frame.editor.close')} foot=${foot}>
    <p class="note">${t('surveys.editor.cssHint')}</p>
    ${state === 'loading' && html`<p role="status">${t('surveys.editor.loading')}</p>`}
    ${state === 'failed' && html`<textarea class="style-plain" rows="16" spellcheck="false" aria-label=${t('surveys.editor.css')} value=${css}
      onInput=${(event) => change(event.target.value)}></textarea>`}
    <div class="style-editor" ref=${host} hidden=${state !== 'ready'}></div>
    <div class="style-findings" role="status">
      ${fault && html`<p class="error"><${Icon} name="circle-alert" /><span>${`${t('surveys.editor.line', { line: line(fault.at) })}: ${t(`surveys.rule.style.${fault.reason}`)}`}</span></p>`}
      ${hiding.map((one) => html`<p class="warned" key=${one.index}><${Icon} name="triangle-alert" /><span>
        ${`${t('surveys.editor.line', { line: line(one.index) })}: ${t('surveys.editor.hides', { rule: one[0] })}`}</span></p>`)}</div><//>`;
}

/** Whether the page's words are light. */
function isDark() {
  const [red] = getComputedStyle(document.body).color.match(/\d+/) ?? [0];
  return Number(red) > 128;
}

async function write(host, css, t, change) {
  const { EditorView, EditorState, basicSetup, languages, oneDarkHighlightStyle, syntaxHighlighting } =
    await import('../web/codemirror/index.js');
  const support = await languages.find((one) => one.name === 'CSS').load();
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const theme = EditorView.theme({
    '&': { color: 'var(--ink)', backgroundColor: 'var(--card)', height: '100%', fontSize: '.875rem' },
    '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-1px' },
    '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--ink)' },
    '.cm-gutters': { backgroundColor: 'var(--sunk)', color: 'var(--muted)', borderInlineEnd: '1px solid var(--line)' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
    '.cm-cursor': { borderInlineStartColor: 'var(--ink)' },
    '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'light-dark(#cfd8ff, #3a4a8c) !important' },
    '.cm-tooltip': { backgroundColor: 'var(--card)', color: 'var(--ink)', border: '1px solid var(--line)' },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--brand)', color: 'var(--brand-ink)' },
    '.cm-panels': { backgroundColor: 'var(--sunk)', color: 'var(--ink)' },
  });
  const extensions = [
    basicSetup, support, theme, EditorView.lineWrapping, ...(isDark() ? [syntaxHighlighting(oneDarkHighlightStyle)] : []),
    EditorView.contentAttributes.of({ 'aria-label': t('surveys.editor.css') }),
    EditorView.updateListener.of((update) => { if (update.docChanged) change(update.state.doc.toString()); })];
  return new EditorView({ parent: root, root, state: EditorState.create({ doc: css, extensions }) });
}
