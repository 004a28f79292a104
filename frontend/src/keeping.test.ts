import { describe, expect, test, vi } from "vitest";
import { RequestError, type Project, type Revision } from "./api";
import type { JsonObject } from "./json";
import { createKeeper, type Surroundings, type Word } from "./keeping";
import type { Draft } from "./persistence";
import { setArgument } from "./intents/layers";
import { createEditorStore } from "./store";

const dense = (units: number): JsonObject => ({
  layerwright: 1,
  model: { class_name: "Functional", config: { name: "m", layers: [{ class_name: "Dense", name: "a", config: { name: "a", units }, inbound_nodes: [] }], input_layers: [], output_layers: [] } },
});

/** A service with one project, and browsers whose tabs hear each other. */
function world() {
  const states: string[] = [JSON.stringify(dense(1))];
  const drafts = new Map<string, Draft>();
  const listeners = new Set<{ hear: (word: Word) => void }>();
  const service = { isSilent: false, losesAnswers: false };
  const tag = (): string => `"${String(states.length)}"`;
  const project = (): Project => ({ id: "1", name: "One", revision: states.length, etag: tag() });
  const answer = async <T>(value: () => T): Promise<T> => {
    await Promise.resolve();
    if (service.isSilent) throw new TypeError("Failed to fetch");
    return value();
  };
  const others: string[] = [];
  const tab = async () => {
    const waiting = new Set<() => void>();
    const surroundings: Surroundings = {
      api: {
        createProject: (_, text) => answer(() => { others.push(text); return { id: "2", name: "Two", revision: 1, etag: '"1"' }; }),
        renameProject: (_, name) => answer(() => ({ ...project(), name })),
        project: () => answer(project),
        projectDocument: (_, revision) => answer(() => ({ document: JSON.parse(states.at(revision === undefined ? -1 : revision - 1) ?? "{}") as JsonObject, etag: tag() })),
        saveProjectDocument: (_, text, etag) => answer(() => {
          if (etag !== tag()) throw new RequestError({ type: "about:blank", title: "", status: 412, detail: "saved meanwhile" });
          states.push(text);
          if (service.losesAnswers) throw new TypeError("Failed to fetch");
          return project();
        }),
        revisions: () => answer((): Revision[] => []),
        nameRevision: () => answer(() => null),
      },
      save: (key, draft) => { drafts.set(key, draft); return Promise.resolve(); },
      load: (key) => Promise.resolve(drafts.get(key) ?? null),
      showAddress: () => undefined,
      meet: (_, hear) => {
        const me = { hear };
        listeners.add(me);
        return { say: (word) => { for (const one of listeners) if (one !== me) one.hear(word); }, leave: () => { listeners.delete(me); } };
      },
      later: (_, act) => { waiting.add(act); return () => { waiting.delete(act); }; },
      titles: { theirs: () => "theirs", draft: () => "draft", revision: String },
    };
    const keeper = createKeeper(Promise.resolve("open"), surroundings);
    const store = createEditorStore({
      check: (model) => Promise.resolve({ report: { nodes: [], diagnostics: [] } as never, document: typeof model === "string" ? (JSON.parse(model) as JsonObject) : (model as JsonObject) }),
      sketch: () => Promise.resolve(null), painted: () => Promise.resolve(), save: keeper.save, load: keeper.load,
    });
    keeper.follow(store);
    await keeper.keeping.openProject("1");
    const units = (): unknown => (store.getState().document?.records.get("layer/a") as { config: { units: number } } | undefined)?.config.units;
    const edit = (to: number): void => { store.edit(units.name, (document) => setArgument(document, "a", "units", to)); };
    const rest = async (): Promise<void> => { for (const act of [...waiting]) { waiting.delete(act); act(); } await vi.waitFor(() => { expect(keeper.keeping.getState().kept).not.toMatch(/saving|unsaved/); }); };
    const kept = () => keeper.keeping.getState().kept;
    return { store, keeping: keeper.keeping, units, edit, rest, kept };
  };
  return { states, drafts, service, others, tab, unitsSaved: () => states.map((text) => (/"units":(\d+)/.exec(text) ?? [])[1]) };
}

