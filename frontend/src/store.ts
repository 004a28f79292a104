import { createStore, type StoreApi } from "zustand/vanilla";
import * as api from "./api";
import type { Diagnostic, Fix, Report, Sent } from "./api";
import { createCheckLoop } from "./checkLoop";
import { apply, diffInto, fromJson, isEmpty, toJson, type Diff, type Document } from "./document";
import type { Preview } from "./fixes";
import { withGhosts } from "./ghosts";
import { NO_HISTORY, commit, redo, undo, type History } from "./history";
import { effective, restored } from "./intents/off";
import type { JsonObject } from "./json";
import { apart, besideConfig } from "./safety";
import type { Sketch } from "./layout/sketch";
import { t, type Language } from "./words/words";

export type Status = "empty" | "opening" | "checking" | "ready" | "offline" | "refused";
export type Theme = "system" | "light" | "dark";

/** What the page shows. `document` is changed in place: subscribe to `revision`, and read records by key. */
export interface State {
  readonly document: Document | null;
  /** Goes up with every change; a number never comes twice, not even for another document. */
  readonly revision: number;
  readonly history: History;
  readonly report: Report | null;
  /** What the file could do when Keras loads it; null while that was not looked for. */
  readonly dangers: readonly Diagnostic[] | null;
  /** The file as it was opened, whatever is changed in the document; null where there is none. */
  readonly file: Blob | null;
  /** What the page read of the file itself, until the service has answered; it stays where the service refuses the file. */
  readonly sketch: Sketch | null;
  /** The revision that `report` is about. */
  readonly reportRevision: number;
  readonly checkMilliseconds: number | null;
  readonly status: Status;
  readonly message: string | null;
  /** How much of what is being opened has left for the service; null before that is known. */
  readonly sent: Sent | null;
  /** Paths of the selected layers. */
  readonly selection: ReadonlySet<string>;
  /** A fix of the shown report that is looked at; nothing is changed by it. */
  readonly preview: Preview | null;
  readonly theme: Theme;
  readonly language: Language;
}

export interface EditorStore extends StoreApi<State> {
  /**
   * Opens a file, a text or an object; the service makes it a document. `leave` is waited for before what was open goes.
   * False where it was called off, refused, or the service is silent.
   */
  open(model: Blob | string | JsonObject, leave?: () => Promise<void>): Promise<boolean>;
  /** Says that something will be opened as soon as it is here; the signal says that it was called off. */
  startOpening(): AbortSignal;
  /** Calls off what is being opened: all is as before. */
  cancelOpening(): void;
  /** Brings back what this browser kept; false where there is nothing. */
  restore(): Promise<boolean>;
  edit(title: string, intent: (document: Document) => Diff, merge?: "merge" | "separate"): void;
  undo(): void;
  redo(): void;
  /** The report of the model as a change would make it; nothing is changed by it. */
  consider(intent: (document: Document) => Diff, signal?: AbortSignal): Promise<Report | null>;
  /** Shows what a fix would do. */
  previewFix(problem: Diagnostic, fix: Fix): Promise<void>;
  applyPreview(): void;
  discardPreview(): void;
  /** Makes every safe fix, as one change. */
  fixAllSafe(): Promise<void>;
  select(paths: Iterable<string>): void;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): void;
  /** Asks again where the service gave no answer. */
  recheck(): void;
  /** Has this browser keep at once what it has not kept yet. */
  keep(): void;
  stop(): void;
}

export interface Outside {
  readonly check: typeof api.check;
  readonly fix: typeof api.fix;
  /** Keeps the document's text in this browser. */
  readonly save: (text: string) => Promise<void>;
  /** What this browser kept; null for nothing. */
  readonly load: () => Promise<JsonObject | null>;
  /** Null: this file is for the service to read. */
  readonly sketch: (file: Blob | string) => Promise<Sketch | null>;
  /** Fulfilled when what is drawn by now is on the screen. */
  readonly painted: () => Promise<void>;
  /** Acts after a while; call what it gives to call it off. */
  readonly later: (milliseconds: number, act: () => void) => () => void;
}

