import { deleteLayers } from "./intents";
import type { EditorStore, State } from "./store";

/** What the canvas can do for a command. */
export interface View {
  fit(what: "all" | "selection"): void;
  zoomTo(scale: number): void;
}
export interface Room {
  readonly store: EditorStore;
  readonly view: View;
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

const isOpen = (state: State): boolean => state.document !== null;
const hasSelection = (state: State): boolean => state.selection.size > 0;

export const COMMANDS: readonly Command[] = [
  { id: "undo", title: "Undo", keys: ["Mod+z"], enabled: (state) => state.history.done.length > 0, run: ({ store }) => { store.undo(); } },
  { id: "redo", title: "Redo", keys: ["Mod+Shift+z", "Mod+y"], enabled: (state) => state.history.undone.length > 0, run: ({ store }) => { store.redo(); } },
  { id: "delete-keep-wire", title: "Delete, keep the wire", keys: ["Delete", "Backspace"], enabled: hasSelection, run: (room) => { deleteSelection(room, "keep"); } },
  { id: "delete-with-wires", title: "Delete with wires", keys: ["Shift+Delete"], enabled: hasSelection, run: (room) => { deleteSelection(room, "cut"); } },
  { id: "fit-all", title: "Fit all", keys: ["Shift+1"], enabled: isOpen, run: ({ view }) => { view.fit("all"); } },
  { id: "zoom-100", title: "Zoom to 100 %", keys: ["Shift+2"], enabled: isOpen, run: ({ view }) => { view.zoomTo(1); } },
  { id: "fit-selection", title: "Fit selection", keys: ["."], enabled: hasSelection, run: ({ view }) => { view.fit("selection"); } },
];

/** The command of a key press, where it is enabled. */
export function commandOf(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">, state: State): Command | null {
  // A digit's `key` with Shift depends on the keyboard; its `code` does not.
  const key = /^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const parts = [event.ctrlKey || event.metaKey ? "Mod" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : "", key];
  const pressed = parts.filter((part) => part !== "").join("+");
  return COMMANDS.find((command) => command.keys.includes(pressed) && command.enabled(state)) ?? null;
}

function deleteSelection({ store }: Room, wire: "keep" | "cut"): void {
  const paths = [...store.getState().selection];
  const title = paths.length === 1 ? `Delete ${paths[0] ?? ""}` : `Delete ${paths.length} layers`;
  store.edit(title, (document) => deleteLayers(document, paths, wire));
}
