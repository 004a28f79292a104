import type { Severity } from "./api";
import { factsOf, pathOf, problemGroups } from "./outline";
import { pathText } from "./format";
import { EMPTY_MODEL } from "./document";
import { alignSelection, callSelectionAgain, deleteSelection, distributeSelection, dissolveSelected, duplicate, foldedFrames, frameSelection, frameToJoin, joinSelection, leaveFrames, nestSelection, paste, selectBy, tidyUp, toggleFrozen, toggleOff, togglePinned, unnestSelection, type Places, type Point } from "./deeds";
import { commonFrame, framesOfLayers } from "./intents/frames";
import { keepView, keptViews, type Bookmark } from "./intents/view";
import { removeInput } from "./intents/wires";
import type { KeepingStore } from "./keeping";
import { readsGrouped, type Labels, type ReadingStore } from "./reading";
import type { EditorStore, State } from "./store";
import { seenOf, type TourStore } from "./tour";
import type { LeftTab, QuickAdd, Spot, UiStore } from "./ui";
import { linkTo } from "./tensors";
import { along, between, type Way } from "./ways";
import { t, type PlainKey } from "./words/words";

/** What the canvas can do for a command. */
export interface View extends Places {
  fit(what: "all" | "selection"): void;
  zoomTo(scale: number): void;
  zoomBy(factor: number): void;
  /** Shows or hides the minimap, which shows itself where a graph is large. */
  toggleMap(): void;
  /** What is drawn at a point of the window. */
  spotAt(x: number, y: number): Spot;
  /** A point of the window in the graph's measure. */
  worldAt(x: number, y: number): Point;
  /** Brings a layer into the window: only where it is outside, or into the middle at a size that can be read, its groups open. */
  reveal(path: string, how: "gently" | "centre", nodeIndex?: number): void;
  /** Brings the one selected box clear of what floats over it, once a double click can no longer come. */
  uncover(): void;
  /** Paints the wires between these layers as those of a problem; null: none. */
  blame(blamed: Blamed | null): void;
  /** Rings layers; null takes all rings away. */
  mark(marked: Marked | null): void;
  /** Opens or closes the group or nested model that keys stand on. */
  toggle(): void;
  openAll(isOpen: boolean): void;
  /** Shows an open group or nested model whole; null: all. */
  goToCrumb(id: string | null): void;
  camera(): Camera;
  moveTo(camera: Camera): void;
  /** What is shown, as a file: all of it as SVG, the window as PNG or PDF. */
  picture(format: Picture): Promise<Blob | null>;
}
export type Picture = "svg" | "png" | "pdf";
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}
/** What a search found, and the layer that it stands at. */
export interface Marked {
  readonly paths: ReadonlySet<string>;
  readonly at: string | null;
}
/** The layers on the way from what a problem comes from to where it shows. */
export interface Blamed {
  readonly paths: ReadonlySet<string>;
  readonly severity: Severity;
}
export interface Room {
  readonly store: EditorStore;
  readonly ui: UiStore;
  readonly keeping: KeepingStore;
  readonly reading: ReadingStore;
  readonly tour: TourStore;
  /** Null while no canvas is shown. */
  readonly view: View | null;
}
/** A deed with a name: in the palette, in the shortcut sheet, on a key. */
export interface Command {
  readonly id: string;
  readonly title: PlainKey;
  /** As `KeyboardEvent` names them, `Mod` for Ctrl or Command: `Mod+Shift+z`. */
  readonly keys: readonly string[];
  readonly enabled: (state: State) => boolean;
  readonly run: (room: Room) => void;
  /** The menus of the canvas that it stands in. */
  readonly menus?: readonly Spot["kind"][];
  /** It is about what a menu was asked at, and means nothing elsewhere. */
  readonly isOfMenu?: true;
}

const always = (): boolean => true;
const isOpen = (state: State): boolean => state.document !== null;
const hasSelection = (state: State): boolean => state.selection.size > 0;
const hasTwo = (state: State): boolean => state.selection.size > 1;
const hasFrame = ({ document, selection }: State): boolean => commonFrame(document, selection) !== null;
const hasProblems = (state: State): boolean => (state.report?.diagnostics.length ?? 0) > 0;

