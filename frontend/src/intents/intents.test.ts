import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EMPTY_DIFF, apply, fromJson, layerPaths, parentOf, reverse, squash, tensorsOf, toJson, type Diff, type Document } from "../document";
import { NO_HISTORY, commit, redo, undo, type History } from "../history";
import { BLOCKS, blockOn } from "./blocks";
import { modelOutputs, setEnds, setModelOutputs } from "./ends";
import { addFragment, fragmentOf } from "./fragment";
import { addInput, addLayerAfter, deleteLayers, rename, replaceClass, setArgument } from "./layers";
import { nest, unnest } from "./nesting";
import { snakeCase } from "./names";
import { effective, setOff } from "./off";
import { move, OWN_COLOURS, setColour, setNote, setPlan } from "./view";
import { callAgain, chooseInput, connect, removeCall, removeInput, type Source } from "./wires";
import { isObject, type Json, type JsonObject } from "../json";

const tensor = (layer: string, shape: Json = [null, 8]): JsonObject => ({
  class_name: "__keras_tensor__",
  config: { shape, dtype: "float32", keras_history: [layer, 0, 0] },
});
const layer = (name: string, class_name: string, inbound_nodes: Json[], config: JsonObject = {}): JsonObject => ({
  module: "keras.layers",
  class_name,
  config: { name, ...config },
  registered_name: null,
  build_config: { input_shape: [null, 8] },
  name,
  inbound_nodes,
});
const call = (...inputs: Json[]): JsonObject => ({ args: inputs, kwargs: {} });

/** in → a → b → (a + b) → inner model → out; `x/y` has a slash in its name, `twice` is there two times. */
const MODEL: JsonObject = {
  layerwright: 1,
  source_dialect: "keras3",
  model: {
    module: "keras",
    class_name: "Functional",
    config: {
      name: "m",
      trainable: true,
      layers: [
        layer("in", "InputLayer", []),
        layer("a", "Dense", [call(tensor("in"))], { units: 8 }),
        layer("x/y", "Dense", [call(tensor("a"))], { units: 8 }),
        layer("sum", "Add", [call([tensor("a"), tensor("x/y")])]),
        layer("twice", "Dropout", [call(tensor("sum"))]),
        layer("twice", "Dropout", []),
        {
          ...layer("inner", "Sequential", [call(tensor("twice"))]),
          config: { name: "inner", layers: [{ class_name: "Dense", config: { name: "d1" } }, { class_name: "ReLU", config: { name: "d2" } }] },
        },
      ],
      input_layers: [["in", 0, 0]],
      output_layers: [["inner", 0, 0]],
    },
    compile_config: null,
  },
  view: { positions: { a: [1, 2] }, groups: {}, notes: {} },
  plan: { loss: "mse" },
};
const read = (json: JsonObject = MODEL): Document => fromJson(json);
const inputsOf = (document: Document, path: string): string[] => tensorsOf(document.records.get(`call/${path}/0`) ?? null).map((use) => `${use.layer} at ${use.arg}`);
const done = (document: Document, diff: Diff): Document => {
  apply(document, diff);
  return document;
};

describe("document", () => {
  test("reads and writes the same JSON, unknown keys included", () => {
    expect(toJson(read())).toEqual(MODEL);
  });

  test("holds a contract of each class as a record", () => {
    const json = { layerwright: 1, model: null, view: { positions: {}, groups: {}, notes: {} }, plan: {}, contracts: { "my/A": { output: "(batch, 3)" }, B: 1 } };
    expect(fromJson(json).records.get("contracts/my/A")).toEqual({ output: "(batch, 3)" });
    expect(toJson(fromJson(json))).toEqual(json);
  });

  test("gives each layer a path", () => {
    expect(layerPaths(read())).toEqual(["in", "a", "x~1y", "sum", "twice", "twice~2", "inner"]);
    expect(layerPaths(read(), "inner")).toEqual(["inner/d1", "inner/d2"]);
  });

  test("writes what is no model at all", () => {
    const models: Json[] = [null, 3, [], { class_name: 1 }, { config: { layers: [null, 7, { inbound_nodes: "?" }] } }];
    for (const model of models) {
      const json = { layerwright: 1, model, view: { positions: {}, groups: {}, notes: {} }, plan: {} };
      expect(toJson(fromJson(json))).toEqual(json);
    }
  });
});

