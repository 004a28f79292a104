import { useStore } from "zustand";
import { at } from "../address";
import { COMMANDS, keysOf, titleOf } from "../commands";
import { roomOf, useEditor, useModel, useUi } from "../editor";
import { copyLink, exportModel, exportView, type Export } from "../exports";
import { Icon } from "../icons";
import { cancelOpening, exampleAddress, openAddress, openModel } from "../intake";
import { EMPTY_MODEL } from "../document";
import type { Theme } from "../store";
import { isFinal, progressOf } from "../training/run";
import type { TrainingStore } from "../training/trainingStore";
import { KeptChip, ProjectCrumb } from "./Keep";
import { Menu, type MenuItem } from "../panels/Menu";
import { WhatIf } from "./WhatIf";
import { problemCount } from "../outline";
import { LANGUAGES, t, type Language, type PlainKey } from "../words/words";

const EXPORTS: readonly { readonly id: string; readonly title: string | null; readonly note?: PlainKey; readonly heading?: PlainKey; readonly wanted: Export }[] = [
  { id: "svg", title: "SVG", note: "export.diagram", heading: "export.picture", wanted: { kind: "plot", format: "svg" } },
  { id: "png", title: "PNG", note: "export.diagram", wanted: { kind: "plot", format: "png" } },
  { id: "pdf", title: "PDF", note: "export.diagram", wanted: { kind: "plot", format: "pdf" } },
  { id: "dot", title: "DOT", note: "export.graphviz", wanted: { kind: "plot", format: "dot" } },
  { id: "python", title: "Python", note: "export.source", heading: "export.model", wanted: { kind: "convert", to: "python" } },
  { id: "keras3", title: "JSON · Keras 3", wanted: { kind: "convert", to: "keras3" } },
  { id: "document", title: null, note: "export.everything", wanted: { kind: "document" } },
];

/** Name, undo and redo, the verdict, the figures, and what can be done with the model. */
export function TopBar({ training }: { readonly training: TrainingStore }) {
  const editor = useEditor();
  const isOpen = useModel((state) => state.document !== null);
  const exports = (): MenuItem[] => EXPORTS.map(({ id, title, note, heading, wanted }) => ({
    id,
    title: title ?? t("export.document"),
    ...(note ? { note: t(note) } : {}),
    ...(heading ? { heading: t(heading) } : {}),
    run: () => { void exportModel(editor, wanted); },
  }));
  const seen = (): MenuItem[] => [
    { id: "view-svg", title: "SVG", note: t("reading.export.svg"), heading: t("reading.export"), run: () => { void exportView(editor, "svg"); } },
    { id: "view-png", title: "PNG", note: t("reading.export.png"), run: () => { void exportView(editor, "png"); } },
    { id: "view-pdf", title: "PDF", note: t("reading.export.pdf"), run: () => { void exportView(editor, "pdf"); } },
    { id: "view-html", title: t("reading.export.html"), note: t("reading.export.html.note"), run: () => { void exportView(editor, "html"); } },
    { id: "view-link", title: t("reading.export.link"), note: t("reading.export.link.note"), run: () => { void copyLink(editor); } },
  ];
  return (
    <header className="topbar">
      <Logo />
      <ProjectCrumb />
      <OpenMenu />
      <KeptChip />
      <span className="vr" />
      <CommandButton id="undo" icon="undo-2" />
      <CommandButton id="redo" icon="redo-2" />
      <Verdict />
      <RunChip training={training} />
      <WhatIf />
      <LanguageMenu />
      <ThemeButton />
      <Menu label={t("top.export")} items={() => [...exports(), ...seen()]} isDisabled={!isOpen}><Icon name="download" small /><span className="wide">{t("top.export")}</span></Menu>
      <button type="button" className="btn primary" disabled={!isOpen} onClick={() => { editor.ui.showTab("training"); }} title={titleOf("train")}><Icon name="play" small />{t("top.train")}</button>
    </header>
  );
}

function Logo() {
  return (
    <a className="home" href={at("/")} aria-label="Layerwright" title="Layerwright">
      <svg className="logo" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true">
        <rect x="2" y="2" width="5" height="4.4" rx="1" /><rect x="2" y="7.8" width="10" height="4.4" rx="1" /><rect x="2" y="13.6" width="16" height="4.4" rx="1" />
      </svg>
    </a>
  );
}

/** The model's name, with what else could be open. */
function OpenMenu() {
  const editor = useEditor();
  const name = useModel((state) => (state.document ? (state.report?.name ?? t("top.model")) : t("top.untitled")));
  const examples = useUi((state) => state.examples);
  const items = (): MenuItem[] => [
    { id: "open-file", title: t("top.open-file"), note: ".json .keras .h5", run: () => { editor.picker.current?.click(); } },
    { id: "paste", title: t("top.paste"), run: () => { editor.ui.setState({ dialog: "paste" }); } },
    { id: "new", title: t("top.new"), run: () => { void openModel(editor, EMPTY_MODEL); } },
    ...examples.map((example, i): MenuItem => ({
      id: example.name,
      title: example.title,
      note: t("count.layers", { n: example.layers }),
      ...(i === 0 ? { heading: t("top.examples") } : {}),
      run: () => { void openAddress(editor, exampleAddress(example.name)); },
    })),
  ];
  return (
    <Menu label={t("top.open", { name })} className="btn ghost crumb" title={t("top.open.title")} items={items}>
      <b className="cut">{name}</b>
      <Icon name="chevron-down" small="xs" />
    </Menu>
  );
}