/** Whether a way out of a problem is offered; they come after the problems themselves. */
export const hasFix = (state: State): boolean => state.report?.diagnostics.some((problem) => problem.fixes.length > 0) ?? false;

export const COMMANDS: readonly Command[] = [
  { id: "undo", title: "command.undo", keys: ["Mod+z"], enabled: (state) => state.history.done.length > 0, run: ({ store }) => { store.undo(); } },
  { id: "redo", title: "command.redo", keys: ["Mod+Shift+z", "Mod+y"], enabled: (state) => state.history.undone.length > 0, run: ({ store }) => { store.redo(); } },
  { id: "delete-keep-wire", title: "command.delete-keep-wire", keys: ["Delete", "Backspace"], enabled: hasSelection, run: (room) => { deleteSelection(room, "keep"); }, menus: ["layer"] },
  { id: "delete-with-wires", title: "command.delete-with-wires", keys: ["Shift+Delete"], enabled: hasSelection, run: (room) => { deleteSelection(room, "cut"); }, menus: ["layer"] },
  { id: "select-all", title: "command.select-all", keys: ["Mod+a"], enabled: isOpen, run: selectAll, menus: ["void"] },
  { id: "duplicate", title: "command.duplicate", keys: ["Mod+d"], enabled: hasSelection, run: duplicate, menus: ["layer"] },
  { id: "copy", title: "command.copy", keys: ["Mod+c"], enabled: hasSelection, run: () => { document.execCommand("copy"); }, menus: ["layer"] },
  { id: "cut", title: "command.cut", keys: ["Mod+x"], enabled: hasSelection, run: () => { document.execCommand("cut"); }, menus: ["layer"] },
  { id: "paste", title: "command.paste", keys: ["Mod+v"], enabled: isOpen, run: (room) => { void pasteFromClipboard(room, "own"); }, menus: ["void"] },
  { id: "paste-wired", title: "command.paste-wired", keys: ["Mod+Shift+v"], enabled: isOpen, run: (room) => { void pasteFromClipboard(room, "keep"); }, menus: ["void"] },
  { id: "bypass", title: "command.bypass", keys: ["Mod+b"], enabled: hasSelection, run: (room) => { toggleOff(room, "bypass"); }, menus: ["layer"] },
  { id: "disable", title: "command.disable", keys: ["Mod+m"], enabled: hasSelection, run: (room) => { toggleOff(room, "disable"); }, menus: ["layer"] },
  { id: "freeze", title: "command.freeze", keys: ["f"], enabled: hasSelection, run: toggleFrozen, menus: ["layer"] },
  { id: "replace", title: "command.replace", keys: ["r"], enabled: hasSelection, run: replaceSelection, menus: ["layer"] },
  { id: "rename", title: "command.rename", keys: ["F2"], enabled: (state) => state.selection.size === 1 || hasFrame(state), run: renameSelection, menus: ["layer"] },
  { id: "note", title: "command.note", keys: ["n"], enabled: (state) => state.selection.size === 1, run: () => { toField("[data-field=note]"); }, menus: ["layer"] },
  { id: "colour", title: "command.colour", keys: ["Alt+c"], enabled: hasSelection, run: () => { onceDrawn("[data-field=colour] button", (button) => { button.click(); }); }, menus: ["layer"] },
  { id: "call-again", title: "command.call-again", keys: ["c"], enabled: hasSelection, run: callSelectionAgain, menus: ["layer"] },
  { id: "nest", title: "command.nest", keys: ["Mod+Shift+g"], enabled: hasSelection, run: nestSelection, menus: ["layer"] },
  { id: "frame", title: "command.frame", keys: ["Mod+g"], enabled: hasSelection, run: frameSelection, menus: ["layer"] },
  { id: "frame-name", title: "command.frame-name", keys: ["Shift+F2"], enabled: hasFrame, run: ({ ui }) => { toFrameField(ui); }, menus: ["frame"] },
  { id: "frame-colour", title: "command.frame-colour", keys: ["Alt+Shift+c"], enabled: hasFrame, run: ({ ui }) => { showInspector(ui, "[data-field=frame-colour] button", (button) => { button.click(); }); }, menus: ["frame"] },
  { id: "frame-fold", title: "command.frame-fold", keys: ["Shift+g"], enabled: hasFrame, run: foldFrame, menus: ["frame"] },
  { id: "frame-join", title: "command.frame-join", keys: ["j"], enabled: (state) => frameToJoin(state) !== null, run: joinSelection, menus: ["layer"] },
  { id: "frame-leave", title: "command.frame-leave", keys: ["Shift+j"], enabled: ({ document, selection }) => framesOfLayers(document, selection).size > 0, run: leaveFrames, menus: ["layer"] },
  { id: "frame-dissolve", title: "command.frame-dissolve", keys: ["Alt+g"], enabled: hasFrame, run: dissolveSelected, menus: ["frame", "layer"] },
  { id: "unnest", title: "command.unnest", keys: ["Mod+Alt+g"], enabled: (state) => state.selection.size === 1, run: unnestSelection, menus: ["layer"] },
  { id: "select-upstream", title: "command.select-upstream", keys: ["Alt+s u"], enabled: hasSelection, run: (room) => { selectBy(room, "upstream"); }, menus: ["layer"] },
  { id: "select-downstream", title: "command.select-downstream", keys: ["Alt+s d"], enabled: hasSelection, run: (room) => { selectBy(room, "downstream"); }, menus: ["layer"] },
  { id: "select-connected", title: "command.select-connected", keys: ["Alt+s c"], enabled: hasSelection, run: (room) => { selectBy(room, "connected"); } },
  { id: "select-type", title: "command.select-type", keys: ["Alt+s t"], enabled: hasSelection, run: (room) => { selectBy(room, "type"); } },
  { id: "align-left", title: "command.align-left", keys: ["Alt+a l"], enabled: hasTwo, run: (room) => { alignSelection(room, "left"); } },
  { id: "align-centre", title: "command.align-centre", keys: ["Alt+a c"], enabled: hasTwo, run: (room) => { alignSelection(room, "centre"); } },
  { id: "align-right", title: "command.align-right", keys: ["Alt+a r"], enabled: hasTwo, run: (room) => { alignSelection(room, "right"); } },
  { id: "align-top", title: "command.align-top", keys: ["Alt+a t"], enabled: hasTwo, run: (room) => { alignSelection(room, "top"); } },
  { id: "align-middle", title: "command.align-middle", keys: ["Alt+a m"], enabled: hasTwo, run: (room) => { alignSelection(room, "middle"); } },
  { id: "align-bottom", title: "command.align-bottom", keys: ["Alt+a b"], enabled: hasTwo, run: (room) => { alignSelection(room, "bottom"); } },
  { id: "distribute-across", title: "command.distribute-across", keys: ["Alt+a h"], enabled: hasTwo, run: (room) => { distributeSelection(room, "across"); } },
  { id: "distribute-down", title: "command.distribute-down", keys: ["Alt+a v"], enabled: hasTwo, run: (room) => { distributeSelection(room, "down"); } },
  { id: "tidy", title: "command.tidy", keys: ["t"], enabled: isOpen, run: tidyUp, menus: ["layer", "void"] },
  { id: "pin", title: "command.pin", keys: ["p"], enabled: hasSelection, run: togglePinned, menus: ["layer"] },
  { id: "add-on-wire", title: "command.add-on-wire", keys: [], enabled: isOpen, run: addOnSpot, menus: ["wire"], isOfMenu: true },
  { id: "cut-wire", title: "command.cut-wire", keys: [], enabled: isOpen, run: cutSpot, menus: ["wire"], isOfMenu: true },
  { id: "fit-all", title: "command.fit-all", keys: ["Shift+1"], enabled: isOpen, run: ({ view }) => view?.fit("all"), menus: ["void"] },
  { id: "zoom-100", title: "command.zoom-100", keys: ["Shift+2"], enabled: isOpen, run: ({ view }) => view?.zoomTo(1) },
  { id: "fit-selection", title: "command.fit-selection", keys: ["."], enabled: hasSelection, run: ({ view }) => view?.fit("selection") },
  { id: "zoom-in", title: "command.zoom-in", keys: ["+", "="], enabled: isOpen, run: ({ view }) => view?.zoomBy(1.25) },
  { id: "zoom-out", title: "command.zoom-out", keys: ["-"], enabled: isOpen, run: ({ view }) => view?.zoomBy(0.8) },
  { id: "minimap", title: "command.minimap", keys: ["m"], enabled: isOpen, run: ({ view }) => view?.toggleMap() },
  { id: "next-problem", title: "command.next-problem", keys: ["F8"], enabled: hasProblems, run: (room) => { walkProblems(room, 1); } },
  { id: "previous-problem", title: "command.previous-problem", keys: ["Shift+F8"], enabled: hasProblems, run: (room) => { walkProblems(room, -1); } },
  { id: "preview-fix", title: "command.preview-fix", keys: ["Mod+."], enabled: hasFix, run: previewFix },
  { id: "find", title: "command.find", keys: ["Mod+f"], enabled: isOpen, run: ({ reading }) => { reading.setState(({ query }) => ({ query: query ?? "", found: -1 })); document.querySelector<HTMLInputElement>(".findbar input")?.select(); } },
  { id: "show-to", title: "command.show-to", keys: ["Shift+ArrowUp"], enabled: hasSelection, run: (room) => { focusOn(room, "to"); } },
  { id: "show-from", title: "command.show-from", keys: ["Shift+ArrowDown"], enabled: hasSelection, run: (room) => { focusOn(room, "from"); } },
  { id: "show-between", title: "command.show-between", keys: ["Shift+ArrowRight"], enabled: hasSelection, run: focusBetween },
  { id: "keep-view", title: "reading.show.bookmark", keys: ["b"], enabled: isOpen, run: keepShown },
  { id: "views", title: "command.views", keys: ["Shift+b"], enabled: isOpen, run: ({ ui }) => { ui.setState({ dialog: "views" }); } },
  { id: "show-all", title: "command.show-all", keys: ["Shift+ArrowLeft"], enabled: isOpen, run: ({ reading }) => { reading.setState({ focus: null }); } },
  { id: "unit", title: "command.unit", keys: ["l"], enabled: isOpen, run: ({ reading }) => { reading.setState(({ unit }) => ({ unit: unit === "calls" ? "layers" : "calls" })); } },
  { id: "labels", title: "command.labels", keys: ["s"], enabled: isOpen, run: ({ reading }) => { reading.setState(({ labels }) => ({ labels: LABELS[(LABELS.indexOf(labels) + 1) % LABELS.length] ?? "shapes" })); } },
  { id: "copy-tensor", title: "command.copy-tensor", keys: ["Mod+Shift+c"], enabled: hasSelection, run: copyTensors, menus: ["layer"] },
  { id: "copy-link", title: "command.copy-link", keys: ["Mod+Alt+c"], enabled: (state) => state.selection.size === 1, run: copyLink, menus: ["layer"] },
  { id: "go-to-tensor", title: "command.go-to-tensor", keys: ["#", "Shift+#"], enabled: isOpen, run: ({ ui }) => { ui.setState({ dialog: "commands", asked: "#" }); } },
  { id: "group", title: "command.group", keys: ["g"], enabled: always, run: toggleGroups },
  { id: "open-groups", title: "command.open-groups", keys: ["Mod+Shift+ArrowDown"], enabled: isOpen, run: ({ view }) => view?.openAll(true) },
  { id: "close-groups", title: "command.close-groups", keys: ["Mod+Shift+ArrowUp"], enabled: isOpen, run: ({ view }) => view?.openAll(false) },
  { id: "bottom-panel", title: "command.bottom-panel", keys: ["Mod+`"], enabled: always, run: ({ ui }) => { ui.setState(({ isBottomOpen }) => ({ isBottomOpen: !isBottomOpen })); } },
  { id: "save", title: "command.save", keys: ["Mod+s"], enabled: isOpen, run: ({ keeping, ui }) => { if (keeping.getState().project) keeping.flush(); else ui.setState({ dialog: "keep" }); } },
  { id: "saves", title: "command.saves", keys: [], enabled: isOpen, run: ({ keeping, ui }) => { ui.setState({ dialog: keeping.getState().project ? "saves" : "keep" }); } },
  { id: "train", title: "command.train", keys: ["Mod+Enter"], enabled: isOpen, run: ({ ui }) => { ui.showTab("training"); } },
  { id: "commands", title: "command.commands", keys: ["Mod+k"], enabled: always, run: ({ ui }) => { ui.setState({ dialog: "commands", asked: "" }); } },
  { id: "new", title: "command.new", keys: ["Alt+n"], enabled: always, run: ({ store, keeping }) => { void store.open(EMPTY_MODEL, keeping.leave); } },
  { id: "add", title: "command.add", keys: ["a", "Enter"], enabled: always, run: ({ ui }) => { quickAddAt(ui, null); }, menus: ["layer"] },
  { id: "add-here", title: "command.add-here", keys: [], enabled: always, run: addOnSpot, menus: ["void"], isOfMenu: true },
  { id: "palette", title: "command.palette", keys: ["Shift+a"], enabled: always, run: ({ ui }) => { showLeft(ui, "add"); } },
  { id: "search", title: "command.search", keys: ["/"], enabled: always, run: ({ ui }) => { showLeft(ui, ui.getState().leftTab); } },
  { id: "tour", title: "command.tour", keys: [], enabled: always, run: ({ store, ui, tour }) => { tour.begin(seenOf(store.getState(), ui.getState())); } },
  { id: "keys", title: "command.keys", keys: ["?", "Shift+?"], enabled: always, run: ({ ui }) => { ui.setState({ dialog: "keys" }); } },
];

