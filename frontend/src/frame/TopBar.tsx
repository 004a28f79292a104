import { useStore } from "zustand";
import { at } from "../address";
import { COMMANDS, type Command } from "../commands";
import { roomOf, useEditor, useModel, useUi } from "../editor";
import { exportModel, type Export } from "../exports";
import { bytesText, countText, plural, shortText } from "../format";
import { Icon } from "../icons";
import { exampleAddress, openAddress, openModel } from "../intake";
import { EMPTY_MODEL } from "../newLayer";
import type { Theme } from "../store";
import { isFinal, progressOf } from "../training/run";
import type { TrainingStore } from "../training/trainingStore";
import { Menu, type MenuItem } from "./Menu";
import { problemCount } from "../outline";

const EXPORTS: readonly { readonly id: string; readonly title: string; readonly note: string; readonly heading?: string; readonly wanted: Export }[] = [
  { id: "svg", title: "SVG", note: "diagram", heading: "Picture, as plot_model draws it", wanted: { kind: "plot", format: "svg" } },
  { id: "png", title: "PNG", note: "diagram", wanted: { kind: "plot", format: "png" } },
  { id: "pdf", title: "PDF", note: "diagram", wanted: { kind: "plot", format: "pdf" } },
  { id: "dot", title: "DOT", note: "for Graphviz", wanted: { kind: "plot", format: "dot" } },
  { id: "python", title: "Python", note: "source", heading: "Model", wanted: { kind: "convert", to: "python" } },
  { id: "keras3", title: "JSON", note: "Keras 3", wanted: { kind: "convert", to: "keras3" } },
  { id: "document", title: "Document", note: "everything", wanted: { kind: "document" } },
];

