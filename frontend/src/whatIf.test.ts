import fc from "fast-check";
import { expect, test } from "vitest";
import type { Report } from "./api";
import { apply, fromJson } from "./document";
import { inputSize, largestBatch, needsOf, newProblems, readSize, withInputSize, type Wish } from "./whatIf";

const report = (more: Partial<Report["cost"]> = {}, dtypes: readonly string[] = ["float32"]): Report => ({
  params: { trainable: 900, non_trainable: 100, total: 1000, known: 1000 },
  cost: { weights_bytes: 4000, activation_bytes: 500, peak_activation_bytes: 200, multiply_adds: 7000, ...more },
  nodes: dtypes.map((dtype) => ({ outputs: [{ shape: [null, 1], dtype }], cost: { activation_bytes: 100 } })),
  diagnostics: [],
}) as unknown as Report; // all that is asked for
const WISH: Wish = { batch: 1, precision: "as-is", optimizer: "Adam" };

test("a batch needs its activations, weights, gradients and what the optimizer keeps", () => {
  expect(needsOf(report(), { ...WISH, batch: 32 })).toEqual({
    multiplyAdds: 224_000, weights: 4000, gradients: 3600, optimizerState: 7200, trainingActivations: 16_000, inferenceActivations: 6400, toTrain: 30_800, toInfer: 10_400,
  });
  expect(needsOf(report(), { ...WISH, optimizer: "SGD" }).optimizerState).toBe(0);
});

test("half the bytes are of what is computed, of weights too where they are kept so, and never of integers", () => {
  const mixed = needsOf(report(), { ...WISH, precision: "mixed_bfloat16" });
  expect([mixed.weights, mixed.trainingActivations]).toEqual([4000, 250]);
  expect(needsOf(report(), { ...WISH, precision: "bfloat16" }).weights).toBe(2000);
  expect(needsOf(report({}, ["float32", "int32"]), { ...WISH, precision: "mixed_bfloat16" }).trainingActivations).toBe(375);
});

test("what is not known makes what it enters unknown", () => {
  const needs = needsOf(report({ activation_bytes: null }), WISH);
  expect([needs.toTrain, needs.trainingActivations, needs.toInfer]).toEqual([null, null, 4200]);
  expect(largestBatch(report({ activation_bytes: null }), WISH, 1e9)).toBeNull();
});

test("the largest batch fits, and one more does not", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: 0, max: 1e10 }), (weights, activations, room) => {
      const drawn = report({ weights_bytes: weights, activation_bytes: activations });
      const batch = largestBatch(drawn, WISH, room) ?? -1;
      const bytes = (n: number): number => needsOf(drawn, { ...WISH, batch: n }).toTrain ?? 0;
      if (batch > 0) expect(bytes(batch)).toBeLessThanOrEqual(room + 1);
      expect(bytes(batch + 1)).toBeGreaterThan(room - 1);
    }),
  );
});

const input = (name: string, shape: (number | null)[]): object => ({ class_name: "InputLayer", name, config: { name, batch_shape: shape }, inbound_nodes: [] });
const open = (...layers: object[]): ReturnType<typeof fromJson> => fromJson({ layerwright: 1, model: { class_name: "Functional", config: { name: "m", layers: layers as never, input_layers: [], output_layers: [] } }, view: {}, plan: {} });

test("inputs of the first one's size change together, others stay", () => {
  const document = open(input("id", [null, 4]), input("a", [null, 32, 48, 3]), input("b", [2, 32, 48, 1]), input("c", [null, 8, 8, 3]));
  expect(inputSize(document)).toEqual([32, 48]);
  apply(document, withInputSize(document, [64, 64]));
  expect(["id", "a", "b", "c"].map((name) => (document.records.get(`layer/${name}`) as { config: { batch_shape: unknown } }).config.batch_shape)).toEqual([[null, 4], [null, 64, 64, 3], [2, 64, 64, 1], [null, 8, 8, 3]]);
  expect(inputSize(open(input("id", [null, 4])))).toBeNull();
});

test.each([["224", 2, [224, 224]], ["224x320", 2, [224, 320]], ["16 × 112 × 112", 3, [16, 112, 112]], ["100", 1, [100]], ["0", 2, null], ["1.5", 2, null], ["a", 1, null], ["1x2x3", 2, null]])("%s is a size of %d axes: %j", (text, axes, sizes) => {
  expect(readSize(text, axes)).toEqual(sizes);
});

test("only errors that were not there before are what breaks", () => {
  const problem = (code: string, layer: string, severity = "error"): object => ({ code, layer, severity, path: [] });
  const before = { diagnostics: [problem("GC404", "a")] } as unknown as Report;
  const after = { diagnostics: [problem("GC404", "a"), problem("GC404", "b"), problem("GC305", "c", "warning")] } as unknown as Report;
  expect(newProblems(before, after).map(({ layer }) => layer)).toEqual(["b"]);
});
