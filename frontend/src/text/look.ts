import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { t } from "../words/words";

const THEME = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", color: "var(--ink)", backgroundColor: "var(--panel)" },
  ".cm-scroller": { fontFamily: "JetBrains Mono, monospace", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  ".cm-content": { caretColor: "var(--ink)" },
  // The find bar, which is the library's: like the page's own fields and buttons.
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--panel)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "8px 32px 8px 12px", fontFamily: "var(--sans)", fontSize: "12px" },
  ".cm-panel.cm-search label": { fontSize: "12px", color: "var(--ink-2)", display: "inline-flex", alignItems: "center" },
  ".cm-panel.cm-search [name=close]": { top: "4px", right: "8px", padding: "0 6px", fontSize: "16px", color: "var(--ink-2)", cursor: "pointer" },
  ".cm-textfield, .cm-button": { height: "26px", padding: "0 8px", fontSize: "12px", color: "var(--ink)", backgroundImage: "none", border: "1px solid var(--line-2)", borderRadius: "var(--r2)" },
  ".cm-textfield": { backgroundColor: "var(--raised)" },
  ".cm-button": { backgroundColor: "var(--raised)", cursor: "pointer" },
  ".cm-button:hover": { backgroundColor: "var(--hover)" },
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

/** What the library's find bar says, in the page's language. */
export function spoken(): Extension {
  return EditorState.phrases.of({
    Find: t("text.find"),
    Replace: t("text.replace-with"),
    next: t("text.next"),
    previous: t("text.previous"),
    all: t("text.all"),
    "match case": t("text.match-case"),
    regexp: t("text.regexp"),
    "by word": t("text.by-word"),
    replace: t("text.replace"),
    "replace all": t("text.replace-all"),
    close: t("word.close"),
  });
}

/** A root of its own: there the editor's styles are sheets, which the page's policy allows, and not inline. */
export function shadowOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: "open" });
}
