import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const THEME = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", color: "var(--ink)", backgroundColor: "var(--panel)" },
  ".cm-scroller": { fontFamily: "JetBrains Mono, monospace", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  ".cm-content": { caretColor: "var(--ink)" },
  "&.cm-focused .cm-cursor": { borderLeftColor: "var(--ink)" },
});

// The families' colours: they are legible on the panel in light and dark. The library's own are for a light page only.
const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--f-conv)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--f-reshape)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--f-dense)" },
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.operatorKeyword], color: "var(--f-recurrent)" },
  { tag: [tags.comment, tags.punctuation, tags.separator, tags.bracket], color: "var(--ink-2)" },
]);

/** In the page's own colours and measures. */
export const LOOK: Extension = [THEME, syntaxHighlighting(COLOURS)];

/** A root of its own: there the editor's styles are sheets, which the page's policy allows, and not inline. */
export function shadowOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: "open" });
}
