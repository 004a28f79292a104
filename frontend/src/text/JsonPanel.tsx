import { json } from "@codemirror/lang-json";
import { lintGutter, setDiagnostics, type Diagnostic as Mark } from "@codemirror/lint";
import { Annotation } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useRef, useState } from "react";
import type { Diagnostic } from "../api";
import { toJson } from "../document";
import { useEditor, useModel } from "../editor";
import { writeModel } from "../intents/text";
import { equal, isObject, type Json } from "../json";
import type { State } from "../store";
import { t } from "../words/words";
import { LOOK, shadowOf, spoken } from "./look";
import { becomes, breakIn, rangesOf } from "./places";

const Outside = Annotation.define<boolean>();

/** The model as JSON, both ways: what is typed is read, and changes the model where it can be; the graph's changes are written here. */
export function JsonPanel() {
  const { store } = useEditor();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  // The revision that the text was read into: there it is newer than anything written here.
  const read = useRef(-1);
  const revision = useModel((state) => state.revision);
  const report = useModel((state) => state.report);
  const reportRevision = useModel((state) => state.reportRevision);
  useEffect(() => {
    if (!host.current) return;
    const root = shadowOf(host.current);
    const editor = new EditorView({
      doc: textOf(store.getState()),
      root,
      parent: root,
      extensions: [
        basicSetup, json(), lintGutter(), LOOK, spoken(),
        EditorView.contentAttributes.of({ "aria-label": t("text.json") }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged || update.transactions.some((one) => one.annotation(Outside))) return;
          try {
            const model = JSON.parse(update.state.doc.toString()) as Json;
            if (!isObject(model)) throw new Error(t("text.no-object"));
            setProblem(null);
            store.edit(t("edit.json"), (document) => writeModel(document, model), "merge");
            read.current = store.getState().revision;
          } catch (error) {
            // What cannot be read changes nothing: the graph is what was read last.
            setProblem(error instanceof Error ? error.message : String(error));
          }
        }),
      ],
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [store]);
  useEffect(() => {
    const editor = view.current;
    const { document } = store.getState();
    if (!editor || !document) return;
    if (read.current === revision) return;
    const now = editor.state.doc.toString();
    if (says(now, toJson(document).model ?? null)) return;
    // Text that cannot be read stays until it is mended, or until the graph changes otherwise.
    editor.dispatch({ changes: becomes(now, textOf(store.getState())), annotations: Outside.of(true) });
    setProblem(null);
  }, [store, revision]);
  useEffect(() => {
    const editor = view.current;
    // A report on what was there before would mark the wrong lines; the marks that stand move with the text.
    if (!editor || (problem === null && reportRevision !== revision)) return;
    const marks: readonly Mark[] = problem !== null
      ? [{ ...breakIn(editor.state), severity: "error", message: problem }]
      : placed(editor, report?.diagnostics ?? []);
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [report, reportRevision, revision, problem]);
  return (
    <>
      {problem !== null && <p className="hintline e" role="alert">{t("text.unread", { reason: problem })}</p>}
      <div ref={host} className="textview" data-typing data-testid="json" />
    </>
  );
}

function placed(editor: EditorView, problems: readonly Diagnostic[]): readonly Mark[] {
  const ranges = rangesOf(editor.state, problems.map((one) => one.pointer));
  return problems.flatMap(({ severity, code, message }, i) => {
    const range = ranges[i];
    return range ? [{ ...range, severity, message: `${code} ${message}` }] : [];
  });
}

function textOf({ document }: Pick<State, "document">): string {
  return document ? JSON.stringify(toJson(document).model ?? null, null, 2) : "";
}

function says(text: string, model: Json): boolean {
  try {
    return equal(JSON.parse(text) as Json, model);
  } catch {
    return false;
  }
}
