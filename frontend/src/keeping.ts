import { createStore, type StoreApi } from "zustand/vanilla";
import { RequestError, type Project, type Revision } from "./api";
import { createCheckLoop } from "./checkLoop";
import { diffInto, toJson } from "./document";
import type { JsonObject } from "./json";
import type { Draft } from "./persistence";
import type { EditorStore } from "./store";

// Where what is drawn is kept. Beneath all is a draft in this browser. A project is saved to the service by itself, each
// save upon the state that it follows: what somebody else saved meanwhile is never overwritten unseen.

/**
 * `loose`: in this browser only. `silent`: the service gives no answer, and is asked again. `conflict`: somebody else saved.
 * `refused`: the service does not take it; the next change tries again.
 */
export type Kept = "loose" | "saved" | "unsaved" | "saving" | "silent" | "conflict" | "refused";

export interface Keeping {
  readonly project: { readonly id: string; readonly name: string } | null;
  readonly kept: Kept;
  /** Why the service does not take it. */
  readonly reason: string;
  /** Other tabs of this browser have the same project open. */
  readonly isElsewhere: boolean;
}

export interface KeepingStore extends StoreApi<Keeping> {
  /** Opens a project: its newest state, or what this browser has of it that was not saved yet. */
  openProject(id: string): Promise<void>;
  /** Makes a project of what is open. */
  keep(name: string): Promise<void>;
  rename(name: string): Promise<void>;
  /** What is opened next is no state of this project. Waits until its last change is saved, or cannot be. */
  leave(): Promise<void>;
  /** Ends a conflict. `theirs` is a change that can be undone; `mine` goes on top of theirs; `apart` makes a project of mine. */
  settle(choice: "theirs" | "mine" | "apart"): Promise<void>;
  revisions(): Promise<readonly Revision[]>;
  nameRevision(number: number, name: string | null): Promise<void>;
  /** The document of a save. */
  revision(number: number): Promise<JsonObject>;
  /** Makes an earlier state the newest, as a change that can be undone. */
  takeRevision(number: number): Promise<void>;
  /** Saves at once what waits to be saved. */
  flush(): void;
}

/** What tabs with one project tell each other. */
export type Word = { readonly says: "here" | "too" | "gone" } | { readonly says: "saved"; readonly tag: string };

export interface Surroundings {
  readonly api: {
    readonly createProject: (name: string, text: string) => Promise<Project>;
    readonly renameProject: (id: string, name: string) => Promise<Project>;
    readonly project: (id: string) => Promise<Project>;
    readonly projectDocument: (id: string, revision?: number) => Promise<{ document: JsonObject; etag: string }>;
    readonly saveProjectDocument: (id: string, text: string, etag: string) => Promise<Project>;
    readonly revisions: (id: string) => Promise<readonly Revision[]>;
    readonly nameRevision: (id: string, number: number, name: string | null) => Promise<unknown>;
  };
  readonly save: (key: string, draft: Draft) => Promise<void>;
  readonly load: (key: string) => Promise<Draft | null>;
  /** Where the page is now: `/p/<id>` or `/`. */
  readonly showAddress: (id: string | null) => void;
  /** The other tabs with this project; what it gives speaks to them, or leaves them. */
  readonly meet: (id: string, hear: (word: Word) => void) => { readonly say: (word: Word) => void; readonly leave: () => void };
  /** Calls after some milliseconds; what it gives calls it off. */
  readonly later: (milliseconds: number, act: () => void) => () => void;
  /** The titles of changes in the history. */
  readonly titles: { readonly theirs: () => string; readonly draft: () => string; readonly revision: (number: number) => string };
}

// One save for a flurry of changes, and soon enough that a closed tab loses nothing that the draft has to carry.
const REST_MILLISECONDS = 1_000;
const RETRY_MILLISECONDS = 3_000;

const LOOSE: Keeping = { project: null, kept: "loose", reason: "", isElsewhere: false };

export interface Keeper {
  readonly keeping: KeepingStore;
  /** Follows the changes of this editor. */
  follow(store: EditorStore): void;
  /** The draft of what is open, for the editor to write and to read. */
  readonly save: (text: string) => Promise<void>;
  readonly load: () => Promise<JsonObject | null>;
}