describe("intents", () => {
  test("setArgument forgets what was recorded downstream, and only there", () => {
    const document = done(read(), setArgument(read(), "x~1y", "units", 9));
    const recorded = (path: string): boolean[] =>
      JSON.stringify(document.records.get(`call/${path}/0`)).split("__keras_tensor__").slice(1).map((part) => part.includes('"shape"'));
    expect([recorded("x~1y"), recorded("sum"), recorded("twice")]).toEqual([[true], [true, false], [false]]);
    expect(["a", "x~1y", "sum", "twice"].map((path) => Object.hasOwn(document.records.get(`layer/${path}`) as JsonObject, "build_config"))).toEqual([true, false, false, false]);
  });

  test("setArgument forgets every tensor downstream, in whatever order the walk comes by", () => {
    const entry = (name: string, ...inputs: string[]): JsonObject => ({
      class_name: "Add", name, config: { name },
      inbound_nodes: [{ args: [inputs.map((input) => ({ class_name: "__keras_tensor__", config: { shape: [null, 8], keras_history: [input, 0, 0] } }))], kwargs: {} }],
    });
    const layers = [entry("a", "in"), entry("b", "a"), entry("c", "b"), entry("sum", "c", "b", "a"), entry("end", "sum", "b")];
    const document = fromJson({ layerwright: 1, model: { class_name: "Functional", config: { name: "m", layers } } });
    const edited = done(document, setArgument(document, "a", "x", 1));
    for (const path of ["b", "c", "sum", "end"]) expect(JSON.stringify(edited.records.get(`call/${path}/0`))).not.toContain('"shape"');
    expect(JSON.stringify(edited.records.get("call/a/0"))).toContain('"shape"');
  });

  test("setArgument forgets what a Sequential was built for behind a layer", () => {
    const layers = ["a", "b", "c"].map((name) => ({ class_name: "Dense", config: { name }, build_config: { input_shape: [null, 8] } }));
    const document = fromJson({ layerwright: 1, model: { class_name: "Sequential", config: { name: "m", layers } } });
    const edited = done(document, setArgument(document, "b", "units", 3));
    expect(["a", "b", "c"].map((path) => Object.hasOwn(edited.records.get(`layer/${path}`) as JsonObject, "build_config"))).toEqual([true, false, false]);
  });

  test("rename takes every reference along and keeps the place", () => {
    const document = read();
    apply(document, rename(document, "a", "first"));
    expect(inputsOf(document, "sum")).toEqual(["first at args/0/0", "x/y at args/0/1"]);
    expect(document.records.get("view/positions/first")).toEqual([1, 2]);
    apply(document, rename(document, "inner", "body"));
    expect((document.records.get("model") as { config: JsonObject }).config.output_layers).toEqual([["body", 0, 0]]);
    apply(document, rename(document, "body/d1", "e"));
    expect(layerPaths(document, "body")).toEqual(["body/e", "body/d2"]);
  });

  test("rename to a name that is taken changes nothing", () => {
    expect(rename(read(), "a", "sum")).toEqual({ added: {}, updated: {}, removed: {} });
  });

  test("a layer is added between the selection and its consumers", () => {
    const document = done(read(), addLayerAfter(read(), "LayerNormalization", "a"));
    expect(inputsOf(document, "layer_normalization")).toEqual(["a at args/0"]);
    expect(inputsOf(document, "sum")).toEqual(["layer_normalization at args/0/0", "x/y at args/0/1"]);
  });

  test("a layer added after the output becomes the output", () => {
    const document = done(read(), addLayerAfter(read(), "Dense", "inner"));
    expect((document.records.get("model") as { config: JsonObject }).config.output_layers).toEqual([["dense", 0, 0]]);
  });

  test("a layer added in a Sequential stands after its neighbour", () => {
    const document = done(read(), addLayerAfter(read(), "Dropout", "inner/d1"));
    expect(layerPaths(document, "inner")).toEqual(["inner/d1", "inner/dropout", "inner/d2"]);
  });

  test("delete keeps the wire or cuts it", () => {
    const kept = done(read(), deleteLayers(read(), ["x~1y"], "keep"));
    expect(inputsOf(kept, "sum")).toEqual(["a at args/0/0", "a at args/0/1"]);
    const cut = done(read(), deleteLayers(read(), ["x~1y"], "cut"));
    expect(inputsOf(cut, "sum")).toEqual(["a at args/0/0"]);
  });

  test("delete of neighbours keeps the wire through both", () => {
    const document = done(read(), deleteLayers(read(), ["a", "x~1y"], "keep"));
    expect(inputsOf(document, "sum")).toEqual(["in at args/0/0", "in at args/0/1"]);
  });

  test("connect appends to a list, chooseInput replaces", () => {
    const source = { path: "in", nodeIndex: 0, tensorIndex: 0 };
    expect(inputsOf(done(read(), connect(read(), source, "sum")), "sum")).toHaveLength(3);
    expect(inputsOf(done(read(), chooseInput(read(), "sum", 0, "args/0/1", source)), "sum")).toEqual(["a at args/0/0", "in at args/0/1"]);
    expect(inputsOf(done(read(), chooseInput(read(), "sum", 0, "kwargs/value", source)), "sum")).toContain("in at kwargs/value");
  });

  test("names are Keras's own", () => {
    expect(["Conv2D", "BatchNormalization", "ReLU", "GlobalAveragePooling2D"].map(snakeCase)).toEqual(["conv2d", "batch_normalization", "re_lu", "global_average_pooling2d"]);
  });
});

