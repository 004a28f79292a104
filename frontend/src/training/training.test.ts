import { describe, expect, test, vi } from "vitest";
import type { Dataset, Job, JobEvent, Report } from "../api";
import { RequestError } from "../api";
import { fromJson } from "../document";
import { fieldOf, fitOf, requestOf, startForm, SYNTHETIC } from "./planForm";
import { measuresOf, progressOf, runOf, takeEvent } from "./run";
import { createTrainingStore } from "./trainingStore";

const reportOf = (input: (number | null)[], output: (number | null)[]): Report => ({
  ok: true, name: "m", dialect: "keras3", keras_version: null, inputs: [["x", 0, 0]], outputs: [["y", 0, 0]], input_names: ["x"], output_names: ["y"],
  params: { trainable: 1, non_trainable: 0, total: 1, known: 1 }, cost: { weights_bytes: 0, activation_bytes: 0, peak_activation_bytes: 0, multiply_adds: 0 }, more: 0, diagnostics: [],
  nodes: [["x", input], ["y", output]].map(([layer, shape]) => ({
    layer: layer as string, class_name: "Dense", node_index: 0, inbound: [], inbound_args: [], outputs: [{ shape: shape as (number | null)[], dtype: "float32" }], params: { trainable: 0, non_trainable: 0 }, cost: null,
  })),
});
const dataset = (id: string, shapes: number[][], classes: string[]): Dataset => ({
  id, title: id, description: "", task: classes.length > 0 ? "classification" : "regression", samples: 100,
  inputs: [{ name: "x", shapes, dtype: "float32" }], targets: [{ name: "t", shape: [], classes }],
});
const BOSTON = dataset("boston-housing", [[13]], []);
const DIGITS = dataset("digits", [[8, 8, 1], [64]], [..."0123456789"]);
const documentOf = (activation: string, plan: Record<string, string> = {}) =>
  fromJson({ layerwright: 1, model: { class_name: "Functional", config: { name: "m", layers: [{ class_name: "Dense", name: "y", config: { name: "y", activation }, inbound_nodes: [] }], input_layers: [], output_layers: [] } }, view: {}, plan });
const job = (state: Job["state"], id = "a"): Job => ({ id, state, epoch: 0, epochs: 2, step: 0, steps: 0, history: {}, error: null, formats: [] });

describe("the form", () => {
  test("data fits by input, and best by target too", () => {
    expect(fitOf(BOSTON, reportOf([null, 13], [null, 1]))).toBe("all");
    expect(fitOf(BOSTON, reportOf([null, 13], [null, 4]))).toBe("inputs");
    expect(fitOf(BOSTON, reportOf([null, 784], [null, 1]))).toBe("none");
    expect(fitOf(DIGITS, reportOf([null, 64], [null, 10]))).toBe("all");
  });

  test("it starts with data, loss and metrics that work for the model", () => {
    expect(startForm(documentOf("linear"), reportOf([null, 13], [null, 1]), [DIGITS, BOSTON])).toMatchObject({ data: "boston-housing", loss: "mse", metrics: "mae" });
    expect(startForm(documentOf("softmax"), reportOf([null, 8, 8, 1], [null, 10]), [BOSTON, DIGITS])).toMatchObject({ data: "digits", loss: "sparse_categorical_crossentropy", metrics: "accuracy" });
    expect(startForm(documentOf("softmax"), reportOf([null, 7], [null, 3]), [BOSTON, DIGITS])).toMatchObject({ data: SYNTHETIC, loss: "sparse_categorical_crossentropy" });
    expect(startForm(documentOf("linear", { loss: "huber" }), reportOf([null, 13], [null, 1]), [BOSTON])).toMatchObject({ loss: "huber" });
  });

  test("it becomes a request, or says which fields it cannot read", () => {
    const form = startForm(documentOf("linear"), reportOf([null, 13], [null, 1]), [BOSTON]);
    expect(requestOf(form, {})).toEqual({
      request: {
        model: {}, project: null, data: { dataset: "boston-housing" },
        plan: { optimizer: { class_name: "Adam", config: { learning_rate: 0.001 } }, loss: "mse", metrics: ["mae"], epochs: 10, batch_size: 32, validation_split: 0.2 },
      },
    });
    expect(requestOf({ ...form, epochs: "0", learningRate: "fast", validationSplit: "1" }, {})).toEqual({ problems: { epochs: expect.any(String), learningRate: expect.any(String), validationSplit: expect.any(String) } });
    expect(["/data/dataset", "/plan/loss", "/plan/optimizer/config/learning_rate", "/model/config"].map(fieldOf)).toEqual(["data", "loss", "learningRate", null]);
  });
});