/** What a key press means: a command that is enabled, or the first stroke of one with two. */
export type Pressed = { readonly command: Command } | { readonly begun: string } | null;

export function pressed(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">, state: State, begun = ""): Pressed {
  // A digit's `key` with Shift, and a letter's with Alt, depend on the keyboard; their `code` does not.
  const code = /^(?:Digit|Key)(.)$/.exec(event.code)?.[1]?.toLowerCase();
  const key = /^Digit/.test(event.code) || event.altKey ? (code ?? event.key) : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Whoever still holds Alt means the same second stroke.
  const parts = [event.ctrlKey || event.metaKey ? "Mod" : "", event.altKey && begun === "" ? "Alt" : "", event.shiftKey ? "Shift" : "", key];
  const stroke = [begun, parts.filter((part) => part !== "").join("+")].filter((part) => part !== "").join(" ");
  const command = COMMANDS.find((one) => one.keys.includes(stroke) && one.enabled(state));
  if (command) return { command };
  return COMMANDS.some((one) => one.enabled(state) && one.keys.some((keys) => keys.startsWith(`${stroke} `))) ? { begun: stroke } : null;
}

/** A key as it is printed: `Ctrl Shift Z`. */
export function keyText(key: string): string {
  return key.replace("Mod", "Ctrl").replace("Delete", "Del").replace("ArrowUp", "↑").replace("ArrowDown", "↓").replace("ArrowLeft", "←").replace("ArrowRight", "→").split(/[+ ]/).map((part) => (part.length === 1 ? part.toUpperCase() : part)).join(" ").trim() || "+";
}