const names = fc.constantFrom("in", "a", "b", "x/y", "sum", "__proto__", "constructor", "a~2", "");
type Intent = (document: Document) => Diff;
const pick = (document: Document, n: number): string => {
  const paths = [...document.records.keys()].filter((key) => key.startsWith("layer/")).map((key) => key.slice(6));
  return paths[n % Math.max(1, paths.length)] ?? "none";
};
const some = (document: Document, n: number, count: number): string[] => Array.from({ length: count }, (_, i) => pick(document, n + i));
const sourceOf = (ref: readonly [string, number, number] | null): Source | null => ref && { path: ref[0], nodeIndex: ref[1], tensorIndex: ref[2] };
const intents: fc.Arbitrary<Intent> = fc.oneof(
  fc.tuple(fc.nat(20), names, fc.jsonValue()).map(([n, name, value]): Intent => (d) => setArgument(d, pick(d, n), name, value as Json)),
  fc.tuple(fc.nat(20), names).map(([n, name]): Intent => (d) => rename(d, pick(d, n), name)),
  fc.tuple(fc.nat(20), names).map(([n, name]): Intent => (d) => addLayerAfter(d, "Dense", pick(d, n), name === "" ? {} : { name })),
  fc.tuple(fc.nat(20), fc.constantFrom("keep" as const, "cut" as const)).map(([n, wire]): Intent => (d) => deleteLayers(d, [pick(d, n), pick(d, n + 1)], wire)),
  fc.tuple(fc.nat(20), fc.nat(20)).map(([m, n]): Intent => (d) => connect(d, { path: pick(d, m), nodeIndex: 0, tensorIndex: 0 }, pick(d, n))),
  fc.tuple(fc.nat(20)).map(([n]): Intent => (d) => setModelOutputs(d, [{ path: pick(d, n), nodeIndex: 0, tensorIndex: 0 }])),
  fc.tuple(fc.nat(20), fc.integer()).map(([n, x]): Intent => (d) => move(d, new Map([[pick(d, n), [x, 0]]]))),
  fc.tuple(names, fc.jsonValue()).map(([name, value]): Intent => (d) => setPlan(d, name, value as Json)),
  fc.tuple(fc.nat(20), fc.nat(3)).map(([n, size]): Intent => (d) => nest(d, some(d, n, size + 1), "nested", () => null)),
  fc.nat(20).map((n): Intent => (d) => unnest(d, pick(d, n))),
  fc.tuple(fc.nat(20), fc.nat(3), fc.boolean()).map(([n, size, keep]): Intent => (d) => {
    const copied = fragmentOf(d, some(d, n, size + 1), () => null);
    return copied ? addFragment(d, copied, { parent: "", wire: (name) => (keep ? sourceOf(copied.standsFor[name] ?? null) : null) }).diff : EMPTY_DIFF;
  }),
  fc.tuple(fc.nat(20), fc.constantFrom(...BLOCKS)).map(([n, kind]): Intent => (d) => {
    const instead = { path: pick(d, n), nodeIndex: 0, tensorIndex: 0 };
    const block = blockOn(kind, null);
    return block ? addFragment(d, block, { parent: parentOf(instead.path), wire: () => instead, instead }).diff : EMPTY_DIFF;
  }),
  fc.tuple(fc.nat(20), fc.constantFrom("bypass" as const, "disable" as const, null)).map(([n, how]): Intent => (d) => setOff(d, some(d, n, 2), how)),
  fc.tuple(fc.nat(20), fc.boolean()).map(([n, takesList]): Intent => (d) => replaceClass(d, pick(d, n), "Conv2D", { config: { filters: 3 }, takesList })),
  fc.tuple(fc.nat(20), fc.nat(20)).map(([m, n]): Intent => (d) => callAgain(d, pick(d, m), { path: pick(d, n), nodeIndex: 0, tensorIndex: 0 })),
  fc.tuple(fc.nat(20), fc.nat(2)).map(([n, k]): Intent => (d) => removeCall(d, pick(d, n), k)),
  fc.tuple(fc.nat(20), names).map(([n, name]): Intent => (d) => setEnds(d, "output_layers", [{ name: name || null, path: pick(d, n), nodeIndex: 0, tensorIndex: 0 }])),
  fc.tuple(fc.nat(20), fc.constantFrom(...OWN_COLOURS, null)).map(([n, colour]): Intent => (d) => setColour(d, [pick(d, n)], colour)),
  fc.tuple(fc.nat(20), names).map(([n, text]): Intent => (d) => setNote(d, pick(d, n), text)),
);
const layersOf = (document: Document): Json => (toJson(document).model as { config: JsonObject }).config.layers ?? null;

