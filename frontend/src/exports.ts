import * as api from "./api";
import type { ConvertTarget, PlotFormat } from "./api";
import { toJson, type Document } from "./document";
import type { Editor } from "./editor";
import type { Picture } from "./commands";
import { bytesText } from "./format";
import { encoded, MOST_LETTERS } from "./link";
import { pageOf } from "./page";
import { t } from "./words/words";
import { effective } from "./intents/off";

export type Export = { readonly kind: "plot"; readonly format: PlotFormat } | { readonly kind: "convert"; readonly to: ConvertTarget } | { readonly kind: "document" };

/** Writes the open model in a form and hands it to the browser as a download; a refusal becomes a notice. */
export async function exportModel({ store, ui }: Editor, wanted: Export): Promise<void> {
  const { document: open, report } = store.getState();
  if (!open) return;
  const name = fileName(report?.name);
  const model = toJson(wanted.kind === "document" ? open : effective(open));
  try {
    if (wanted.kind === "document") save(`${name}.layerwright.json`, new Blob([JSON.stringify(model, null, 1)], { type: "application/json" }));
    else if (wanted.kind === "plot") save(`${name}.${wanted.format}`, await api.plot(model, wanted.format, { show_shapes: "true", show_layer_names: "true", expand_nested: "true" }));
    else {
      const text = await api.convert(model, wanted.to);
      const isSource = wanted.to === "python" || wanted.to === "stub";
      const file = wanted.to === "stub" ? `${name}_layers.py` : isSource ? `${name}.py` : `${name}.json`;
      save(file, new Blob([text], { type: isSource ? "text/x-python" : "application/json" }));
    }
  } catch (error) {
    const first = error instanceof api.RequestError ? error.problem.diagnostics?.[0] : undefined;
    ui.notify(first?.message ?? (error instanceof Error ? error.message : String(error)), first?.hint ?? null);
  }
}

/** A copy of the file as it was opened, else of what is open, that cannot do what the file could. */
export async function exportSafeCopy({ store, ui }: Editor): Promise<void> {
  const { document: open, file, report } = store.getState();
  if (!file && !open) return;
  try {
    save(safeName(file, fileName(report?.name)), await api.safeCopy(file ?? toJson(open as Document)));
  } catch (error) {
    ui.notify(t("safety.copy.none"), error instanceof Error ? error.message : String(error));
  }
}

/** What a safe copy is called: the file's name with a word before its ending. */
export function safeName(file: Blob | null, model: string): string {
  const name = file instanceof File ? file.name : file ? `${model}.json` : `${model}.layerwright.json`;
  const [, stem = "model", ending = ""] = /^(.*?)((?:\.layerwright)?\.[^.]*)?$/s.exec(name) ?? [];
  return `${stem}.safe${ending}`;
}

/** What is seen, as a file of its own. */
export async function exportView(editor: Editor, format: Picture | "html"): Promise<void> {
  const { store, view } = editor;
  const picture = await view.current?.picture(format === "html" ? "svg" : format);
  if (!picture) return;
  const name = fileName(store.getState().report?.name);
  save(`${name}.${format}`, format === "html" ? pageOf(store.getState().report, await picture.text()) : picture);
}

/** Puts a link that opens the model with this view into the clipboard. */
export async function copyLink({ store, ui, reading, view }: Editor): Promise<void> {
  const { document: open } = store.getState();
  const camera = view.current?.camera();
  if (!open || !camera) return;
  const { opened, isGrouped, unit, colour, labels, focus, query } = reading.getState();
  const hash = await encoded({ model: toJson(open), opened: [...opened], isGrouped, unit, colour, labels, focus: focus ? [...focus.paths] : null, query, camera });
  if (hash.length > MOST_LETTERS) {
    ui.notify(t("reading.export.link.large", { size: bytesText(hash.length) }), t("reading.export.link.large.how"));
    return;
  }
  await navigator.clipboard.writeText(`${location.origin}${location.pathname}#${hash}`);
  ui.confirm(t("reading.export.link.copied"));
}

function fileName(name: string | null | undefined): string {
  return (name ?? "model").replaceAll(/[^\p{L}\p{N}._-]+/gu, "_") || "model";
}

function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has its own hold on the blob once it has begun, which a browser that is busy may take a while for.
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 60_000);
}
