import { GLYPHS } from "../family";
import { FRAME } from "../layout/arrange";
import { BOX } from "../layout/layout";
import { t } from "../words/words";
import type { Colours } from "./colours";
import { bounds } from "./minimap";
import { pillOf } from "./boxes";
import { corner, type Placed } from "./placed";
import { endsOf, isStraight, isUnknown, sidesOf, traceWire, type Pen } from "./wires";
import { frameToken, type Paint } from "./paints";
import { PILL } from "./ports";

// The graph as it stands on the canvas, as files that need no canvas.

/** Every box and wire that is shown, also outside of the window, as an SVG of text and paths. */
export function svgOf(placed: Placed, paint: Paint, colours: Colours): string {
  const { scene, positions, sizes } = placed;
  const area = bounds(placed);
  const [left, top] = [area.left - MARGIN, area.top - MARGIN];
  const [width, height] = [area.right - left + MARGIN, area.bottom - top + MARGIN];
  const sides = sidesOf(placed);
  const parts: string[] = [];
  scene.boxes.forEach((box, i) => {
    if (!box.isOpen) return;
    const [x, y] = corner(positions, i);
    const [w, h] = corner(sizes, i);
    const token = frameToken(box);
    parts.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" rx="12" fill="${colours.panel ?? ""}" stroke="${colours[token ?? "line-2"] ?? ""}"/>`);
    if (token !== null) parts.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" rx="12" fill="${colours[token] ?? ""}" fill-opacity=".1"/>`);
    parts.push(text(x + 16, y + 23, box.name, "n", colours.ink), text(x + w - 12, y + 23, scene.textOf(i).said, "s e", colours["ink-3"]));
    parts.push(`<path d="M${n(x)} ${n(y + FRAME.header)}h${n(w)}" stroke="${colours.line ?? ""}"/>`);
  });
  const [known, unknown] = [new PathText(), new PathText()];
  for (let e = 0; e < scene.edges.length / 2; e += 1) traceWire(isUnknown(placed, e) ? unknown : known, placed, sides, e);
  const wire = `fill="none" stroke="${colours.wire ?? ""}" stroke-width="1.5"`;
  parts.push(`<path d="${known.text()}" ${wire}/>`);
  if (unknown.text() !== "") parts.push(`<path d="${unknown.text()}" ${wire} stroke-dasharray="5 4"/>`);
  for (let e = 0; e < scene.edges.length / 2; e += 1) parts.push(...endOf(placed, e, colours));
  scene.boxes.forEach((box, i) => { if (!box.isOpen) parts.push(boxOf(placed, i, colours[paint.tokens[i] ?? ""] ?? "", paint.isFilled, colours)); });
  scene.boxes.forEach((_, i) => parts.push(...callPortsOf(placed, i, colours)));
  const style = `text{font-family:Inter,system-ui,sans-serif}.n{font-size:13px;font-weight:600}.s{font-size:11px}.m{font-size:11px;font-family:"JetBrains Mono",ui-monospace,monospace}.p{font-size:10px;font-family:"JetBrains Mono",ui-monospace,monospace}.e{text-anchor:end}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${n(left)} ${n(top)} ${n(width)} ${n(height)}" width="${n(width)}" height="${n(height)}"><style>${style}</style><rect x="${n(left)}" y="${n(top)}" width="100%" height="100%" fill="${colours.canvas ?? ""}"/>${parts.join("")}</svg>`;
}

const MARGIN = 32;

/** Arrowhead and shape of a wire, as on the canvas. */
function endOf(placed: Placed, e: number, colours: Colours): string[] {
  const { edges, ports, boxes, labelOf } = placed.scene;
  const [from, to] = [edges[2 * e] ?? 0, edges[2 * e + 1] ?? 0];
  if (boxes[from]?.parent === to) return [];
  const { to: [x, ty] } = endsOf(placed, e);
  const head = `<path d="M${n(x)} ${n(ty - ((ports[2 * e + 1] ?? -1) < 0 ? 0 : PILL.height / 2))}l-4 -8h8z" fill="${colours.wire ?? ""}"/>`;
  return boxes[from]?.parent === boxes[to]?.parent && isStraight(placed, e) ? [head, text(x + 10, ty - BOX.gapDown / 2 + 4, labelOf(e), "m", colours["ink-2"])] : [head];
}

