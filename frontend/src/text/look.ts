import { EditorView } from "@codemirror/view";

/** In the page's own colours and measures. */
export const LOOK = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", color: "var(--ink)", backgroundColor: "var(--panel)" },
  ".cm-scroller": { fontFamily: "JetBrains Mono, monospace", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  ".cm-content": { caretColor: "var(--ink)" },
  // The library's own colours are for a light page only; line, bracket and indent say enough.
  ".cm-content .cm-line span": { color: "inherit" },
  "&.cm-focused .cm-cursor": { borderLeftColor: "var(--ink)" },
});

/** A root of its own: there the editor's styles are sheets, which the page's policy allows, and not inline. */
export function shadowOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: "open" });
}