/** The first key of a command; empty where it has none. */
export function keysOf(id: string): string {
  const [key] = COMMANDS.find((command) => command.id === id)?.keys ?? [];
  return key === undefined ? "" : keyText(key);
}

/** What a button of a command says about itself: its name and its key. */
export function titleOf(id: string): string {
  const command = COMMANDS.find((one) => one.id === id);
  return command ? `${t(command.title)}  ${keysOf(id)}`.trimEnd() : "";
}

/** Selects a layer and shows it: what a click on its name does, wherever the name stands. */
export function goTo({ store, reading, view }: Room, path: string, how: "gently" | "centre" = "gently", nodeIndex: number | null = null): void {
  if (!store.getState().document?.records.has(`layer/${path}`)) return;
  store.select([path]);
  reading.setState({ call: nodeIndex === null ? null : { path, nodeIndex } });
  view?.reveal(path, how, nodeIndex ?? 0);
}

const LABELS: readonly Labels[] = ["shapes", "symbolic", "off"];

function focusOn({ store, reading }: Room, way: Way): void {
  const { report, selection } = store.getState();
  if (!report) return;
  reading.setState({ focus: { title: t(`reading.focus.${way}`, { layer: namesOf(selection) }), paths: along(report, selection, way) } });
}

/** Shows the ways between two boxes; from one, which is remembered, to the next for which it is asked. */
function focusBetween({ store, reading, ui, view }: Room): void {
  const { report, selection } = store.getState();
  if (!report) return;
  const { start } = reading.getState();
  const [name = namesOf(selection), ...more] = view?.selectedBoxes().map((box) => box.name) ?? [];
  if (more.length === 0 && (start === null || [...start.paths].every((path) => selection.has(path)))) {
    reading.setState({ start: { title: name, paths: selection } });
    ui.confirm(t("reading.way.begun", { layer: name, key: keysOf("show-between") }));
    return;
  }
  const isFromStart = more.length === 0 && start !== null;
  const [one, other] = isFromStart ? [start.title, name] : [name, more.length === 1 ? (more[0] ?? "") : t("reading.focus.many", { n: more.length })];
  ui.setState({ notice: null });
  reading.setState({ start: null, focus: { title: t("reading.focus.between", { one, other }), paths: between(report, [...(isFromStart ? start.paths : []), ...selection]) } });
}