/** Name, undo and redo, the verdict, the figures, and what can be done with the model. */
export function TopBar({ training }: { readonly training: TrainingStore }) {
  const editor = useEditor();
  const isOpen = useModel((state) => state.document !== null);
  const exports: MenuItem[] = EXPORTS.map(({ wanted, ...item }) => ({ ...item, run: () => { void exportModel(editor, wanted); } }));
  return (
    <header className="topbar">
      <Logo />
      <OpenMenu />
      <span className="vr" />
      <CommandButton id="undo" icon="undo-2" />
      <CommandButton id="redo" icon="redo-2" />
      <Verdict />
      <RunChip training={training} />
      <Figures />
      <ThemeButton />
      <Menu label="Export" items={exports} isDisabled={!isOpen}><Icon name="download" small /><span className="wide">Export</span></Menu>
      <button type="button" className="btn primary" disabled={!isOpen} onClick={() => { editor.ui.showTab("training"); }} title="Train  Ctrl Enter"><Icon name="play" small />Train</button>
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
  const name = useModel((state) => (state.document ? (state.report?.name ?? "Model") : "Untitled"));
  const examples = useUi((state) => state.examples);
  const items: MenuItem[] = [
    { id: "open-file", title: "Open a file…", note: ".json .keras .h5", run: () => { editor.picker.current?.click(); } },
    { id: "paste", title: "Paste a config…", run: () => { editor.ui.setState({ dialog: "paste" }); } },
    { id: "new", title: "New model", run: () => { void openModel(editor, EMPTY_MODEL); } },
    ...examples.map((example, i): MenuItem => ({
      id: example.name,
      title: example.title,
      note: plural(example.layers, "layer"),
      ...(i === 0 ? { heading: "Examples" } : {}),
      run: () => { void openAddress(editor, exampleAddress(example.name)); },
    })),
  ];
  return (
    <Menu label={`Open: ${name}`} className="btn ghost crumb" title="Open another model" items={items}>
      <b className="cut">{name}</b>
      <Icon name="chevron-down" small="xs" />
    </Menu>
  );
}

function CommandButton({ id, icon }: { readonly id: string; readonly icon: "undo-2" | "redo-2" }) {
  const editor = useEditor();
  const command = COMMANDS.find((one): one is Command => one.id === id);
  const isEnabled = useModel((state) => command?.enabled(state) ?? false);
  const last = useModel((state) => (id === "undo" ? state.history.done : state.history.undone).at(-1)?.title ?? "");
  if (!command) return null;
  return (
    <button type="button" className="btn ghost icon" disabled={!isEnabled} aria-label={command.title} title={`${command.title}${last === "" ? "" : `: ${last}`}  Ctrl ${id === "undo" ? "" : "Shift "}Z`} onClick={() => { command.run(roomOf(editor)); }}>
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
  if (status === "opening") chip = <span className="status run"><Icon name="loader-circle" small />Opening</span>;
  else if (status === "offline" || status === "refused") {
    chip = (
      <button type="button" className="status error" title={`${message ?? ""} Click to ask again`} onClick={() => { store.recheck(); }}>
        <Icon name="circle-x" small />
        <span className="cut">{status === "offline" ? "The service does not answer" : (message ?? "Refused")}</span>
      </button>
    );
  }
  else if (!report && status === "checking") chip = <span className="status run"><Icon name="loader-circle" small />Checking</span>;
  else if (report) {
    const [kind, icon] = errors > 0 ? (["error", "circle-x"] as const) : count > 0 ? (["warn", "triangle-alert"] as const) : (["ok", "circle-check"] as const);
    chip = (
      <button type="button" className={`status ${kind}`} onClick={show} data-status={kind}>
        <Icon name={icon} small />
        {count === 0 ? <span className="wide">No problems</span> : <>{count}<span className="wide">{count === 1 ? "problem" : "problems"}</span></>}
      </button>
    );
  }
  return <span role="status" aria-live="polite" className="verdict">{chip}</span>;
}

/** A training that runs, seen from wherever one is. */
function RunChip({ training }: { readonly training: TrainingStore }) {
  const { ui } = useEditor();
  const text = useStore(training, ({ run, version }) => (run && version >= 0 && !isFinal(run.state) ? (run.state === "queued" ? "Queued" : `Running ${Math.floor(progressOf(run) * 100)} %`) : null));
  if (text === null) return null;
  return <button type="button" className="status run num" onClick={() => { ui.showTab("training"); }}><Icon name="loader-circle" small />{text}</button>;
}

function Figures() {
  const report = useModel((state) => state.report);
  const isOpen = useModel((state) => state.document !== null);
  if (!report || !isOpen) return <div className="whatif" />;
  const { params, nodes, cost: { weights_bytes: bytes, multiply_adds: adds } } = report;
  return (
    <div className="whatif num">
      <span className="w"><span>layers</span><b>{new Set(nodes.map((node) => node.layer)).size.toLocaleString("en")}</b></span>
      <span className="w"><span>parameters</span><b data-figure="parameters">{params.total === null ? `≥ ${countText(params.known)}` : countText(params.total)}</b></span>
      <span className="w opt"><span>trainable</span><b>{countText(params.trainable)}</b></span>
      {bytes !== null && <span className="w opt"><span>weights</span><b>{bytesText(bytes)}</b></span>}
      {adds !== null && <span className="w opt"><span>multiply-adds</span><b>{shortText(adds)}</b></span>}
    </div>
  );
}

/** The first click changes what is seen, the second goes back, the third leaves it to the system again. */
function nextTheme(theme: Theme): Theme {
  const [seen, other] = matchMedia("(prefers-color-scheme: dark)").matches ? (["dark", "light"] as const) : (["light", "dark"] as const);
  return theme === "system" ? other : theme === other ? seen : "system";
}

function ThemeButton() {
  const { store } = useEditor();
  const theme = useModel((state) => state.theme);
  const next = nextTheme(theme);
  return (
    <button type="button" className="btn ghost icon" aria-label={`Theme: ${theme}`} title={`Theme: ${theme === "system" ? "as the system" : theme}. Click for ${next === "system" ? "the system's" : next}`} onClick={() => { store.setTheme(next); }}>
      <Icon name={theme === "light" ? "sun" : theme === "dark" ? "moon" : "sun-moon"} />
    </button>
  );
}
