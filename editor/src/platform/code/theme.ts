/** How CodeMirror looks here, in the page's own colours; its styles carry the page's nonce, or the content security policy refuses them. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const nonce = (): string => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

const theme = EditorView.theme({
  "&": { fontSize: "12px", color: "var(--ink)", backgroundColor: "var(--panel)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "6px 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--accent-soft)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", border: "none", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--hover) 45%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--hover)", color: "var(--ink)" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px", boxShadow: "var(--shadow-up)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12px", maxHeight: "16em" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent-soft)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--ink-3)", fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionInfo": { maxWidth: "320px", fontFamily: "var(--font)", padding: "6px 9px" },
  ".cm-diagnostic": { fontFamily: "var(--font)", fontSize: "12px", padding: "4px 9px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--error)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-textfield": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "4px" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "4px" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-soft)" },
  ".cm-node-here": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 55%, transparent)" },
  ".cm-placeholder": { color: "var(--ink-3)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "color-mix(in srgb, var(--accent) 85%, var(--ink))" },
  { tag: [tags.string, tags.special(tags.string)], color: "color-mix(in srgb, var(--cat-function) 75%, var(--ink))" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.literal], color: "color-mix(in srgb, var(--info) 80%, var(--ink))" },
  { tag: [tags.comment, tags.lineComment], color: "var(--ink-2)" },
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--cat-output)" },
  { tag: [tags.punctuation, tags.separator, tags.operator], color: "var(--ink-2)" },
  { tag: tags.function(tags.variableName), color: "var(--cat-output)" },
]);

export const codeTheme = (): Extension => [EditorView.cspNonce.of(nonce()), theme, syntaxHighlighting(colours)];