/** The ports of a layer's calls, where it has several. */
function callPortsOf({ scene: { boxes }, positions, sizes }: Placed, i: number, colours: Colours): string[] {
  const box = boxes[i];
  if (!box) return [];
  return box.ports.flatMap((port, k) => (["in", "out"] as const).map((side) => {
    const { left, top, width, height, text: said } = pillOf(box, port, k, side, [...corner(positions, i), ...corner(sizes, i)]);
    const pill = `<rect x="${n(left)}" y="${n(top)}" width="${n(width)}" height="${n(height)}" rx="${n(height / 2)}" fill="${colours[side === "out" ? "ink-2" : "port"] ?? ""}" stroke="${colours[side === "out" ? "ink-2" : "wire"] ?? ""}" stroke-width="1.5"/>`;
    return pill + text(left + (width - said.length * PILL.letter) / 2, top + 11.5, said, "p", colours[side === "out" ? "canvas" : "ink"]);
  }));
}

function boxOf({ scene, positions }: Placed, i: number, colour: string, isFilled: boolean, colours: Colours): string {
  const box = scene.boxes[i];
  if (!box) return "";
  const [x, y] = corner(positions, i);
  const { said, shape, parameters } = scene.textOf(i);
  const isError = box.mark?.kind === "error";
  const outline = `stroke="${colours[isError ? "error" : "line-2"] ?? ""}"${box.isOff || box.isLoose ? ' stroke-dasharray="4 3"' : ""}`;
  const sheets = box.kind === "repeat" ? [8, 4].map((shift) => `<rect x="${n(x + shift)}" y="${n(y + shift)}" width="${BOX.width}" height="${BOX.height}" rx="8" fill="${colours.raised ?? ""}" stroke="${colours["line-2"] ?? ""}"/>`) : [];
  const type = box.times > 0 ? `×${box.times.toLocaleString("en")}` : box.className;
  const most = Math.floor((ROOM - type.length * 6) / 7.4);
  return [
    ...sheets,
    `<rect x="${n(x)}" y="${n(y)}" width="${BOX.width}" height="${BOX.height}" rx="8" fill="${colours.raised ?? ""}" ${outline}/>`,
    box.isOff ? "" : `<path d="M${n(x + 28)} ${n(y)}h-20a8 8 0 0 0 -8 8v${BOX.height - 16}a8 8 0 0 0 8 8h20z" fill="${colour}"${isFilled ? "" : ' fill-opacity=".14"'}/>`,
    `<path transform="translate(${n(x + 6)} ${n(y + 9)})" d="${GLYPHS[box.family]}" fill="none" stroke="${isFilled ? (colours.raised ?? "") : colour}" stroke-width="1.5"/>`,
    text(x + 37, y + 22, cut(box.nodeIndex === 0 ? box.name : `${box.name} [${box.nodeIndex}]`, most), "n", colours.ink),
    text(x + BOX.width - 9, y + 22, cut(type, 20), "s e", colours["ink-3"]),
    text(x + 37, y + 40, cut(said, 32), "s", colours["ink-2"]),
    text(x + 37, y + 58, cut(shape, Math.floor((ROOM - parameters.length * 6.3) / 6.6)), /\d/.test(shape) ? "m" : "s", colours[box.isUnknown ? "ink-3" : "ink"]),
    text(x + BOX.width - 9, y + 58, parameters, "s e", colours["ink-3"]),
    box.mark ? text(x + BOX.width, y - 4, box.mark.count === 1 ? box.mark.text : t("reading.problems", { n: box.mark.count }), "m e", colours[isError ? "error" : "warn"]) : "",
  ].join("");
}

