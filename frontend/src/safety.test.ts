import { expect, test, vi } from "vitest";
import type { CheckAnswer, Diagnostic, Report } from "./api";
import { setArgument } from "./intents/layers";
import type { JsonObject } from "./json";
import { apart, besideConfig, dangerCount } from "./safety";
import { safeName } from "./exports";
import { createEditorStore } from "./store";

const found = (code: string, pointer: string, member: string | null = null): Diagnostic => ({
  code, slug: code, severity: "warning", message: code, hint: null, pointer, line: null, column: null, member, layer: null, node_index: null, related: [], fixes: [],
});
const reportOf = (...diagnostics: Diagnostic[]): Report => ({ nodes: [], diagnostics, more: 0 }) as unknown as Report;
const [lambda, pickle, unread, kept] = [found("GC801", "/config/layers/2", "config.json"), found("GC801", "", "assets/a.pkl"), found("GC806", "", "b.bin"), found("GC207", "/config/layers/2")];

test("what a file could do stands apart from the problems of its model", () => {
  const { report, dangers } = apart(reportOf(kept, lambda, pickle, unread));
  expect(report.diagnostics).toEqual([kept]);
  expect(dangers).toEqual([lambda, pickle, unread]);
  expect(dangerCount(dangers)).toBe(2);
});

test("what stands beside the config stays whatever is changed in it", () => {
  expect(besideConfig([lambda, pickle, unread])).toEqual([pickle, unread]);
  expect(besideConfig(null)).toEqual([]);
});

const MODEL: JsonObject = {
  layerwright: 1,
  model: { class_name: "Functional", config: { name: "m", layers: [{ class_name: "Dense", name: "a", config: { name: "a" }, inbound_nodes: [] }], input_layers: [], output_layers: [] } },
};

test("an edit is looked through again, after its shapes, and only where there was something or nothing is known", async () => {
  const asked: string[] = [];
  let inConfig: readonly Diagnostic[] = [lambda];
  const store = createEditorStore({
    check: (model, { safety } = {}): Promise<CheckAnswer> => {
      asked.push(safety ? "safety" : "shapes");
      const beside = typeof model === "string" ? [] : [pickle];
      return Promise.resolve({ report: reportOf(...(safety ? [...beside, ...inConfig] : [])), document: MODEL });
    },
    sketch: () => Promise.resolve(null), painted: () => Promise.resolve(), save: () => Promise.resolve(), load: () => Promise.resolve(MODEL),
  });
  await store.restore();
  await vi.waitFor(() => { expect(store.getState().dangers).toEqual([lambda]); });
  expect(asked).toEqual(["shapes", "safety"]);
  await store.open(MODEL);
  expect(store.getState().dangers).toEqual([pickle, lambda]);
  inConfig = [];
  store.edit("", (document) => setArgument(document, "a", "units", 3));
  await vi.waitFor(() => { expect(store.getState().dangers).toEqual([pickle]); });
});

test("a file stays at hand as it was opened, until another one is", async () => {
  const store = createEditorStore({
    check: () => Promise.resolve({ report: reportOf(lambda), document: MODEL }),
    sketch: () => Promise.resolve(null), painted: () => Promise.resolve(), save: () => Promise.resolve(), load: () => Promise.resolve(null),
  });
  const file = new File(["{}"], "a.keras");
  await store.open(file);
  store.edit("", (document) => setArgument(document, "a", "units", 3));
  expect(store.getState().file).toBe(file);
  await store.open(MODEL);
  expect(store.getState().file).toBeNull();
});

test("a safe copy is called as the file", () => {
  const names = ["net.v2.keras", "net", "a.layerwright.json", ".keras"].map((name) => safeName(new File([], name), "m"));
  expect(names).toEqual(["net.v2.safe.keras", "net.safe", "a.safe.layerwright.json", ".safe.keras"]);
  expect([safeName(new Blob([]), "m"), safeName(null, "m")]).toEqual(["m.safe.json", "m.safe.layerwright.json"]);
});

test("an edit of a file that can do nothing costs no second question", async () => {
  const asked: string[] = [];
  const store = createEditorStore({
    check: (_, { safety } = {}) => {
      asked.push(safety ? "safety" : "shapes");
      return Promise.resolve({ report: reportOf(), document: MODEL });
    },
    sketch: () => Promise.resolve(null), painted: () => Promise.resolve(), save: () => Promise.resolve(), load: () => Promise.resolve(null),
  });
  await store.open(MODEL);
  store.edit("", (document) => setArgument(document, "a", "units", 3));
  await vi.waitFor(() => { expect(store.getState().status).toBe("ready"); });
  expect(asked).toEqual(["safety", "shapes"]);
});
