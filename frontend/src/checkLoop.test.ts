import { expect, test, vi } from "vitest";
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

test("what is requested again while it is asked is asked again, and only the later answer counts", async () => {
  const answered: string[] = [];
  let said = "before";
  const gates: (() => void)[] = [];
  const loop = createCheckLoop({
    ask: () => {
      const answer = said;
      return new Promise<string>((resolve) => gates.push(() => { resolve(answer); }));
    },
    answer: (_, answer) => { answered.push(answer); },
    fail: (_, error) => { throw error; },
  });
  loop.request(1);
  said = "after";
  loop.request(1);
  gates[0]?.();
  await vi.waitFor(() => { expect(gates).toHaveLength(2); });
  gates[1]?.();
  await vi.waitFor(() => { expect(answered).toEqual(["after"]); });
});
