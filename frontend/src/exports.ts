import * as api from "./api";
import type { ConvertTarget, PlotFormat } from "./api";
import { toJson } from "./document";
import type { Editor } from "./editor";
import { effective } from "./intents/off";

export type Export = { readonly kind: "plot"; readonly format: PlotFormat } | { readonly kind: "convert"; readonly to: ConvertTarget } | { readonly kind: "document" };

/** Writes the open model in a form and hands it to the browser as a download; a refusal becomes a notice. */
export async function exportModel({ store, ui }: Editor, wanted: Export): Promise<void> {
  const { document: open, report } = store.getState();
  if (!open) return;
  const name = (report?.name ?? "model").replaceAll(/[^\p{L}\p{N}._-]+/gu, "_") || "model";
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

function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has its own hold on the blob once it has begun; a second is plenty.
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 1000);
}
