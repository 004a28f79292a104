import { describe, expect, test } from "vitest";
import { apply, fromJson, reverse, toJson, type Document } from "../document";
import type { JsonObject } from "../json";
import { contractOf, setContract, type Term } from "./contracts";

const LAYER = { class_name: "Attention", registered_name: "my>Attention", name: "a" };

function document(contracts: JsonObject = {}): Document {
  return fromJson({ layerwright: 1, model: null, contracts });
}

describe("contracts", () => {
  test("are found by layer, by registered name, by class", () => {
    const all = { Attention: { output: "(1,)" }, "my>Attention": { output: "(2,)" }, "Attention/a": { output: "(3,)" } };
    expect(contractOf(document(all), LAYER)).toEqual({ name: "Attention/a", contract: { output: "(3,)" } });
    expect(contractOf(document(all), { ...LAYER, name: "b" }).name).toBe("my>Attention");
    expect(contractOf(document({ Attention: {} }), LAYER)).toEqual({ name: "Attention", contract: {} });
    expect(contractOf(document(), LAYER)).toEqual({ name: "my>Attention", contract: {} });
  });

  test.each<[JsonObject, Term, string, JsonObject | undefined]>([
    [{}, "output", "(batch, 3)", { output: "(batch, 3)" }],
    [{ output: "(1,)", weights: {} }, "output", "", { weights: {} }],
    [{ output: "(1,)" }, "output", "", undefined],
    [{ output: "(1,)" }, "parameters", "12", { output: "(1,)", parameters: 12 }],
    [{}, "parameters", "2 * units", { parameters: "2 * units" }],
    [{ output: "(1,)", parameters: 3 }, "treat_as", "Dense", { treat_as: "Dense" }],
    [{ treat_as: "Dense" }, "output", "(1,)", { output: "(1,)" }],
  ])("%j with %s %j", (before, term, said, after) => {
    const open = document({ "my>Attention": before });
    const was = toJson(open);
    const diff = setContract(open, "my>Attention", term, said);
    apply(open, diff);
    expect(open.records.get("contracts/my>Attention")).toEqual(after);
    apply(open, reverse(diff));
    expect(toJson(open)).toEqual(was);
  });
});