/** A layer by its name, more by their number. */
function namesOf(paths: Iterable<string>): string {
  const [first = "", ...more] = paths;
  return more.length === 0 ? pathText(first) : t("reading.focus.many", { n: more.length + 1 });
}

/** Puts `["conv1", 0, 0]` into the clipboard, a line for each output of each call of what is selected, or of the one that is singled out. */
function copyTensors({ store, reading }: Room): void {
  const { call } = reading.getState();
  const { report, selection } = store.getState();
  const { calls } = factsOf(report);
  const lines = [...selection].flatMap((path) => (calls.get(path) ?? []).filter((node) => call === null || node.node_index === call.nodeIndex).flatMap((node) => node.outputs.map((_, tensor) => JSON.stringify([node.layer, node.node_index, tensor]))));
  void navigator.clipboard.writeText(lines.join("\n"));
}

/** Keeps what is seen with the model, under the next free name. */
function keepShown({ store, reading, view }: Room): void {
  const { document } = store.getState();
  if (!document || !view) return;
  const taken = keptViews(document);
  let n = taken.size + 1;
  while (taken.has(t("reading.show.bookmark.name", { n }))) n += 1;
  const shown = { camera: view.camera(), opened: [...reading.getState().opened] };
  store.edit(t("edit.bookmark"), (open) => keepView(open, t("reading.show.bookmark.name", { n }), shown));
}

