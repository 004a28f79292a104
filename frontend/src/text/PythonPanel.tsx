import { python } from "@codemirror/lang-python";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useRef, useState } from "react";
import * as api from "../api";
import { toJson } from "../document";
import { useEditor, useModel } from "../editor";
import { effective } from "../intents/off";
import { t } from "../words/words";
import { LOOK, shadowOf, spoken } from "./look";
import { becomes } from "./places";

/** The program that builds the model; it follows the graph. */
export function PythonPanel() {
  const { store } = useEditor();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const revision = useModel((state) => state.reportRevision);
  useEffect(() => {
    if (!host.current) return;
    const root = shadowOf(host.current);
    const editor = new EditorView({ doc: "", root, parent: root, extensions: [basicSetup, python(), LOOK, spoken(), EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-label": t("text.python") })] });
    view.current = editor;
    return () => { editor.destroy(); };
  }, []);
  useEffect(() => {
    const { document } = store.getState();
    if (!document) return;
    let isWanted = true;
    api.convert(toJson(effective(document)), "python").then(
      (text) => {
        const editor = view.current;
        if (!isWanted || !editor) return;
        setProblem(null);
        editor.dispatch({ changes: becomes(editor.state.doc.toString(), text) });
      },
      (error: unknown) => {
        if (!isWanted) return;
        const first = error instanceof api.RequestError ? error.problem.diagnostics?.[0] : undefined;
        setProblem(first?.message ?? (error instanceof Error ? error.message : String(error)));
      },
    );
    return () => { isWanted = false; };
  }, [store, revision]);
  return (
    <>
      {problem !== null && <p className="hintline e" role="alert">{problem}</p>}
      <div ref={host} className="textview" data-typing data-testid="python" />
    </>
  );
}
