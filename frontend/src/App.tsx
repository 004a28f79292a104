import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { pressed } from "./commands";
import { roomOf, useEditor, useModel, useUi } from "./editor";
import { BottomPanel } from "./frame/BottomPanel";
import { Dialogs } from "./frame/Dialogs";
import { LeftPanel } from "./frame/LeftPanel";
import { Rail } from "./frame/Rail";
import { Stage } from "./frame/Stage";
import { TopBar } from "./frame/TopBar";
import { Tour } from "./frame/Tour";
import { Welcome } from "./frame/Welcome";
import { Inspector } from "./inspector/Inspector";
import { cancelOpening, isTyping, listenForModels, openModel } from "./intake";
import type { TrainingStore } from "./training/trainingStore";
import { t } from "./words/words";

type Width = "phone" | "narrow" | "wide";

/** The frame: bar above, panels left and right, canvas in the middle, problems below. Narrow windows float the panels. */
export function App({ training, isStarting }: { readonly training: TrainingStore; readonly isStarting: boolean }) {
  const editor = useEditor();
  const { store, ui, picker } = editor;
  const width = useWidth();
  const [isOver, setOver] = useState(false);
  const hasDocument = useModel((state) => state.document !== null || state.status === "opening");
  const isAnythingOpen = useModel((state) => state.document !== null || state.report !== null || state.sketch !== null || state.status === "opening");
  const hasSelection = useModel((state) => state.selection.size > 0);
  const floating = useUi((state) => state.floating);
  // Whoever asks for words asks again when the page speaks another language: all that stands below is drawn again.
  useModel((state) => state.language);

  const begun = useRef("");

  useEffect(() => listenForModels(editor, setOver), [editor]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (event.key === "Escape") {
        if (store.getState().status === "opening") cancelOpening(editor);
        else if (store.getState().preview) store.discardPreview();
        else if (editor.reading.getState().comparison) editor.reading.setState({ comparison: null });
        else if (ui.getState().notice) ui.setState({ notice: null });
        else if (width !== "wide" && ui.getState().floating) ui.setState({ floating: null });
        else if (!isTyping(event.target)) store.select([]);
        return;
      }
      const before = begun.current;
      begun.current = "";
      const found = isForField(event) || isOfButton(event) ? null : pressed(event, store.getState(), before);
      if (!found) return;
      if ("begun" in found) {
        begun.current = found.begun;
        event.preventDefault();
        return;
      }
      // The browser's own copying gives us the clipboard, which a command of ours would have to ask for.
      if (["copy", "cut", "paste"].includes(found.command.id)) return;
      event.preventDefault();
      found.command.run(roomOf(editor));
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
    };
  }, [editor, store, ui, width]);
  // On a narrow window the inspector comes with a selection and goes with it.
  useEffect(() => {
    if (width === "narrow") ui.setState(({ floating: now }) => ({ floating: hasSelection ? "inspector" : now === "inspector" ? null : now }));
  }, [width, hasSelection, ui]);

  // It came over the canvas: what is selected is to be seen beside it. A phone's sheet leaves no room beside it.
  useEffect(() => {
    if (width !== "narrow" || floating !== "inspector") return;
    editor.view.current?.uncover();
    return store.subscribe((state, before) => { if (state.selection !== before.selection) editor.view.current?.uncover(); });
  }, [width, floating, editor, store]);

  const isWide = width === "wide";
  const closeFloating = (): void => {
    ui.setState({ floating: null });
  };
  return (
    <div className={`app is-${width}${isAnythingOpen ? "" : " is-first"}${hasDocument ? "" : " is-bare"}`}>
      <TopBar training={training} />
      {isWide ? <LeftPanel /> : <Rail isPhone={width === "phone"} />}
      <main className="mid">
        {/* The first of the page, which tools give files to. */}
        <input
          ref={picker}
          type="file"
          className="vh"
          tabIndex={-1}
          aria-label={t("app.open-file")}
          accept=".json,.keras,.h5,.hdf5,.pb,.zip,application/json"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (file) void openModel(editor, file);
            // The same file again must open again.
            event.target.value = "";
          }}
        />
        <div className="top">
          {isAnythingOpen ? <Stage isOver={isOver} /> : isStarting ? <div className="stage" /> : <Welcome isOver={isOver} />}
          {!isWide && (floating === "add" || floating === "layers") && <div className="floating l" data-covers={width === "narrow" ? "left" : undefined}><LeftPanel onClose={closeFloating} /></div>}
          {!isWide && floating === "inspector" && hasDocument && (
            <aside className="floating r" data-covers={width === "narrow" ? "right" : undefined} aria-label={t("app.inspector")}><Inspector onClose={closeFloating} /></aside>
          )}
          <Tour />
        </div>
        {isAnythingOpen && <BottomPanel training={training} />}
      </main>
      {isWide && hasDocument && <aside className="side r" aria-label={t("app.inspector")}><Inspector /></aside>}
      <Dialogs />
    </div>
  );
}

/** In a field the field's own keys count: undoing and deleting letters. Where nothing was typed, undo is the page's again. */
function isForField({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!isTyping(target) || /^F\d+$/.test(key)) return false;
  const isHeld = ctrlKey || metaKey;
  if (isHeld && (key === "Enter" || target instanceof HTMLSelectElement)) return false;
  const isClean = target instanceof HTMLElement && target.dataset.clean !== undefined;
  return !(isHeld && isClean && ["z", "Z", "y"].includes(key));
}

/** Enter and the space bar press what has the focus. */
function isOfButton({ target, key }: KeyboardEvent): boolean {
  return (key === "Enter" || key === " ") && target instanceof HTMLElement && target.matches("button, a, summary, [role=treeitem], [role=tree], [role=menuitem], [role=option]");
}

const PHONE = matchMedia("(max-width: 640px)");
const NARROW = matchMedia("(max-width: 1000px)");

function useWidth(): Width {
  return useSyncExternalStore(
    (changed) => {
      PHONE.addEventListener("change", changed);
      NARROW.addEventListener("change", changed);
      return () => {
        PHONE.removeEventListener("change", changed);
        NARROW.removeEventListener("change", changed);
      };
    },
    () => (PHONE.matches ? "phone" : NARROW.matches ? "narrow" : "wide"),
  );
}