const RETRY_MILLISECONDS = 3_000;

const CLOSED = { document: null, history: NO_HISTORY, report: null, dangers: null, file: null, sketch: null, preview: null, selection: new Set<string>() };

export function createEditorStore(given: Pick<Outside, "sketch" | "save" | "load"> & Partial<Outside>): EditorStore {
  const outside: Outside = { check: api.check, fix: api.fix, painted: framePainted, later: timed, ...given };
  const store = createStore<State>(() => ({
    document: null,
    revision: 0,
    history: NO_HISTORY,
    report: null,
    dangers: null,
    file: null,
    sketch: null,
    reportRevision: -1,
    checkMilliseconds: null,
    status: "empty",
    message: null,
    sent: null,
    selection: new Set(),
    preview: null,
    theme: "system",
    language: "en",
  }));
  const { getState, setState } = store;
  let opening = new AbortController();
  /** The revision whose text this browser has. */
  let kept = -1;
  /** What a call-off goes back to. */
  let before: Pick<State, "status" | "message" | "sketch" | "selection"> | null = null;
  let callOff = (): void => undefined;

  const loop = createCheckLoop({
    ask: async (revision, signal) => {
      const { document } = getState();
      if (!document) throw new Error("nothing is open");
      const shown = effective(document);
      const text = JSON.stringify(toJson(shown));
      const start = performance.now();
      const asking = outside.check(text, { signal });
      keep(revision, shown === document ? text : JSON.stringify(toJson(document)));
      const { report } = await asking;
      return { report, milliseconds: performance.now() - start };
    },
    answer: (revision, { report, milliseconds }) => {
      setState({ report: seen(report), reportRevision: revision, checkMilliseconds: milliseconds, status: "ready", message: null });
      lookCloser();
    },
    fail: (_, error) => { failed(error, statusOf(error)); },
  });

  const failed = (error: unknown, status: Status): void => {
    setState({ status, message: messageOf(error) });
    callOff();
    if (status !== "offline") return;
    // Nobody has to ask for it once the service is back.
    callOff = outside.later(RETRY_MILLISECONDS, () => { if (getState().status === "offline") loop.request(getState().revision); });
  };
  /** What was asked beside the check was not answered: what is known of the model stays. */
  const unanswered = (error: unknown): void => {
    const status = statusOf(error);
    failed(error, status === "offline" ? status : getState().status);
  };

  const seen = (report: Report): Report => {
    const { document } = getState();
    return document ? withGhosts(isBegun(document) ? report : unblamed(report), document) : report;
  };

  // Shapes come first: fixes are tried and the file is looked through for many times as long, which follows when nobody is
  // waiting for shapes.
  const slowLoop = createCheckLoop({
    ask: (_, signal) => {
      const { document } = getState();
      if (!document) throw new Error("nothing is open");
      return outside.check(JSON.stringify(toJson(effective(document))), { fixes: true, safety: true, signal });
    },
    answer: (asked, answer) => {
      const { report, dangers } = apart(answer.report);
      const { revision, reportRevision, dangers: before } = getState();
      if (asked === revision && asked === reportRevision) setState({ report: seen(report), dangers: [...besideConfig(before), ...dangers] });
    },
    fail: () => undefined, // the problems stand there without them
  });
  const lookCloser = (): void => {
    const { report, revision, document, dangers } = getState();
    if (document && report && (report.diagnostics.length > 0 || dangers?.length !== 0)) slowLoop.request(revision);
  };

  const consider = async (document: Document, diff: Diff, signal?: AbortSignal): Promise<Report> => {
    const changed: Document = { records: new Map(document.records), version: 0, order: new Map(document.order) };
    apply(changed, diff);
    const { report } = await outside.check(JSON.stringify(toJson(effective(changed))), signal ? { signal } : {});
    return withGhosts(report, changed);
  };

  // Keeping is best effort: a browser that refuses storage (private windows) must not stop the edit.
  const keep = (revision: number, text: string): void => {
    kept = revision;
    outside.save(text).catch((error: unknown) => {
      setState({ message: messageOf(error) });
    });
  };

  /** A hand on what is being opened must not change what was open before. */
  const inHand = (): Document | null => (getState().status === "opening" ? null : getState().document);
  const changed = (history: History): void => {
    if (history === getState().history) return;
    const { document, revision, selection } = getState();
    // The service works while the page draws what it knows itself.
    loop.request(revision + 1);
    const left = [...selection].filter((path) => document?.records.has(`layer/${path}`));
    setState({
      history,
      revision: revision + 1,
      status: "checking",
      preview: null,
      // The same set stays the same value: whoever shows what is selected has nothing to draw again.
      selection: left.length === selection.size ? selection : new Set(left),
    });
  };

  const show = (json: JsonObject, file: Blob | null, report: Report | null, dangers: readonly Diagnostic[] | null, milliseconds: number | null): void => {
    const { revision: before, sketch, selection } = getState();
    const revision = before + 1;
    const document = fromJson(json);
    setState({
      document,
      revision,
      history: NO_HISTORY,
      report: report && withGhosts(report, document),
      dangers,
      file,
      sketch: null,
      preview: null,
      reportRevision: report ? revision : -1,
      checkMilliseconds: milliseconds,
      status: report ? "ready" : "checking",
      message: null,
      // What was selected in the sketch stays so.
      selection: new Set([...(sketch ? selection : [])].filter((path) => document.records.has(`layer/${path}`))),
    });
  };

  const startOpening = (): AbortSignal => {
    opening.abort();
    opening = new AbortController();
    const { status, message, sketch, selection } = getState();
    if (status !== "opening") before = { status, message, sketch, selection };
    setState({ status: "opening", message: null, sketch: null, sent: null });
    return opening.signal;
  };

  const drawAtOnce = async (model: Blob | string | JsonObject, mine: AbortSignal): Promise<Sketch | null> => {
    const sketch = typeof model === "string" || model instanceof Blob ? await outside.sketch(model) : null;
    if (sketch && !mine.aborted && getState().status === "opening") setState({ sketch, selection: new Set() });
    return sketch;
  };

  return {
    ...store,
    startOpening,
    cancelOpening: () => {
      if (getState().status !== "opening" || !before) return;
      opening.abort();
      setState({ ...before, sent: null });
      // Its check may have ended meanwhile, unseen.
      if (before.status === "checking") loop.request(getState().revision);
    },
    open: async (model, leave = stay) => {
      const mine = startOpening();
      const start = performance.now();
      const asking = outside.check(model, { document: true, safety: true, signal: mine, onSent: (sent) => { if (!mine.aborted) setState({ sent }); } });
      const drawing = drawAtOnce(model, mine);
      try {
        const { report: whole, document } = await asking;
        const { report, dangers } = apart(whole);
        // The panels' first rendering takes longer than a frame: the sketch is to be seen before it.
        if (getState().sketch) await outside.painted();
        if (!mine.aborted) await leave();
        if (mine.aborted) return false;
        const milliseconds = performance.now() - start;
        if (document) {
          show(document, model instanceof Blob ? model : null, report, dangers, milliseconds);
          // The document was read as it lies in the file; what it leaves out is left out from here on.
          const { document: open, revision } = getState();
          if (open && effective(open) !== open) loop.request(revision);
          keep(revision, JSON.stringify(document));
          lookCloser();
        } else {
          // Nothing to draw: the problems say why, and what was open before is closed.
          setState({ ...CLOSED, report, dangers, file: model instanceof Blob ? model : null, revision: getState().revision + 1, checkMilliseconds: milliseconds, status: "ready" });
        }
        return true;
      } catch (error) {
        const sketch = await drawing;
        if (mine.aborted) return false;
        const { document, revision } = getState();
        const failed = { status: statusOf(error), message: messageOf(error) };
        // A file that the service refuses can still be looked at; while it does not answer, what was open before stays.
        if (sketch && (failed.status === "refused" || !document)) {
          await leave();
          setState({ ...CLOSED, ...failed, sketch, revision: revision + 1 });
        } else setState({ ...failed, sketch: null });
        return false;
      }
    },
    restore: async () => {
      const json = await outside.load().catch(() => null);
      if (!json || getState().status !== "empty") return false;
      show(json, null, null, null, null);
      kept = getState().revision;
      loop.request(getState().revision);
      return true;
    },
    edit: (title, intent, merge = "separate") => {
      const document = inHand();
      if (!document) return;
      const diff = intent(document);
      if (!isEmpty(diff)) changed(commit(document, getState().history, { title, diff }, merge));
    },
    undo: () => {
      const document = inHand();
      if (document) changed(undo(document, getState().history));
    },
    redo: () => {
      const document = inHand();
      if (document) changed(redo(document, getState().history));
    },
    previewFix: async (problem, fix) => {
      const { document } = getState();
      if (!document) return;
      setState({ preview: { problem, fix, report: null } });
      try {
        const report = await consider(document, restored(document, fix.diff));
        if (getState().preview?.fix === fix) setState({ preview: { problem, fix, report } });
      } catch (error) {
        if (getState().preview?.fix === fix) setState({ preview: null });
        unanswered(error);
      }
    },
    consider: async (intent, signal) => {
      const { document } = getState();
      return document ? consider(document, intent(document), signal) : null;
    },
    applyPreview: () => {
      const { history, preview } = getState();
      const document = inHand();
      if (document && preview) changed(commit(document, history, { title: preview.fix.title, diff: restored(document, preview.fix.diff) }));
    },
    discardPreview: () => {
      setState({ preview: null });
    },
    fixAllSafe: async () => {
      const { document, revision } = getState();
      if (!document) return;
      const shown = effective(document);
      const answer = await outside.fix(toJson(shown), "safe").catch(unanswered);
      const { document: mended, done } = answer ?? { document: null, done: [] };
      if (!mended || revision !== getState().revision || inHand() !== document) return;
      const diff = restored(document, diffInto(shown, mended));
      const title = done.length === 1 ? (done[0] ?? "") : t("edit.safe-fixes", { n: done.length });
      changed(commit(document, getState().history, { title, diff }));
    },
    select: (paths) => {
      setState({ selection: new Set(paths) });
    },
    setTheme: (theme) => {
      setState({ theme });
    },
    setLanguage: (language) => {
      setState({ language });
      // What the service says of the model is asked for again, in the new language.
      if (getState().document) loop.request(getState().revision);
    },
    recheck: () => {
      const { document, revision } = getState();
      if (!document) return;
      setState({ status: "checking", message: null });
      loop.request(revision);
    },
    keep: () => {
      const { document, revision } = getState();
      // A check that is under way has the text of before: this one would be kept when it is answered.
      if (document && kept !== revision) keep(revision, JSON.stringify(toJson(document)));
    },
    stop: () => {
      opening.abort();
      callOff();
      loop.stop();
      slowLoop.stop();
    },
  };
}

// A page in the background draws no frames, and must not wait for one.
const FRAME_MILLISECONDS = 50;

/** The revision that the page's lists stand for: while a check is under way they wait for its answer. */
export function answered({ status, report, revision, reportRevision }: State): number {
  return status === "checking" && report ? reportRevision : revision;
}

function stay(): Promise<void> {
  return Promise.resolve();
}

function framePainted(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, FRAME_MILLISECONDS);
    requestAnimationFrame(() => setTimeout(resolve));
  });
}

function timed(milliseconds: number, act: () => void): () => void {
  const timer = setTimeout(act, milliseconds);
  return () => { clearTimeout(timer); };
}

function isBegun(document: Document): boolean {
  for (const key of document.records.keys()) if (key.startsWith("layer/")) return true;
  return false;
}

/** That nothing comes out of a model which nobody has begun is no news. */
function unblamed(report: Report): Report {
  return { ...report, diagnostics: report.diagnostics.filter(({ code }) => code !== "GC308") };
}

function statusOf(error: unknown): Status {
  return error instanceof api.RequestError ? "refused" : "offline";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