const at = (name: JobEvent["name"], data: JobEvent["data"]): JobEvent => ({ id: 0, name, data });
const seen = (epoch: number, step: number, loss: number, more: Record<string, number> = {}) => ({ epoch, epochs: 2, step, steps: 4, logs: { loss, ...more }, seconds: 1 });

describe("a run", () => {
  test("events make curves, progress and downloads", () => {
    const run = runOf(job("queued"));
    for (const event of [at("state", { state: "running" }), at("batch", seen(1, 1, 9)), at("epoch", seen(1, 4, 5, { mae: 2, val_loss: 6 })), at("batch", seen(2, 2, 4))]) takeEvent(run, event);
    expect([run.state, progressOf(run), measuresOf(run)]).toEqual(["running", 0.75, ["loss", "mae"]]);
    expect(run.batches).toEqual({ at: [0.25, 1, 1.5], loss: [9, 5, 4] });
    for (const event of [at("epoch", seen(2, 4, 3, { mae: 1, val_loss: 4 })), at("artifact", { format: "keras", bytes: 10 }), at("end", { state: "succeeded", error: null })]) takeEvent(run, event);
    expect(Object.fromEntries(run.history)).toEqual({ loss: [5, 3], mae: [2, 1], val_loss: [6, 4] });
    expect([run.state, progressOf(run), [...run.formats]]).toEqual(["succeeded", 1, [["keras", 10]]]);
  });

  test("an epoch that is run again replaces what it was", () => {
    const run = runOf(job("running"));
    for (const event of [at("epoch", seen(1, 4, 5)), at("epoch", seen(2, 4, 3)), at("epoch", seen(2, 4, 2))]) takeEvent(run, event);
    expect(run.history.get("loss")).toEqual([5, 2]);
    expect(run.batches).toEqual({ at: [1, 2], loss: [5, 2] });
  });

  test("a failure keeps its reason and the last lines", () => {
    const run = runOf(job("running"));
    takeEvent(run, at("end", { state: "failed", error: { code: "nan", message: "The loss became NaN", log_tail: ["a", "b"] } }));
    expect([run.state, run.error]).toEqual(["failed", { code: "nan", message: "The loss became NaN", tail: ["a", "b"] }]);
  });
});

describe("the store", () => {
  const service = (over: Partial<Parameters<typeof createTrainingStore>[0]> = {}) => ({
    jobs: vi.fn(() => Promise.resolve([job("succeeded", "old"), job("running", "new")])),
    startJob: vi.fn(() => Promise.resolve(job("queued", "made"))),
    cancelJob: vi.fn(() => Promise.resolve(job("cancelled"))),
    deleteJob: vi.fn(() => Promise.resolve()),
    watchJob: vi.fn(() => () => undefined),
    ...over,
  });

  test("a running job is found again and watched", async () => {
    const store = createTrainingStore(service(), (draw) => { draw(); });
    await store.load("nothing");
    expect(store.getState().run?.id).toBe("new");
  });

  test("where nothing runs, the last job is watched only by who looks at it", async () => {
    const store = createTrainingStore(service({ jobs: () => Promise.resolve([job("failed", "last"), job("succeeded", "first")]) }), (draw) => { draw(); });
    await store.load("nothing");
    expect(store.getState().run).toBeNull();
    await store.load("last");
    expect(store.getState().run?.id).toBe("last");
  });

  test("a refusal is kept with its diagnostics until the form changes", async () => {
    const problem = { type: "about:blank", title: "Unprocessable", status: 422, detail: "The job cannot work as asked", diagnostics: [] };
    const store = createTrainingStore(service({ startJob: () => Promise.reject(new RequestError(problem)) }), (draw) => { draw(); });
    await store.start({ model: {}, project: null, data: { dataset: "x" }, plan: { loss: "mse" } });
    expect(store.getState()).toMatchObject({ refusal: problem, isSending: false, run: null });
    store.forget();
    expect(store.getState().refusal).toBeNull();
  });
});
