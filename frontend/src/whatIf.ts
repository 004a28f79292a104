import type { Diagnostic, Report, ReportNode } from "./api";
import type { Diff, Document } from "./document";
import { sequence } from "./intents/change";
import { setArgument } from "./intents/layers";
import { isArray, isObject, type Json } from "./json";

// What a model would need, asked without changing it. Counts of the report stay exact; bytes here are what tensors hold,
// not what a framework needs besides.

export const PRECISIONS = ["as-is", "mixed_bfloat16", "bfloat16"] as const;
/** As the file says; computed in half the bytes over whole weights; or all in half the bytes. */
export type Precision = (typeof PRECISIONS)[number];
/** Numbers that an optimizer keeps for each weight that trains. */
export const OPTIMIZERS = { SGD: 0, "SGD momentum": 1, RMSprop: 1, Adam: 2 } as const;
export type Optimizer = keyof typeof OPTIMIZERS;

export interface Wish {
  readonly batch: number;
  readonly precision: Precision;
  readonly optimizer: Optimizer;
}
/** Bytes and counts for a batch; null where a part is not known. */
export interface Needs {
  readonly multiplyAdds: number | null;
  readonly weights: number | null;
  readonly gradients: number | null;
  readonly optimizerState: number | null;
  /** What all layers give, which training keeps for its way back. */
  readonly trainingActivations: number | null;
  /** The most that a pass forwards holds at a time. */
  readonly inferenceActivations: number | null;
  readonly toTrain: number | null;
  readonly toInfer: number | null;
}

export function needsOf(report: Report, { batch, precision, optimizer }: Wish): Needs {
  const { cost, params } = report;
  const weightFactor = precision === "bfloat16" ? 0.5 : 1;
  const half = precision === "as-is" ? 1 : halved(report.nodes);
  const weights = times(cost.weights_bytes, weightFactor);
  // A gradient and each of the optimizer's numbers are as large as the weight that they belong to.
  const ofEach = cost.weights_bytes !== null && params.total !== null && params.total > 0 ? cost.weights_bytes / params.total : null;
  const gradients = params.trainable === 0 ? 0 : times(params.trainable, ofEach === null ? null : ofEach * weightFactor);
  const optimizerState = times(gradients, OPTIMIZERS[optimizer]);
  const trainingActivations = times(cost.activation_bytes, half * batch);
  const inferenceActivations = times(cost.peak_activation_bytes, half * batch);
  return {
    multiplyAdds: times(cost.multiply_adds, batch),
    weights,
    gradients,
    optimizerState,
    trainingActivations,
    inferenceActivations,
    toTrain: sum(weights, gradients, optimizerState, trainingActivations),
    toInfer: sum(weights, inferenceActivations),
  };
}

/** The largest batch that trains in so many bytes; 0 where not even one sample does, null where it is not known. */
export function largestBatch(report: Report, wish: Wish, bytes: number): number | null {
  const { weights, gradients, optimizerState, trainingActivations: one } = needsOf(report, { ...wish, batch: 1 });
  const fixed = sum(weights, gradients, optimizerState);
  if (fixed === null || one === null || one === 0) return null;
  return Math.max(0, Math.floor((bytes - fixed) / one));
}

/** What is left of all outputs' bytes where those of 32 bits become 16. */
function halved(nodes: readonly ReportNode[]): number {
  let [all, left] = [0, 0];
  for (const { cost, outputs } of nodes) {
    const bytes = cost?.activation_bytes ?? 0;
    all += bytes;
    left += outputs.every(({ dtype }) => dtype === "float32") ? bytes / 2 : bytes;
  }
  return all === 0 ? 1 : left / all;
}

function times(amount: number | null, factor: number | null): number | null {
  return amount === null || factor === null ? null : amount * factor;
}

function sum(...amounts: readonly (number | null)[]): number | null {
  return amounts.reduce((all, amount) => (all === null || amount === null ? null : all + amount), 0);
}

/** The sizes of the first input that has some between batch and channels: height and width of images, steps of sequences. */
export function inputSize(document: Document): readonly number[] | null {
  for (const [, shape] of sizedInputs(document)) {
    const sizes = shape.slice(1, -1);
    if (sizes.length > 0 && sizes.every((size) => typeof size === "number")) return sizes;
  }
  return null;
}

/** `299`, or `299x224`; null of what is no size for so many axes. */
export function readSize(text: string, axes: number): readonly number[] | null {
  const sizes = text.trim().split(/\s*[x×,]\s*/).map(Number);
  const all = sizes.length === 1 ? Array.from({ length: axes }, () => sizes[0] ?? 0) : sizes;
  return all.length === axes && all.every((size) => Number.isInteger(size) && size > 0) ? all : null;
}

/** The change that gives the inputs of that size another one. */
export function withInputSize(document: Document, sizes: readonly number[]): Diff {
  const now = inputSize(document)?.join() ?? "";
  const changes = sizedInputs(document).filter(([, shape]) => shape.slice(1, -1).join() === now);
  return sequence(document, changes.map(([path, shape]) => (open) => setArgument(open, path, "batch_shape", [shape[0] ?? null, ...sizes, shape.at(-1) ?? null])));
}

function sizedInputs(document: Document): (readonly [path: string, shape: readonly Json[]])[] {
  const found: (readonly [string, readonly Json[]])[] = [];
  for (const [key, record] of document.records) {
    if (!key.startsWith("layer/") || key.includes("/", 6) || !isObject(record) || record.class_name !== "InputLayer" || !isObject(record.config)) continue;
    const shape = record.config.batch_shape;
    if (isArray(shape) && shape.length > 2) found.push([key.slice(6), shape]);
  }
  return found;
}

/** The problems that the trial has and the model has not. */
export function newProblems(report: Report, trial: Report): readonly Diagnostic[] {
  const keyOf = ({ code, layer, path, arg }: Diagnostic): string => JSON.stringify([code, layer, path ?? [], arg ?? null]);
  const known = new Set(report.diagnostics.map(keyOf));
  return trial.diagnostics.filter((problem) => problem.severity === "error" && !known.has(keyOf(problem)));
}
