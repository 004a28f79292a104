import { expect, test } from "vitest";
import type { Report } from "../api";
import { judged } from "./connection";

const report = (shape: number[] | null, ...problems: string[]): Report => ({
  nodes: [{ layer: "sum", node_index: 0, outputs: [{ shape, dtype: "float32" }] }],
  diagnostics: problems.map((layer) => ({ code: "GC404", layer, path: [], severity: "error", message: `${layer} cannot combine them` })),
}) as unknown as Report; // all that a verdict asks for

test("a wire that fits says the shape that comes of it", () => {
  expect(judged(report(null), report([2, 8]), { path: "sum", nodeIndex: 0 })).toEqual({ kind: "fits", says: "gives (2, 8)" });
});

test("a wire is refused for a problem of its own at its end, with that problem's words", () => {
  expect(judged(report(null), report(null, "sum"), { path: "sum", nodeIndex: 0 })).toEqual({ kind: "refused", says: "sum cannot combine them" });
  expect(judged(report(null, "sum"), report(null, "sum", "other"), { path: "sum", nodeIndex: 0 }).kind).toBe("fits");
});
