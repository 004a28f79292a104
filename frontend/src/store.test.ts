import { expect, test, vi } from "vitest";
import { RequestError, type Diagnostic, type Fix, type Report } from "./api";
import { EMPTY_MODEL } from "./document";
import { setArgument } from "./intents/layers";
import type { JsonObject } from "./json";
import { answered, createEditorStore } from "./store";

const MODEL: JsonObject = {
  layerwright: 1,
  model: { class_name: "Functional", config: { name: "m", layers: [{ class_name: "Dense", name: "a", config: { name: "a" }, inbound_nodes: [] }], input_layers: [], output_layers: [] } },
};

async function opened() {
  const waiting = new Set<() => void>();
  const saved: string[] = [];
  const service: { refusal: Error | null; asked: number } = { refusal: null, asked: 0 };
  const store = createEditorStore({
    check: () => {
      service.asked += 1;
      return service.refusal ? Promise.reject(service.refusal) : Promise.resolve({ report: { nodes: [], diagnostics: [] } as unknown as Report, document: MODEL });
    },
    later: (_, act) => { waiting.add(act); return () => { waiting.delete(act); }; },
    fix: () => Promise.reject(service.refusal ?? new Error("nothing is asked for")),
    sketch: () => Promise.resolve(null), painted: () => Promise.resolve(), save: (text) => { saved.push(text); return Promise.resolve(); }, load: () => Promise.resolve(null),
  });
  await store.open(MODEL);
  const edit = (units: number): void => { store.edit("", (document) => setArgument(document, "a", "units", units)); };
  const pass = (): void => { for (const act of [...waiting]) { waiting.delete(act); act(); } };
  const status = (): string => store.getState().status;
  return { store, service, edit, pass, status, waiting, saved };
}

test("a service that was silent is asked again by itself, about what was drawn meanwhile", async () => {
  const { store, service, edit, pass, status, waiting } = await opened();
  service.refusal = new TypeError("Failed to fetch");
  edit(1);
  await vi.waitFor(() => { expect(status()).toBe("offline"); });
  edit(2);
  await vi.waitFor(() => { expect(status()).toBe("offline"); });
  expect(waiting.size).toBe(1);
  service.refusal = null;
  pass();
  await vi.waitFor(() => { expect(status()).toBe("ready"); });
  expect(store.getState().reportRevision).toBe(store.getState().revision);
  expect(waiting.size).toBe(0);
});

test("a service that refuses is not asked again, and neither is any after the end", async () => {
  const { store, service, edit, status, waiting } = await opened();
  service.refusal = new RequestError({ type: "about:blank", title: "", status: 422, detail: "no" });
  edit(1);
  await vi.waitFor(() => { expect(status()).toBe("refused"); });
  expect(waiting.size).toBe(0);
  service.refusal = new TypeError("Failed to fetch");
  edit(2);
  await vi.waitFor(() => { expect(waiting.size).toBe(1); });
  store.stop();
  expect(waiting.size).toBe(0);
});

test("what is selected stays the same value until a layer of it is gone", async () => {
  const { store, edit, status } = await opened();
  store.select(["a"]);
  const { selection } = store.getState();
  edit(1);
  expect(store.getState().selection).toBe(selection);
  store.edit("", () => ({ added: {}, updated: {}, removed: { "layer/a": store.getState().document?.records.get("layer/a") ?? null } }));
  expect([...store.getState().selection]).toEqual([]);
  await vi.waitFor(() => { expect(status()).toBe("ready"); });
});

