import { useEffect, useRef } from "react";
import { useStore } from "zustand";
import { COMMANDS, hasFix, onceDrawn } from "../commands";
import { roomOf, useEditor, useUi, type Editor } from "../editor";
import { Icon } from "../icons";
import { exampleAddress, openAddress } from "../intake";
import { seenOf, TOUR, type Seen, type TourStep } from "../tour";
import { rich } from "../words/Rich";
import { t, type PlainKey } from "../words/words";

/** The example with mistakes in it, each with a way out. */
const EXAMPLE = "broken";
const KEYS: Readonly<Record<TourStep, readonly string[]>> = { open: [], problems: ["F8"], fix: ["Ctrl .", "Enter"], edit: ["Ctrl Z"], train: ["Ctrl Enter"], end: ["Ctrl K", "?"] };

const seenBy = ({ store, ui }: Editor): Seen => seenOf(store.getState(), ui.getState());

/** A card beside what it speaks of: says the next deed, and does it for whoever wants to watch. Esc leaves the tour. */
export function Tour() {
  const editor = useEditor();
  const { tour, store, ui } = editor;
  const step = useStore(tour, (state) => state.step);
  const isListed = useUi((state) => state.isBottomOpen && state.bottomTab === "problems");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const look = (): void => {
      tour.see(seenBy(editor));
    };
    const stop = [store.subscribe(look), ui.subscribe(look)];
    return () => {
      stop.forEach((end) => { end(); });
    };
  }, [editor, tour, store, ui]);
  // The first card takes the focus; later ones are read out where they change, and leave the hands where they are.
  const isUnderWay = step !== null;
  useEffect(() => {
    if (isUnderWay) heading.current?.focus();
  }, [isUnderWay]);
  // What the step speaks of has a ring: `frame.css` knows where each is.
  useEffect(() => {
    const root = document.documentElement;
    if (step === null) delete root.dataset.tour;
    else root.dataset.tour = step;
  }, [step]);
  if (step === null) return null;
  const number = TOUR.indexOf(step) + 1;
  const isLast = step === "end";
  const isToRead = step === "problems" && isListed;
  const goOn = (): void => {
    if (step === "end") tour.leave();
    else if (isToRead) tour.next(seenBy(editor));
    else act(editor, step);
  };
  return (
    <section
      className="tour float"
      aria-label={t("tour.title")}
      data-step={step}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        tour.leave();
      }}
    >
      <div aria-live="polite">
        {!isLast && <p className="kind num">{t("tour.step", { step: number, steps: TOUR.length - 1 })}</p>}
        <h2 ref={heading} tabIndex={-1}>{t(`tour.${step}`)}</h2>
        <p>{t(`tour.${step}.how`)}</p>
        {KEYS[step].length > 0 && <p className="muted">{rich("tour.keys", { keys: <>{KEYS[step].map((key) => <kbd key={key}>{key}</kbd>)}</> })}</p>}
      </div>
      <div className="acts">
        {/* One button for the way on, so that the keyboard stays on it from the first step to the last. */}
        <button type="button" className="btn primary" onClick={goOn}>{isLast ? t("tour.close") : isToRead ? t("tour.next") : t(DEEDS[step])}</button>
        {!isLast && !isToRead && step !== "open" && <button type="button" className="btn" onClick={() => { tour.next(seenBy(editor)); }}>{t("tour.next")}</button>}
        {!isLast && <button type="button" className="btn ghost" onClick={() => { tour.leave(); }}>{t("tour.leave")}</button>}
      </div>
    </section>
  );
}

/** Begins the tour; on the first visit, and whenever it is asked for. */
export function TourButton() {
  const editor = useEditor();
  const isKnown = useStore(editor.tour, (state) => state.isKnown);
  return (
    <button type="button" className="btn" onClick={() => { editor.tour.begin(seenBy(editor)); }}>
      <Icon name="map" small />{t(isKnown ? "tour.again" : "tour.begin")}
    </button>
  );
}

const DEEDS: Readonly<Record<Exclude<TourStep, "end">, PlainKey>> = { open: "tour.open.do", problems: "tour.problems.do", fix: "tour.fix.do", edit: "tour.edit.do", train: "tour.train.do" };

/** Does what the step says, as a hand would. */
function act(editor: Editor, step: Exclude<TourStep, "end">): void {
  const { store, ui } = editor;
  const run = (id: string): void => {
    COMMANDS.find((command) => command.id === id)?.run(roomOf(editor));
  };
  switch (step) {
    case "open":
      void openAddress(editor, exampleAddress(EXAMPLE));
      return;
    case "problems":
      ui.showTab("problems");
      return;
    case "fix":
      if (store.getState().preview) store.applyPreview();
      else onceOffered(editor, () => { run("preview-fix"); });
      return;
    case "edit": {
      const dense = store.getState().report?.nodes.find((node) => node.class_name === "Dense") ?? store.getState().report?.nodes.at(-1);
      if (!dense) return;
      store.select([dense.layer]);
      editor.view.current?.reveal(dense.layer, "centre");
      onceDrawn(".prm input", (field) => { field.focus(); });
      return;
    }
    case "train":
      run("train");
  }
}

/** Does it when a fix is offered, which takes longer than to find what is wrong, unless the tour has gone on by then. */
function onceOffered({ store, tour }: Editor, act: () => void): void {
  if (hasFix(store.getState())) {
    act();
    return;
  }
  const stop = store.subscribe((state) => {
    const isGone = tour.getState().step !== "fix" || state.preview !== null;
    if (!isGone && !hasFix(state)) return;
    stop();
    if (!isGone) act();
  });
}