describe("any sequence of intents", () => {
  test("undone is the start, redone is the end, and always serialises", () => {
    fc.assert(
      fc.property(fc.array(intents, { maxLength: 15 }), (sequence) => {
        const document = read();
        let history: History = NO_HISTORY;
        for (const intent of sequence) {
          history = commit(document, history, { title: "edit", diff: intent(document) });
          expect(isObject(JSON.parse(JSON.stringify(toJson(document))) as Json)).toBe(true);
          expect([...effective(document).records.keys()].filter((key) => key.startsWith("view/off/"))).toEqual([]);
        }
        const [end, order] = [new Map(document.records), layersOf(document)];
        while (history.done.length > 0) history = undo(document, history);
        expect(toJson(document)).toEqual(MODEL);
        while (history.undone.length > 0) history = redo(document, history);
        expect(new Map(document.records)).toEqual(end);
        expect(layersOf(document)).toEqual(order);
      }),
      { numRuns: 300 },
    );
  });

  test("squashed into one diff does the same, and reverses", () => {
    fc.assert(
      fc.property(intents, intents, (first, second) => {
        const document = read();
        const one = first(document);
        apply(document, one);
        const two = second(document);
        apply(document, two);
        const both = read();
        apply(both, squash(one, two));
        expect(new Map(both.records)).toEqual(new Map(document.records));
        apply(both, reverse(squash(one, two)));
        expect(new Map(both.records)).toEqual(new Map(read().records));
      }),
    );
  });
});

