import { json } from "@codemirror/lang-json";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { becomes, breakIn, rangesOf } from "./places";

test("a pointer finds its value, and what is missing where it would be", () => {
  const state = EditorState.create({ doc: JSON.stringify({ config: { layers: [{ "a/b": 1 }, { name: "d" }] } }), extensions: [json()] });
  const pointers = ["/model/config/layers/1/name", "/model/config/layers/0/a~1b", "/model/config/layers/1/config/units"];
  const found = rangesOf(state, pointers).map(({ from, to }) => state.sliceDoc(from, to));
  expect(found).toEqual(['"d"', "1", '{"name":"d"}']);
});

test.each([
  ['{"units": 9x, "rate": 1y}', "x"],
  ['{"units": }', "}"],
  ['{"units": 9', "9"],
  ["x", "x"],
])("%s stops being JSON at %s", (doc, character) => {
  const state = EditorState.create({ doc, extensions: [json()] });
  const { from, to } = breakIn(state);
  expect([from, state.sliceDoc(from, to)]).toEqual([doc.indexOf(character), character]);
});

test.each([
  ["abc", "abc", [0, ""]],
  ["aXc", "aYYc", [1, "YY"]],
  ["aa", "aaa", [0, "a"]],
  ["aaa", "a", [2, ""]],
  ["", "new", [0, "new"]],
  ["old", "", [3, ""]],
])("the change of %j into %j is the shortest that is in one piece", (now, next, change) => {
  const { from, to, insert } = becomes(now, next);
  expect(now.slice(0, from) + insert + now.slice(to)).toBe(next);
  expect([to - from, insert]).toEqual(change);
});
