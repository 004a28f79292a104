import { pathOf } from "./outline";
import { deleteLayers } from "./intents";
import type { EditorStore, State } from "./store";
import type { LeftTab, UiStore } from "./ui";

/** What the canvas can do for a command. */
export interface View {
  fit(what: "all" | "selection"): void;
  zoomTo(scale: number): void;
  zoomBy(factor: number): void;
  /** Shows or hides the minimap, which shows itself where a graph is large. */
  toggleMap(): void;
  /** Brings a layer into the window: only where it is outside, or into the middle at a size that can be read. */
  reveal(path: string, how: "gently" | "centre"): void;
}
export interface Room {
  readonly store: EditorStore;
  readonly ui: UiStore;
  /** Null while no canvas is shown. */
  readonly view: View | null;
}
/** A deed with a name: in the palette, in the shortcut sheet, on a key. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** As `KeyboardEvent` names them, `Mod` for Ctrl or Command: `Mod+Shift+z`. */
  readonly keys: readonly string[];
  readonly enabled: (state: State) => boolean;
  readonly run: (room: Room) => void;
}

const always = (): boolean => true;
const isOpen = (state: State): boolean => state.document !== null;
const hasSelection = (state: State): boolean => state.selection.size > 0;
const hasProblems = (state: State): boolean => (state.report?.diagnostics.length ?? 0) > 0;

const hasFix = (state: State): boolean => state.report?.diagnostics.some((problem) => problem.fixes.length > 0) ?? false;

export const COMMANDS: readonly Command[] = [
  { id: "undo", title: "Undo", keys: ["Mod+z"], enabled: (state) => state.history.done.length > 0, run: ({ store }) => { store.undo(); } },
  { id: "redo", title: "Redo", keys: ["Mod+Shift+z", "Mod+y"], enabled: (state) => state.history.undone.length > 0, run: ({ store }) => { store.redo(); } },
  { id: "delete-keep-wire", title: "Delete, keep the wire", keys: ["Delete", "Backspace"], enabled: hasSelection, run: (room) => { deleteSelection(room, "keep"); } },
  { id: "delete-with-wires", title: "Delete with wires", keys: ["Shift+Delete"], enabled: hasSelection, run: (room) => { deleteSelection(room, "cut"); } },
  { id: "select-all", title: "Select all", keys: ["Mod+a"], enabled: isOpen, run: selectAll },
  { id: "fit-all", title: "Fit all", keys: ["Shift+1"], enabled: isOpen, run: ({ view }) => view?.fit("all") },
  { id: "zoom-100", title: "Zoom to 100 %", keys: ["Shift+2"], enabled: isOpen, run: ({ view }) => view?.zoomTo(1) },
  { id: "fit-selection", title: "Fit selection", keys: ["."], enabled: hasSelection, run: ({ view }) => view?.fit("selection") },
  { id: "zoom-in", title: "Zoom in", keys: ["+", "="], enabled: isOpen, run: ({ view }) => view?.zoomBy(1.25) },
  { id: "zoom-out", title: "Zoom out", keys: ["-"], enabled: isOpen, run: ({ view }) => view?.zoomBy(0.8) },
  { id: "minimap", title: "Show or hide the minimap", keys: ["m"], enabled: isOpen, run: ({ view }) => view?.toggleMap() },
  { id: "next-problem", title: "Next problem", keys: ["F8"], enabled: hasProblems, run: (room) => { walkProblems(room, 1); } },
  { id: "previous-problem", title: "Previous problem", keys: ["Shift+F8"], enabled: hasProblems, run: (room) => { walkProblems(room, -1); } },
  { id: "preview-fix", title: "Preview a fix", keys: ["Mod+."], enabled: hasFix, run: previewFix },
  { id: "bottom-panel", title: "Open or close the bottom panel", keys: ["Mod+`"], enabled: always, run: ({ ui }) => { ui.setState(({ isBottomOpen }) => ({ isBottomOpen: !isBottomOpen })); } },
  { id: "train", title: "Train", keys: ["Mod+Enter"], enabled: isOpen, run: ({ ui }) => { ui.showTab("training"); } },
  { id: "add", title: "Add a layer", keys: ["a"], enabled: always, run: ({ ui }) => { showLeft(ui, "add"); } },
  { id: "search", title: "Search in the left panel", keys: ["/"], enabled: always, run: ({ ui }) => { showLeft(ui, ui.getState().leftTab); } },
  { id: "keys", title: "All keys", keys: ["?", "Shift+?"], enabled: always, run: ({ ui }) => { ui.setState({ dialog: "keys" }); } },
];

/** The command of a key press, where it is enabled. */
export function commandOf(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">, state: State): Command | null {
  // A digit's `key` with Shift depends on the keyboard; its `code` does not.
  const key = /^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const parts = [event.ctrlKey || event.metaKey ? "Mod" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : "", key];
  const pressed = parts.filter((part) => part !== "").join("+");
  return COMMANDS.find((command) => command.keys.includes(pressed) && command.enabled(state)) ?? null;
}

/** Selects a layer and shows it: what a click on its name does, wherever the name stands. */
export function goTo({ store, view }: Room, path: string, how: "gently" | "centre" = "gently"): void {
  if (!store.getState().document?.records.has(`layer/${path}`)) return;
  store.select([path]);
  view?.reveal(path, how);
}

/** Opens a tab of the left panel with the focus in its search; on a narrow window the panel floats. */
function showLeft(ui: UiStore, leftTab: LeftTab): void {
  ui.setState({ leftTab, floating: leftTab });
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>("[data-search]")?.focus());
}

function deleteSelection({ store }: Room, wire: "keep" | "cut"): void {
  const paths = [...store.getState().selection];
  const title = paths.length === 1 ? `Delete ${paths[0] ?? ""}` : `Delete ${paths.length} layers`;
  store.edit(title, (document) => deleteLayers(document, paths, wire));
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
  const places = [...new Set((report?.diagnostics ?? []).map(pathOf).filter((path) => path !== null))];
  const now = places.findIndex((path) => selection.has(path));
  const next = places[(now < 0 && step < 0 ? 0 : now + step + places.length) % places.length];
  room.ui.showTab("problems");
  if (next !== undefined) goTo(room, next, "centre");
}