/** Shows a kept view again. */
export function goToView({ reading, view }: Room, { camera, opened }: Bookmark): void {
  reading.setState({ opened: new Set(opened) });
  view?.moveTo(camera);
}

/** A link to the page with the selected layer's first tensor in view. */
function copyLink({ store, reading }: Room): void {
  const [path = ""] = store.getState().selection;
  void navigator.clipboard.writeText(new URL(linkTo({ path, nodeIndex: reading.getState().call?.nodeIndex ?? 0, tensorIndex: 0 }), location.href).href);
}

/** A small model is read layer by layer until somebody asks for groups, a large one the other way round. */
function toggleGroups({ store, reading }: Room): void {
  const layers = store.getState().report?.nodes.length ?? Infinity;
  reading.setState((state) => ({ isGrouped: !readsGrouped(state, layers) }));
}

/** Opens a tab of the left panel with the focus in its search; on a narrow window the panel floats. */
function showLeft(ui: UiStore, leftTab: LeftTab): void {
  ui.setState({ leftTab, floating: leftTab });
  onceDrawn("[data-search]", (field) => { field.focus(); });
}

/** Opens the menu of layers at a point of the window, else in the middle of the canvas. */
export function quickAddAt(ui: UiStore, at: readonly [x: number, y: number] | null, more: Partial<Pick<QuickAdd, "from" | "onto" | "instead" | "place">> = {}): void {
  const rect = document.querySelector('[data-testid="canvas"]')?.getBoundingClientRect();
  const [x, y] = at ?? [(rect?.left ?? 0) + (rect?.width ?? innerWidth) / 2 - 154, (rect?.top ?? 0) + 96];
  ui.setState({ quickAdd: { x, y, from: null, onto: null, instead: [], place: null, ...more } });
}