describe("drawing from nothing and joining", () => {
  const empty = (): Document =>
    read({ layerwright: 1, model: { module: "keras", class_name: "Functional", config: { name: "m", layers: [], input_layers: [], output_layers: [] } }, view: {}, plan: {} });
  const ends = (document: Document): Json[] => {
    const model = document.records.get("model");
    return isObject(model) && isObject(model.config) ? [model.config.input_layers ?? null, model.config.output_layers ?? null] : [];
  };

  test("the first input is the output too, until a layer follows it", () => {
    const document = empty();
    done(document, addInput(document, "InputLayer", { name: "x" }));
    expect(ends(document)).toEqual([["x", 0, 0], ["x", 0, 0]]);
    done(document, addLayerAfter(document, "Dense", "x", { name: "d" }));
    expect(ends(document)).toEqual([["x", 0, 0], ["d", 0, 0]]);
    expect(inputsOf(document, "d")).toEqual(["x at args/0"]);
  });

  test("the input of a Sequential comes first", () => {
    const document = read();
    done(document, addInput(document, "InputLayer", { name: "x", parent: "inner" }));
    expect(layerPaths(document, "inner")).toEqual(["inner/x", "inner/d1", "inner/d2"]);
  });

  test("a merge layer takes all that is given as one list", () => {
    const document = read();
    done(document, addLayerAfter(document, "Concatenate", "x~1y", { name: "c", takesList: true, more: [{ path: "a", nodeIndex: 0, tensorIndex: 0 }] }));
    expect(inputsOf(document, "c")).toEqual(["x/y at args/0/0", "a at args/0/1"]);
    expect(inputsOf(document, "sum")).toEqual(["a at args/0/0", "c at args/0/1"]);
  });

  test("an attention on itself takes its tensor as each argument that it needs", () => {
    const document = read();
    done(document, addLayerAfter(document, "MultiHeadAttention", "a", { name: "att", repeat: 2 }));
    expect(inputsOf(document, "att")).toEqual(["a at args/0", "a at args/1"]);
  });

  test("connecting a second tensor to a layer that takes a list makes the one tensor a list", () => {
    const document = read();
    done(document, connect(document, { path: "in", nodeIndex: 0, tensorIndex: 0 }, "a", 0, "list"));
    expect(inputsOf(document, "a")).toEqual(["in at args/0/0", "in at args/0/1"]);
  });

  test("an input taken out of a list leaves no gap", () => {
    const document = read();
    done(document, removeInput(document, "sum", 0, "args/0/0"));
    expect(inputsOf(document, "sum")).toEqual(["x/y at args/0/0"]);
  });

  test("a single output is read without the list around it", () => {
    const document = read();
    expect(modelOutputs(document)).toEqual([{ path: "inner", nodeIndex: 0, tensorIndex: 0 }]);
    const model = document.records.get("model") as JsonObject;
    document.records.set("model", { ...model, config: { ...(model.config as JsonObject), output_layers: ["a", 0, 0] } });
    expect(modelOutputs(document)).toEqual([{ path: "a", nodeIndex: 0, tensorIndex: 0 }]);
    document.records.set("model", { ...model, config: { ...(model.config as JsonObject), output_layers: { y: ["a", 0, 0] } } });
    expect(modelOutputs(document)).toBeNull();
  });
});
