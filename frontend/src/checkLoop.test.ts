import { expect, test } from "vitest";
import { createCheckLoop } from "./checkLoop";

test("the first is asked at once, one is in flight, the newest follows, late answers are dropped", async () => {
  const asked: number[] = [];
  const answered: number[] = [];
  const gates: (() => void)[] = [];
  let finish = (): void => undefined;
  const last = new Promise<void>((resolve) => (finish = resolve));
  const loop = createCheckLoop({
    ask: (revision) => {
      asked.push(revision);
      return new Promise<undefined>((resolve) => gates.push(() => { resolve(undefined); }));
    },
    answer: (revision) => {
      answered.push(revision);
      finish();
    },
    fail: (_, error) => { throw error; },
  });
  loop.request(1);
  loop.request(2);
  loop.request(3);
  expect(asked).toEqual([1]);
  gates[0]?.();
  await Promise.resolve();
  await Promise.resolve();
  expect(asked).toEqual([1, 3]);
  gates[1]?.();
  await last;
  expect(answered).toEqual([3]);
});
