import type { Report } from "./api";
import { bytesText, countText, outputsText, totalOf } from "./format";
import { pathText } from "./format";
import { pathOfKey } from "./document";
import { language, t } from "./words/words";

/** A page of its own about a model: the graph as it was seen, and the table of its layers. It loads nothing. */
export function pageOf(report: Report | null, svg: string): Blob {
  const name = escapedText(report?.name ?? t("top.model"));
  const rows = (report?.nodes ?? []).filter((node) => !node.isLoose).map((node) => `<tr><td>${escapedText(pathText(pathOfKey("", node.layer)))}<td>${escapedText(node.class_name)}<td>${escapedText(outputsText(node))}<td class="r">${countText(totalOf(node.params))}</tr>`);
  const { params, cost } = report ?? {};
  const figures = [params && t("summary.total", { count: params.total === null ? `≥ ${countText(params.known)}` : countText(params.total) }), cost?.weights_bytes != null && bytesText(cost.weights_bytes)].filter((one) => typeof one === "string" && one !== "").join(" · ");
  const heads = (["layer", "shape", "params"] as const).map((column) => t(`summary.${column}`));
  const html = `<!doctype html><html lang="${language()}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"><title>${name}</title>
<style>body{margin:0;font:13px/1.5 Inter,system-ui,sans-serif}header{padding:16px 24px}h1{font-size:22px;margin:0}.graph{height:80vh;overflow:hidden;border:solid #8884;border-width:1px 0;touch-action:none;cursor:grab}.graph svg{width:100%;height:100%}table{border-collapse:collapse;margin:16px 24px}th,td{text-align:left;padding:3px 12px 3px 0;border-bottom:1px solid #8883}td:nth-child(3){font-family:ui-monospace,monospace}.r{text-align:right}@media print{.graph{height:auto}}</style>
<header><h1>${name}</h1><p>${escapedText(figures)}</p></header>
<div class="graph">${svg}</div>
<table><thead><tr><th colspan="2">${heads.join("<th>")}</tr></thead><tbody>${rows.join("\n")}</tbody></table>
<script>${MOVES}</script></html>`;
  return new Blob([html], { type: "text/html" });
}

function escapedText(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

// Drag and wheel, for a page that is opened from a disk.
const MOVES = `
const svg = document.querySelector(".graph svg"), box = svg.viewBox.baseVal;
const scale = () => Math.max(box.width / svg.clientWidth, box.height / svg.clientHeight);
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  const factor = Math.exp(event.deltaY * 0.0015), rect = svg.getBoundingClientRect();
  const [px, py] = [(event.clientX - rect.left) / rect.width, (event.clientY - rect.top) / rect.height];
  box.x += box.width * px * (1 - factor);
  box.y += box.height * py * (1 - factor);
  box.width *= factor;
  box.height *= factor;
}, { passive: false });
svg.addEventListener("pointerdown", (event) => svg.setPointerCapture(event.pointerId));
svg.addEventListener("pointermove", (event) => {
  if (event.buttons !== 1) return;
  box.x -= event.movementX * scale();
  box.y -= event.movementY * scale();
});`;