function CommandButton({ id, icon }: { readonly id: "undo" | "redo"; readonly icon: "undo-2" | "redo-2" }) {
  const editor = useEditor();
  const command = COMMANDS.find((one) => one.id === id);
  const isEnabled = useModel((state) => command?.enabled(state) ?? false);
  const last = useModel((state) => (id === "undo" ? state.history.done : state.history.undone).at(-1)?.title ?? "");
  if (!command) return null;
  return (
    <button type="button" className="btn ghost icon" disabled={!isEnabled} aria-label={t(command.title)} title={last === "" ? titleOf(id) : t(`top.${id}`, { what: last, keys: keysOf(id) })} onClick={() => { command.run(roomOf(editor)); }}>
      <Icon name={icon} />
    </button>
  );
}

function Verdict() {
  const { store, ui } = useEditor();
  const status = useModel((state) => state.status);
  const message = useModel((state) => state.message);
  const report = useModel((state) => state.report);
  const errors = report?.diagnostics.filter((problem) => problem.severity === "error").length ?? 0;
  const count = problemCount(report);
  const show = (): void => {
    ui.showTab("problems");
  };
  let chip = null;
  if (status === "opening") return <OpeningChip />;
  else if (status === "offline" || status === "refused") {
    chip = (
      <button type="button" className="status error" title={t("top.ask-again", { message: message ?? "" })} onClick={() => { store.recheck(); }}>
        <Icon name="circle-x" small />
        <span className="cut">{status === "offline" ? t("app.service-silent") : (message ?? t("top.refused"))}</span>
      </button>
    );
  }
  else if (!report && status === "checking") chip = <span className="status run"><Icon name="loader-circle" small />{t("top.checking")}</span>;
  else if (report && (count > 0 || report.nodes.length > 0)) {
    const [kind, icon] = errors > 0 ? (["error", "circle-x"] as const) : count > 0 ? (["warn", "triangle-alert"] as const) : (["ok", "circle-check"] as const);
    chip = (
      <button type="button" className={`status ${kind}`} onClick={show} data-status={kind} aria-label={count === 0 ? t("top.no-problems") : t("count.problems", { n: count })}>
        <Icon name={icon} small />
        {count === 0 ? <span className="wide">{t("top.no-problems")}</span> : <><span className="slim">{count}</span><span className="wide">{t("count.problems", { n: count })}</span></>}
      </button>
    );
  }
  // The verdict of before stays until the new one is there.
  return <span role="status" aria-live="polite" aria-busy={status === "checking"} className="verdict">{chip}</span>;
}

/** What is being opened: how much of a large file has left, then that it is checked; and the way out. */
function OpeningChip() {
  const editor = useEditor();
  const sent = useModel((state) => state.sent);
  const isSending = sent !== null && sent.bytes < sent.of;
  const isSent = sent !== null && !isSending;
  return (
    <span className="verdict" aria-busy>
      <span className="status run" role="status" aria-live="polite">
        <Icon name="loader-circle" small />
        <span className="word">{t(isSent ? "top.checking" : "top.opening")}</span>
        {isSending && <span className="num wide" aria-hidden>{t("top.sent", { percent: Math.floor((100 * sent.bytes) / sent.of) })}</span>}
      </span>
      <button type="button" className="btn ghost icon sm" aria-label={t("top.cancel-opening")} title={t("top.cancel-opening.title")} onClick={() => { cancelOpening(editor); }}><Icon name="x" small /></button>
    </span>
  );
}

/** A training that runs, seen from wherever one is. */
function RunChip({ training }: { readonly training: TrainingStore }) {
  const { ui } = useEditor();
  const text = useStore(training, ({ run, version }) => (run && version >= 0 && !isFinal(run.state) ? (run.state === "queued" ? t("top.queued") : t("top.running", { percent: Math.floor(progressOf(run) * 100) })) : null));
  if (text === null) return null;
  return <button type="button" className="status run num" onClick={() => { ui.showTab("training"); }}><Icon name="loader-circle" small />{text}</button>;
}

/** The first click changes what is seen, the second goes back, the third leaves it to the system again. */
function nextTheme(theme: Theme): Theme {
  const [seen, other] = matchMedia("(prefers-color-scheme: dark)").matches ? (["dark", "light"] as const) : (["light", "dark"] as const);
  return theme === "system" ? other : theme === other ? seen : "system";
}

const THEME_TITLES: Readonly<Record<string, PlainKey>> = {
  "system light": "theme.system.to-light", "system dark": "theme.system.to-dark", "light dark": "theme.light.to-dark",
  "light system": "theme.light.to-system", "dark light": "theme.dark.to-light", "dark system": "theme.dark.to-system",
};

function LanguageMenu() {
  const { store } = useEditor();
  const spoken = useModel((state) => state.language);
  const items = (): MenuItem[] => (Object.keys(LANGUAGES) as Language[]).map((one): MenuItem => ({ id: one, title: LANGUAGES[one], ...(one === spoken ? { note: "✓" } : {}), run: () => { store.setLanguage(one); } }));
  return <Menu label={t("language.choose")} className="btn ghost icon" title={t("language.choose")} items={items}><Icon name="languages" /></Menu>;
}

function ThemeButton() {
  const { store } = useEditor();
  const theme = useModel((state) => state.theme);
  const next = nextTheme(theme);
  return (
    <button type="button" className="btn ghost icon" aria-label={t(`theme.${theme}`)} title={t(THEME_TITLES[`${theme} ${next}`] ?? `theme.${theme}`)} onClick={() => { store.setTheme(next); }}>
      <Icon name={theme === "light" ? "sun" : theme === "dark" ? "moon" : "sun-moon"} />
    </button>
  );
}