// The room for a line of text, in a box of which nobody can measure the letters.
const ROOM = BOX.width - 54;

function cut(value: string, most: number): string {
  return value.length > most ? `${value.slice(0, Math.max(1, most - 1))}…` : value;
}

function text(x: number, y: number, value: string, className: string, colour: string | undefined): string {
  return value === "" ? "" : `<text x="${n(x)}" y="${n(y)}" class="${className}" fill="${colour ?? ""}">${escaped(value)}</text>`;
}

/** Text that means itself, in HTML and XML; what XML cannot hold is left out. */
export function escaped(value: string): string {
  // eslint-disable-next-line no-control-regex -- these are the letters that XML forbids
  return value.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** What `Path2D` draws, as the text of a path. */
class PathText implements Pen {
  readonly #parts: string[] = [];
  #at: readonly [number, number] = [0, 0];
  moveTo(x: number, y: number): void {
    this.#parts.push(`M${n(x)} ${n(y)}`);
    this.#at = [x, y];
  }
  lineTo(x: number, y: number): void {
    this.#parts.push(`L${n(x)} ${n(y)}`);
    this.#at = [x, y];
  }
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#parts.push(`C${n(x1)} ${n(y1)} ${n(x2)} ${n(y2)} ${n(x)} ${n(y)}`);
    this.#at = [x, y];
  }
  /** A corner, rounded as far as its sides are long. */
  arcTo(x1: number, y1: number, x2: number, y2: number, radius: number): void {
    const [x0, y0] = this.#at;
    const [before, after] = [Math.hypot(x0 - x1, y0 - y1), Math.hypot(x2 - x1, y2 - y1)];
    const r = Math.min(radius, before, after);
    if (before === 0 || after === 0) {
      this.lineTo(x1, y1);
      return;
    }
    this.lineTo(x1 + ((x0 - x1) / before) * r, y1 + ((y0 - y1) / before) * r);
    const [x, y] = [x1 + ((x2 - x1) / after) * r, y1 + ((y2 - y1) / after) * r];
    this.#parts.push(`Q${n(x1)} ${n(y1)} ${n(x)} ${n(y)}`);
    this.#at = [x, y];
  }
  text(): string {
    return this.#parts.join("");
  }
}

/** A PDF of one page that is a JPEG: six objects and where each begins. */
export async function pdfOf(jpeg: Blob, width: number, height: number, points: number): Promise<Blob> {
  const content = `q ${(width * points).toFixed(2)} 0 0 ${(height * points).toFixed(2)} 0 0 cm /I Do Q`;
  const image = new Uint8Array(await jpeg.arrayBuffer());
  const objects: (readonly (string | Uint8Array<ArrayBuffer>)[])[] = [
    ["<< /Type /Catalog /Pages 2 0 R >>"],
    ["<< /Type /Pages /Kids [3 0 R] /Count 1 >>"],
    [`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${(width * points).toFixed(2)} ${(height * points).toFixed(2)}] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>`],
    [`<< /Length ${content.length} >>\nstream\n${content}\nendstream`],
    [`<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${image.length} >>\nstream\n`, image, "\nendstream"],
  ];
  const parts: (string | Uint8Array<ArrayBuffer>)[] = ["%PDF-1.4\n"];
  let at = "%PDF-1.4\n".length;
  const begins: number[] = [];
  objects.forEach((object, i) => {
    begins.push(at);
    for (const part of [`${i + 1} 0 obj\n`, ...object, "\nendobj\n"]) {
      parts.push(part);
      at += part.length;
    }
  });
  const table = begins.map((begin) => `${String(begin).padStart(10, "0")} 00000 n \n`).join("");
  parts.push(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`);
  return new Blob(parts, { type: "application/pdf" });
}