describe("a project", () => {
  test("is saved by itself, once for a flurry of changes, and not for being opened", async () => {
    const { tab, unitsSaved } = world();
    const mine = await tab();
    await mine.rest();
    expect(unitsSaved()).toEqual(["1"]);
    mine.edit(2);
    mine.edit(3);
    expect(mine.kept()).toBe("unsaved");
    await mine.rest();
    expect([mine.kept(), unitsSaved()]).toEqual(["saved", ["1", "3"]]);
  });

  test("shows what another tab saves, as a change that can be undone", async () => {
    const { tab } = world();
    const [mine, other] = [await tab(), await tab()];
    expect([mine.keeping.getState().isElsewhere, other.keeping.getState().isElsewhere]).toEqual([true, true]);
    other.edit(5);
    await other.rest();
    await vi.waitFor(() => { expect(mine.units()).toBe(5); });
    expect(mine.kept()).toBe("saved");
    mine.store.undo();
    expect(mine.units()).toBe(1);
  });

  test.each([["theirs", ["1", "5"], 5, "saved"], ["mine", ["1", "5", "7"], 7, "saved"], ["apart", ["1", "5"], 7, "saved"]] as const)(
    "overwrites nothing unseen: a conflict ends with %s", async (choice, saved, units, kept) => {
      const { tab, unitsSaved, others } = world();
      const [mine, other] = [await tab(), await tab()];
      mine.edit(7);
      other.edit(5);
      await other.rest();
      await mine.rest();
      expect([mine.kept(), unitsSaved()]).toEqual(["conflict", ["1", "5"]]);
      await mine.keeping.settle(choice);
      await mine.rest();
      expect([unitsSaved(), mine.units(), mine.kept()]).toEqual([saved, units, kept]);
      expect(others.length).toBe(choice === "apart" ? 1 : 0);
    },
  );

  test("outlives a closed tab and a silent service", async () => {
    const { tab, service, unitsSaved, drafts } = world();
    const before = await tab();
    service.isSilent = true;
    before.edit(4);
    await before.rest();
    expect(before.kept()).toBe("silent");
    await vi.waitFor(() => { expect(drafts.get("project/1")?.isSaved).toBe(false); });
    const offline = await tab();
    expect([offline.units(), offline.kept()]).toEqual([4, "silent"]);
    service.isSilent = false;
    const after = await tab();
    await after.rest();
    expect([after.units(), after.kept(), unitsSaved()]).toEqual([4, "saved", ["1", "4"]]);
  });

  test("knows its own save where the answer to it was lost", async () => {
    const { tab, service, unitsSaved } = world();
    const mine = await tab();
    service.losesAnswers = true;
    mine.edit(4);
    await mine.rest();
    expect(mine.kept()).toBe("silent");
    service.losesAnswers = false;
    await mine.rest();
    expect([mine.kept(), unitsSaved()]).toEqual(["saved", ["1", "4"]]);
    mine.edit(5);
    await mine.rest();
    expect([mine.kept(), unitsSaved()]).toEqual(["saved", ["1", "4", "5"]]);
  });

  test("asks where it went on without this browser", async () => {
    const { tab, service, states } = world();
    const before = await tab();
    service.isSilent = true;
    before.edit(4);
    await before.rest();
    service.isSilent = false;
    states.push(JSON.stringify(dense(9)));
    const after = await tab();
    expect([after.units(), after.kept()]).toEqual([4, "conflict"]);
  });

  test("is left with its last change saved, and what is opened next is none of it", async () => {
    const { tab, unitsSaved, drafts } = world();
    const mine = await tab();
    mine.edit(6);
    await mine.keeping.leave();
    expect([mine.keeping.getState().project, unitsSaved()]).toEqual([null, ["1", "6"]]);
    await mine.store.open(dense(50));
    mine.edit(51);
    await mine.rest();
    expect(unitsSaved()).toEqual(["1", "6"]);
    await vi.waitFor(() => { expect(drafts.get("open")?.text).toContain("51"); });
  });
});
