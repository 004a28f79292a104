// Text on the canvas, cut where there is no room for it.

export const SMALL = "11px Inter, sans-serif";

export const MONO = "11px JetBrains Mono, monospace";

/** Shapes are monospace, words are not. */
export function fontOf(value: string): string {
  return /\d/.test(value) ? MONO : SMALL;
}

// Measuring text costs more than drawing it; a cut string is looked up by font, room and text.
const cuts = new Map<string, string>();

const MAX_CUTS = 20_000;

export function text(context: CanvasRenderingContext2D, value: string, x: number, y: number, room: number, font: string, colour: string | undefined): void {
  const cut = cutText(context, value, room, font);
  context.font = font;
  context.fillStyle = colour ?? "";
  context.fillText(cut, x, y);
}

export function rightText(context: CanvasRenderingContext2D, value: string, x: number, y: number, font: string, colour: string | undefined): void {
  context.textAlign = "right";
  text(context, value, x, y, Infinity, font, colour);
  context.textAlign = "left";
}

export function cutText(context: CanvasRenderingContext2D, value: string, room: number, font: string): string {
  const key = `${font} ${Math.floor(room)} ${value}`;
  let cut = cuts.get(key);
  if (cut === undefined) {
    context.font = font;
    cut = value;
    if (context.measureText(value).width > room) {
      // Halving: a name of thousands of letters must not be measured thousands of times.
      let [fits, tooLong] = [0, value.length];
      while (tooLong - fits > 1) {
        const middle = (fits + tooLong) >> 1;
        if (context.measureText(`${value.slice(0, middle)}…`).width <= room) fits = middle;
        else tooLong = middle;
      }
      cut = `${value.slice(0, fits)}…`;
    }
    if (cuts.size >= MAX_CUTS) cuts.clear();
    cuts.set(key, cut);
  }
  return cut;
}

/** Cut strings were measured in a fallback font where the page's own came late. */
export function forgetMeasures(): void {
  cuts.clear();
}