/** `place` is the draft of this tab outside of projects. */
export function createKeeper(place: Promise<string>, outside: Surroundings): Keeper {
  const keeping = createStore<Keeping>(() => LOOSE);
  const { getState, setState } = keeping;
  let editor: EditorStore | null = null;
  /** The state that the next save follows, and its text as we write it. */
  let base = "";
  let saved = "";
  let tabs: ReturnType<Surroundings["meet"]> | null = null;
  let callOff = (): void => undefined;
  let settled: (() => void)[] = [];
  /** Set while a state that is kept already is put on the page: that is no change, and the draft may be newer. */
  let isTaking = false;

  const textNow = (): string | null => {
    const document = editor?.getState().document;
    return document ? JSON.stringify(toJson(document)) : null;
  };
  const keyOf = (id: string): string => `project/${id}`;
  const saveDraft = async (text: string): Promise<void> => {
    const { project } = getState();
    if (isTaking) return;
    if (project) await outside.save(keyOf(project.id), { text, base, isSaved: text === saved });
    else await outside.save(await place, { text, base: null, isSaved: false });
  };

  /** The tag of the text on the service. Where an answer was lost, what looks like somebody else's save is our own. */
  const put = async (id: string, text: string): Promise<string> => {
    try {
      return (await outside.api.saveProjectDocument(id, text, base)).etag;
    } catch (error) {
      if (!isConflict(error)) throw error;
      const there = await outside.api.projectDocument(id);
      if (JSON.stringify(there.document) !== text) throw error;
      return there.etag;
    }
  };
  const loop = createCheckLoop<null>({
    ask: async () => {
      const { project, kept } = getState();
      const text = textNow();
      if (!project || text === null || kept === "conflict") return null;
      if (text !== saved) {
        setState({ kept: "saving" });
        const etag = await put(project.id, text);
        if (getState().project?.id !== project.id) return null;
        [base, saved] = [etag, text];
        tabs?.say({ says: "saved", tag: etag });
        await saveDraft(text).catch(() => undefined);
      }
      return null;
    },
    answer: () => {
      const { project, kept } = getState();
      if (project && kept !== "conflict") setState({ kept: "saved", reason: "" });
      done();
    },
    fail: (_, error) => {
      if (isConflict(error)) setState({ kept: "conflict" });
      else if (error instanceof RequestError) setState({ kept: "refused", reason: error.message });
      else {
        setState({ kept: "silent" });
        wait(RETRY_MILLISECONDS);
      }
      done();
    },
  });
  const flush = (): void => {
    callOff();
    loop.request(0);
  };
  const wait = (milliseconds: number): void => {
    callOff();
    callOff = outside.later(milliseconds, flush);
  };
  const done = (): void => {
    const waiting = settled;
    settled = [];
    waiting.forEach((act) => { act(); });
  };

  /** Puts a state of the project on the page as a change, which the next save does not save again. */
  const take = (document: JsonObject, etag: string, title: string): void => {
    if (!editor) return;
    isTaking = true;
    editor.edit(title, (now) => diffInto(now, document));
    isTaking = false;
    [base, saved] = [etag, textNow() ?? ""];
    setState({ kept: "saved", reason: "" });
  };

  const enter = (project: { readonly id: string; readonly name: string }): void => {
    tabs?.leave();
    setState({ project: { id: project.id, name: project.name }, kept: "saved", reason: "", isElsewhere: false });
    outside.showAddress(project.id);
    const met = outside.meet(project.id, (word) => {
      if (word.says === "here") met.say({ says: "too" });
      if (word.says === "here" || word.says === "too") setState({ isElsewhere: true });
      if (word.says === "gone") {
        // Whoever else is still there says so.
        setState({ isElsewhere: false });
        met.say({ says: "here" });
      }
      // With changes of our own the next save says that there is a conflict.
      if (word.says === "saved" && word.tag !== base && textNow() === saved) catchUp(project.id).catch(() => undefined);
    });
    tabs = met;
    met.say({ says: "here" });
  };

  const catchUp = async (id: string): Promise<void> => {
    const { document, etag } = await outside.api.projectDocument(id);
    // While something else is being opened nothing can be put on the page.
    if (getState().project?.id === id && textNow() === saved && editor?.getState().status !== "opening") take(document, etag, outside.titles.theirs());
  };

  const revision = async (number: number): Promise<JsonObject> => {
    const { project } = getState();
    if (!project) throw new Error("no project is open");
    return (await outside.api.projectDocument(project.id, number)).document;
  };

  return {
    save: saveDraft,
    load: async () => {
      const { project } = getState();
      const draft = await outside.load(project ? keyOf(project.id) : await place);
      return draft && (JSON.parse(draft.text) as JsonObject);
    },
    follow: (store) => {
      editor = store;
      store.subscribe(({ revision, document }, before) => {
        const { project, kept } = getState();
        if (!project || !document || revision === before.revision || isTaking || kept === "conflict") return;
        setState({ kept: kept === "silent" ? "silent" : "unsaved" });
        wait(REST_MILLISECONDS);
      });
    },
    keeping: {
      ...keeping,
      flush,
      openProject: async (id) => {
        if (!editor) return;
        const draft = await outside.load(keyOf(id)).catch(() => null);
        const mine = draft && !draft.isSaved && draft.base !== null ? { ...draft, base: draft.base } : null;
        try {
          const [project, { document, etag }] = await Promise.all([outside.api.project(id), outside.api.projectDocument(id)]);
          isTaking = true;
          const isOpen = await editor.open(document);
          isTaking = false;
          // Called off or refused: what was open before still is, and must not be saved as this project.
          if (!isOpen) return;
          [base, saved] = [etag, textNow() ?? ""];
          enter(project);
          if (!mine || mine.text === saved) return;
          // What this browser has goes on top as a change. Where the project went on without it, somebody must choose.
          const theirs = saved;
          take(JSON.parse(mine.text) as JsonObject, mine.base, outside.titles.draft());
          saved = theirs;
          setState({ kept: mine.base === etag ? "unsaved" : "conflict" });
          if (mine.base === etag) flush();
        } catch (error) {
          isTaking = false;
          if (error instanceof RequestError || !draft) throw error;
          // The service is silent: what this browser has of the project opens, and is saved when it answers again.
          setState({ project: { id, name: "" } });
          [base, saved] = [draft.base ?? "", draft.isSaved ? draft.text : ""];
          isTaking = true;
          await editor.restore();
          isTaking = false;
          enter({ id, name: editor.getState().report?.name ?? id });
          setState({ kept: "silent" });
          wait(RETRY_MILLISECONDS);
        }
      },
      keep: async (name) => {
        const text = textNow();
        if (text === null) return;
        const project = await outside.api.createProject(name, text);
        [base, saved] = [project.etag, text];
        enter(project);
        if (textNow() !== text) flush();
        await saveDraft(text).catch(() => undefined);
      },
      rename: async (name) => {
        const { project } = getState();
        if (project) setState({ project: { id: project.id, name: (await outside.api.renameProject(project.id, name)).name } });
      },
      leave: async () => {
        const { project, kept } = getState();
        if (!project) return;
        if (kept === "unsaved" || kept === "saving") {
          await new Promise<void>((resolve) => {
            settled.push(resolve);
            flush();
          });
        }
        callOff();
        tabs?.leave();
        tabs = null;
        setState(LOOSE);
        outside.showAddress(null);
      },
      settle: async (choice) => {
        const { project } = getState();
        const text = textNow();
        if (!project || text === null) return;
        if (choice === "apart") {
          const apart = await outside.api.createProject(project.name, text);
          // The draft of the project that is left has nothing more to say.
          await outside.save(keyOf(project.id), { text: saved, base: "", isSaved: true }).catch(() => undefined);
          [base, saved] = [apart.etag, text];
          enter(apart);
          return;
        }
        const { document, etag } = await outside.api.projectDocument(project.id);
        if (choice === "theirs") take(document, etag, outside.titles.theirs());
        else {
          base = etag;
          setState({ kept: "unsaved" });
          flush();
        }
      },
      revisions: async () => {
        const { project } = getState();
        return project ? outside.api.revisions(project.id) : [];
      },
      nameRevision: async (number, name) => {
        const { project } = getState();
        if (project) await outside.api.nameRevision(project.id, number, name);
      },
      revision,
      takeRevision: async (number) => {
        if (!editor) return;
        const document = await revision(number);
        editor.edit(outside.titles.revision(number), (now) => diffInto(now, document));
      },
    },
  };
}

function isConflict(error: unknown): boolean {
  return error instanceof RequestError && error.problem.status === 412;
}
