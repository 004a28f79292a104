import { expect, test } from "vitest";
import type { Placed } from "./placed";
import { isStraight, NO_SIDES, traceWire, type Pen } from "./wires";

/** Two boxes with a wire from the first to the second, in these columns of the layout. */
function placed(x: number, y: number, columns: readonly [number, number]): Placed {
  const box = { parent: -1, ports: [] };
  return { scene: { boxes: [box, box], edges: Int32Array.of(0, 1), ports: Int32Array.of(-1, -1) }, positions: Float32Array.of(0, 0, x, y), sizes: Float32Array.of(224, 72, 224, 72), cells: Int32Array.of(columns[0], 0, columns[1], columns[0] === columns[1] ? 1 : 0) } as unknown as Placed;
}

function ways(of: Placed): string {
  const drawn: string[] = [];
  const pen = new Proxy({}, { get: (_, name) => () => { drawn.push(String(name)); } }) as Pen;
  traceWire(pen, of, NO_SIDES, 0);
  return drawn.join(" ");
}

test("a box that a hand put right below another is reached straight, whatever columns the layout has them in", () => {
  expect([placed(0, 116, [0, 0]), placed(0, 116, [0, 1])].map(ways)).toEqual(["moveTo lineTo", "moveTo lineTo"]);
  expect(ways(placed(40, 120, [0, 1]))).toBe("moveTo bezierCurveTo");
  expect(ways(placed(416, 0, [0, 1]))).toContain("arcTo");
  expect([placed(0, 116, [0, 1]), placed(0, 100, [0, 1]), placed(40, 116, [0, 0])].map((one) => isStraight(one, 0))).toEqual([true, false, false]);
});
