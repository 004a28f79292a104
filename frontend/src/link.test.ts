import fc from "fast-check";
import { expect, test } from "vitest";
import { decoded, encoded, type SharedView } from "./link";

const VIEW: SharedView = { model: { layerwright: 1, model: { name: "模型 é" } }, opened: ["repeat a/b"], isGrouped: null, unit: "layers", colour: "dtype", labels: "off", focus: ["a"], query: "type:Dense", camera: { x: 1.5, y: -2, scale: 0.25 } };

test("a link brings back what went in, and is of letters that addresses keep", async () => {
  const link = await encoded(VIEW);
  expect(link).toMatch(/^view=[\w-]+$/);
  expect(await decoded(`#${link}`)).toEqual(VIEW);
});

test("any view comes back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string()), fc.option(fc.string()), fc.dictionary(fc.string().filter((key) => key !== "__proto__"), fc.string()), async (opened, query, model) => {
      const view = { ...VIEW, opened, query, model };
      expect(await decoded(await encoded(view))).toEqual(view);
    }),
    { numRuns: 30 },
  );
});

test("another hash is no link; a damaged one is said to be", async () => {
  expect(await decoded("#GC404")).toBeNull();
  expect(await decoded("")).toBeNull();
  const link = await encoded(VIEW);
  for (const wrong of [link.slice(0, 40), "view=", "view=!!", link.replace(/..$/, "AA")]) await expect(decoded(wrong)).rejects.toThrow();
  // A colour that nobody knows is none, not an error.
  expect((await decoded(await encoded({ ...VIEW, colour: "odd" as never })))?.colour).toBe("kind");
});
