import { json } from "@codemirror/lang-json";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { rangeOf } from "./places";

test("a pointer finds its value, and what is missing where it would be", () => {
  const state = EditorState.create({ doc: JSON.stringify({ config: { layers: [{ "a/b": 1 }, { name: "d" }] } }), extensions: [json()] });
  const at = (pointer: string): string => { const { from, to } = rangeOf(state, pointer); return state.sliceDoc(from, to); };
  expect(at("/model/config/layers/1/name")).toBe('"d"');
  expect(at("/model/config/layers/0/a~1b")).toBe("1");
  expect(at("/model/config/layers/1/config/units")).toBe('{"name":"d"}');
});
