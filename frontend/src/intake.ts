import * as api from "./api";
import { paste, removeSelection, selectionText } from "./deeds";
import { roomOf, type Editor } from "./editor";
import type { SharedView } from "./link";
import type { JsonObject } from "./json";
import { problemCount } from "./outline";
import { dangerCount } from "./safety";
import { isTraceback } from "./traceback";
import { t } from "./words/words";

/** Opens a file, a text, an object or an example's address, and shows what is to be seen first: the layers, or the problems. */
export async function openModel(editor: Editor, model: Blob | string | JsonObject): Promise<void> {
  const { store } = editor;
  if (await store.open(model, editor.keeping.leave)) showFirst(editor);
}

/** Calls off what is being opened, and says what is there instead. */
export function cancelOpening({ store, ui }: Editor): void {
  store.cancelOpening();
  ui.notify(t(store.getState().document ? "app.cancelled" : "app.cancelled.empty"));
}

/** Opens a project of the service, or what this browser has of it. */
export async function openProject(editor: Editor, id: string): Promise<void> {
  try {
    await editor.keeping.openProject(id);
    // From a draft it opens before it is checked.
    if (editor.store.getState().report) showFirst(editor);
    else editor.ui.setState({ leftTab: "layers" });
  } catch (error) {
    editor.ui.notify(t("keep.cannot-open"), error instanceof Error ? error.message : null);
  }
}

function showFirst({ store, ui }: Editor): void {
  const { report, document, status, dangers } = store.getState();
  if (status !== "ready") return;
  const hasLayers = (report?.nodes.length ?? 0) > 0;
  ui.setState({ leftTab: document && hasLayers ? "layers" : "add", floating: null, notice: null });
  if (problemCount(report) + dangerCount(dangers) > 0) ui.showTab("problems");
  else if (ui.getState().bottomTab === "problems") ui.setState({ isBottomOpen: false });
}

export async function openAddress(editor: Editor, address: string): Promise<void> {
  const signal = editor.store.startOpening();
  try {
    await openModel(editor, await api.open(address, signal));
  } catch (error) {
    if (signal.aborted) return;
    const { document } = editor.store.getState();
    const text = error instanceof Error ? error.message : String(error);
    editor.store.setState({ status: document ? "ready" : "refused", message: text });
    editor.ui.notify(t("app.cannot-open", { address, reason: text }));
  }
}

/** Opens a model as somebody looked at it. */
export async function openShared(editor: Editor, { model, camera, opened, focus, ...view }: SharedView): Promise<void> {
  await openModel(editor, model);
  editor.reading.setState({ ...view, opened: new Set(opened), focus: focus ? { title: t("reading.focus.many", { n: focus.length }), paths: new Set(focus) } : null, arrival: camera });
}

export function exampleAddress(name: string): string {
  return `/api/v1/examples/${encodeURIComponent(name)}`;
}

/** Files dropped anywhere and texts pasted anywhere but into a field. What it gives stops listening. */
export function listenForModels(editor: Editor, onDrag: (isOver: boolean) => void): () => void {
  const end = new AbortController();
  const { signal } = end;
  let depth = 0;
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  window.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth += 1;
    onDrag(true);
  }, { signal });
  window.addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) onDrag(false);
  }, { signal });
  window.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); }, { signal });
  window.addEventListener("drop", (event) => {
    depth = 0;
    onDrag(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    void openModel(editor, file);
  }, { signal });
  window.addEventListener("paste", (event) => {
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const [file] = event.clipboardData?.files ?? [];
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    if (!file && text === "") return;
    event.preventDefault();
    if (!file && paste(roomOf(editor), text, "own")) return;
    if (!file && isTraceback(text)) editor.ui.setState({ dialog: "paste", pasted: text });
    else void openModel(editor, file ?? text);
  }, { signal });
  for (const deed of ["copy", "cut"] as const) {
    window.addEventListener(deed, (event) => {
      if (isTyping(event.target) || (getSelection()?.toString() ?? "") !== "") return;
      const text = selectionText(roomOf(editor));
      if (text === null) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", text);
      if (deed === "cut") removeSelection(roomOf(editor), "keep");
    }, { signal });
  }
  return () => {
    end.abort();
  };
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches("input, textarea, select, [data-typing]") || target.isContentEditable);
}