/** One layer, or of several the frame that they lie in. */
function renameSelection({ store, ui }: Room): void {
  if (store.getState().selection.size === 1) toField("[data-field=name]");
  else toFrameField(ui);
}

/** The field of the frame's name that the selection lies in; on a narrow window the inspector floats. */
export function toFrameField(ui: UiStore): void {
  showInspector(ui, "[data-field=frame]", (field) => {
    field.focus();
    if (field instanceof HTMLInputElement) field.select();
  });
}

function showInspector(ui: UiStore, selector: string, act: (field: HTMLElement) => void): void {
  ui.setState({ floating: "inspector" });
  onceDrawn(selector, act);
}

/** Closes the selected layers' frame to one box, or opens it. */
function foldFrame({ store, reading }: Room): void {
  const ids = foldedFrames(store.getState());
  const { opened } = reading.getState();
  reading.setOpen(ids, !ids.every((id) => opened.has(id)));
}

function replaceSelection({ store, ui }: Room): void {
  quickAddAt(ui, null, { instead: [...store.getState().selection] });
}

function addOnSpot({ ui, view }: Room): void {
  const { spot } = ui.getState();
  if (spot.kind === "wire") quickAddAt(ui, null, { from: spot.from, onto: spot.to });
  else if (spot.kind === "void" && spot.at) quickAddAt(ui, spot.at, { place: view?.worldAt(...spot.at) ?? null });
}

function cutSpot({ store, ui }: Room): void {
  const { spot } = ui.getState();
  if (spot.kind !== "wire") return;
  const { from, to } = spot;
  store.edit(t("edit.disconnect", { from: pathText(from.path), to: pathText(to.path) }), (open) => removeInput(open, to.path, to.nodeIndex, to.arg));
}

async function pasteFromClipboard(room: Room, wires: "keep" | "own"): Promise<void> {
  try {
    if (!paste(room, await navigator.clipboard.readText(), wires)) room.ui.notify(t("deed.nothing-copied"), t("deed.nothing-copied.hint"));
  } catch {
    room.ui.notify(t("deed.no-clipboard"), t("deed.no-clipboard.hint"));
  }
}

function toField(selector: string): void {
  onceDrawn(selector, (field) => {
    field.focus();
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.select();
  });
}

/**
 * Acts on an element of the page as it is after this deed. Mostly that is drawn before the next key comes, which must
 * find the focus where it belongs; what is drawn in a second go is there with the next frame.
 */
export function onceDrawn(selector: string, act: (found: HTMLElement) => void): void {
  const look = (otherwise: () => void): void => {
    const found = document.querySelector<HTMLElement>(selector);
    if (found) act(found);
    else otherwise();
  };
  queueMicrotask(() => { look(() => requestAnimationFrame(() => { look(() => undefined); })); });
}

function selectAll({ store }: Room): void {
  const keys = [...(store.getState().document?.records.keys() ?? [])];
  store.select(keys.filter((key) => key.startsWith("layer/") && !key.slice(6).includes("/")).map((key) => key.slice(6)));
}

/** The first fix of the selected layer's problem, else of the first that has one; while one is shown, the next of its problem. */
function previewFix({ store, ui }: Room): void {
  const { report, selection, preview } = store.getState();
  const mendable = (report?.diagnostics ?? []).filter((problem) => problem.fixes.length > 0);
  const problem = mendable.find((one) => one === preview?.problem) ?? mendable.find((one) => selection.has(pathOf(one) ?? "")) ?? mendable[0];
  const shown = problem?.fixes.findIndex((fix) => fix.id === preview?.fix.id) ?? -1;
  const fix = problem?.fixes[(shown + 1) % problem.fixes.length];
  if (!problem || !fix) return;
  ui.showTab("problems");
  void store.previewFix(problem, fix);
}

function walkProblems(room: Room, step: 1 | -1): void {
  const { report, selection } = room.store.getState();
  const places = [...new Set(problemGroups(report?.diagnostics ?? []).flatMap(({ problems }) => problems.map(pathOf)).filter((path) => path !== null))];
  const now = places.findIndex((path) => selection.has(path));
  const next = places[(now < 0 && step < 0 ? 0 : now + step + places.length) % places.length];
  room.ui.showTab("problems");
  if (next !== undefined) goTo(room, next, "centre");
}