test("what is being opened can be called off: what was open, its status and the selection are as before", async () => {
  const asked: { readonly signal: AbortSignal; readonly onSent: (sent: { bytes: number; of: number }) => void; readonly answer: () => void }[] = [];
  const left: string[] = [];
  const store = createEditorStore({
    check: (_, { signal, onSent } = {}) => new Promise((resolve, reject) => {
      const answer = (): void => { resolve({ report: { nodes: [], diagnostics: [] } as unknown as Report, document: MODEL }); };
      if (signal && onSent) asked.push({ signal, onSent, answer });
      else answer();
      signal?.addEventListener("abort", () => { reject(new DOMException("", "AbortError")); });
    }),
    sketch: () => Promise.resolve(null), painted: () => Promise.resolve(), save: () => Promise.resolve(), load: () => Promise.resolve(null), later: () => () => undefined,
  });
  const leave = (): Promise<void> => { left.push("left"); return Promise.resolve(); };
  const first = store.open(MODEL, leave);
  store.cancelOpening();
  expect(await first).toBe(false);
  expect([store.getState().status, store.getState().document, asked[0]?.signal.aborted, left]).toEqual(["empty", null, true, []]);

  const second = store.open(MODEL, leave);
  asked[1]?.onSent({ bytes: 1, of: 2 });
  expect(store.getState().sent).toEqual({ bytes: 1, of: 2 });
  asked[1]?.answer();
  expect(await second).toBe(true);
  expect(left).toEqual(["left"]);

  store.select(["a"]);
  const { document, report, selection } = store.getState();
  const third = store.open(MODEL, leave);
  const fourth = store.open(MODEL, leave);
  asked[3]?.onSent({ bytes: 2, of: 2 });
  store.cancelOpening();
  asked[3]?.onSent({ bytes: 2, of: 2 });
  expect([await third, await fourth]).toEqual([false, false]);
  expect(store.getState()).toMatchObject({ status: "ready", message: null, sent: null });
  expect([store.getState().document === document, store.getState().report === report, store.getState().selection === selection, left.length]).toEqual([true, true, true, 1]);
  store.cancelOpening();
  expect(store.getState().status).toBe("ready");
});

test("a page that goes has the last change kept, though its check has not begun", async () => {
  const { store, edit, saved } = await opened();
  edit(1);
  const first = saved.length;
  store.keep();
  expect(saved).toHaveLength(first);
  edit(2);
  expect(saved.at(-1)).toContain('"units":1');
  store.keep();
  expect(saved.at(-1)).toContain('"units":2');
  const times = saved.length;
  store.keep();
  expect(saved).toHaveLength(times);
});

test("what is open is not undone or done again while something else is being opened", async () => {
  const { store, edit, status } = await opened();
  edit(1);
  await vi.waitFor(() => { expect(status()).toBe("ready"); });
  store.startOpening();
  store.undo();
  expect([status(), store.getState().history.done.length]).toEqual(["opening", 1]);
  store.cancelOpening();
  store.undo();
  expect(store.getState().history.done).toHaveLength(0);
});

test("lists wait for the check of an edit, and for none that does not come", async () => {
  const { store, service, edit, status } = await opened();
  const before = answered(store.getState());
  edit(1);
  expect(status()).toBe("checking");
  expect(answered(store.getState())).toBe(before);
  await vi.waitFor(() => { expect(status()).toBe("ready"); });
  expect(answered(store.getState())).toBe(before + 1);
  service.refusal = new TypeError("Failed to fetch");
  edit(2);
  await vi.waitFor(() => { expect(status()).toBe("offline"); });
  expect(answered(store.getState())).toBe(before + 2);
});

test("a model that nobody has begun is not told that nothing comes out of it", async () => {
  const diagnostics = [{ code: "GC308", severity: "error" }, { code: "GC101", severity: "error" }] as unknown as Report["diagnostics"];
  const told = async (model: JsonObject): Promise<string[]> => {
    const report = { nodes: [], diagnostics } as unknown as Report;
    const other = createEditorStore({ check: () => Promise.resolve({ report, document: model }), sketch: () => Promise.resolve(null), painted: () => Promise.resolve(), save: () => Promise.resolve(), load: () => Promise.resolve(null) });
    await other.open(model);
    return (other.getState().report?.diagnostics ?? []).map(({ code }) => code);
  };
  expect(await told(MODEL)).toEqual(["GC308", "GC101"]);
  expect(await told(EMPTY_MODEL)).toEqual(["GC101"]);
});

test("a fix that the service does not answer for leaves the model, and says why", async () => {
  const { store, service, pass, status } = await opened();
  const fix = { id: "f", title: "mend", diff: { added: {}, removed: {}, updated: {} } } as unknown as Fix;
  const problem = {} as Diagnostic;
  service.refusal = new RequestError({ type: "about:blank", title: "", status: 422, detail: "no" });
  await store.previewFix(problem, fix);
  await store.fixAllSafe();
  expect([status(), store.getState().message, store.getState().preview]).toEqual(["ready", "no", null]);
  service.refusal = new TypeError("Failed to fetch");
  await store.previewFix(problem, fix);
  await store.fixAllSafe();
  expect([status(), store.getState().preview]).toEqual(["offline", null]);
  service.refusal = null;
  pass();
  await vi.waitFor(() => { expect(status()).toBe("ready"); });
  expect(store.getState().history.done).toHaveLength(0);
});
