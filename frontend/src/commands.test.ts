import { expect, test } from "vitest";
import { COMMANDS, goToView, pressed, type Command } from "./commands";
import { framesOf } from "./intents/frames";
import { forgetView, keptViews, renameView } from "./intents/view";
import { createReadingStore } from "./reading";
import { createEditorStore } from "./store";
import type { JsonObject } from "./json";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", boolean>> = {}, code = "") => ({ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });
const MODEL: JsonObject = {
  layerwright: 1,
  model: { class_name: "Functional", config: { name: "m", layers: [{ class_name: "Dense", name: "a", config: { name: "a" }, inbound_nodes: [] }], input_layers: [], output_layers: [] } },
};
const commandOf = (...given: Parameters<typeof pressed>): Command | null => {
  const found = pressed(...given);
  return found && "command" in found ? found.command : null;
};
const open = async () => {
  const store = createEditorStore({
    check: (model) => Promise.resolve({ report: { nodes: [], diagnostics: [] } as never, document: model as JsonObject }),
    save: () => Promise.resolve(),
    load: () => Promise.resolve(null),
    sketch: () => Promise.resolve(null),
  });
  await store.open(MODEL);
  return store;
};

test("a key finds its command where it is enabled", async () => {
  const store = await open();
  expect(commandOf(press("Delete"), store.getState())).toBeNull();
  store.select(["a"]);
  expect(commandOf(press("Delete"), store.getState())?.id).toBe("delete-keep-wire");
  expect(commandOf(press("Delete", { shiftKey: true }), store.getState())?.id).toBe("delete-with-wires");
  expect(commandOf(press("!", { shiftKey: true }, "Digit1"), store.getState())?.id).toBe("fit-all");
  expect(commandOf(press("z", { ctrlKey: true }), store.getState())).toBeNull();
});

test("undo brings a deleted layer back, redo takes it away again", async () => {
  const store = await open();
  const view = { current: null };
  const room = { store, ui: {} as never, keeping: {} as never, reading: {} as never, tour: {} as never, view: view.current };
  store.select(["a"]);
  commandOf(press("Delete"), store.getState())?.run(room);
  expect(store.getState().document?.records.has("layer/a")).toBe(false);
  commandOf(press("z", { metaKey: true }), store.getState())?.run(room);
  expect(store.getState().document?.records.has("layer/a")).toBe(true);
  commandOf(press("Z", { ctrlKey: true, shiftKey: true }), store.getState())?.run(room);
  expect(store.getState().document?.records.has("layer/a")).toBe(false);
});

test("deleting all that lies in a frame takes the frame, and its layers with the next press", async () => {
  const store = await open();
  const notices: string[] = [];
  const room = { store, ui: { notify: (text: string) => notices.push(text) } as never, keeping: {} as never, reading: {} as never, tour: {} as never, view: null };
  const strike = (...given: Parameters<typeof press>): void => { commandOf(press(...given), store.getState())?.run(room); };
  const seen = (): unknown => [store.getState().document?.records.has("layer/a"), framesOf(store.getState().document).size];
  store.select(["a"]);
  strike("g", { ctrlKey: true });
  expect(seen()).toEqual([true, 1]);
  strike("Delete");
  expect([seen(), notices]).toEqual([[true, 0], ["Frame 1 is dissolved, its layers stay"]]);
  strike("Delete");
  expect(seen()).toEqual([false, 0]);
  for (let n = 0; n < 3; n += 1) store.undo();
  expect(seen()).toEqual([true, 0]);
});

test("no key means two commands", () => {
  const keys = COMMANDS.flatMap((command) => command.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test("a command with two strokes waits for the second, and forgets the first where none follows", async () => {
  const store = await open();
  store.select(["a"]);
  const alt = press("ß", { altKey: true }, "KeyS");
  expect(pressed(alt, store.getState())).toEqual({ begun: "Alt+s" });
  expect(commandOf(press("u", {}, "KeyU"), store.getState(), "Alt+s")?.id).toBe("select-upstream");
  expect(commandOf(press("ü", { altKey: true }, "KeyU"), store.getState(), "Alt+s")?.id).toBe("select-upstream");
  expect(pressed(press("x", {}, "KeyX"), store.getState(), "Alt+s")).toBeNull();
});

test("a view that is kept has a name of its own, is undone, and is gone back to with its groups", async () => {
  const store = await open();
  const reading = createReadingStore();
  reading.setState({ opened: new Set(["names block"]) });
  let camera = { x: 1, y: 2, scale: 0.5 };
  const view = { camera: () => camera, moveTo: (to: typeof camera) => { camera = to; } };
  const room = { store, ui: {} as never, keeping: {} as never, tour: {} as never, reading, view: view as never };
  const keep = COMMANDS.find(({ id }) => id === "keep-view");
  keep?.run(room);
  camera = { x: 9, y: 9, scale: 1 };
  keep?.run(room);
  const document = store.getState().document;
  const [first, ...more] = document ? keptViews(document) : [];
  expect(more).toHaveLength(1);
  reading.setState({ opened: new Set() });
  if (first) goToView(room, first[1]);
  expect([camera, [...reading.getState().opened]]).toEqual([{ x: 1, y: 2, scale: 0.5 }, ["names block"]]);
  const names = (): string[] => (document ? [...keptViews(document).keys()] : []);
  store.edit("", (open) => renameView(open, "View 1", "Stem"));
  store.edit("", (open) => renameView(open, "gone", "x"));
  store.edit("", (open) => forgetView(open, "View 2"));
  expect(names()).toEqual(["Stem"]);
  expect(document && keptViews(document).get("Stem")?.camera.scale).toBe(0.5);
  for (const left of [["Stem", "View 2"], ["View 1", "View 2"], ["View 1"], []]) {
    store.undo();
    expect(names().sort()).toEqual(left);
  }
});
