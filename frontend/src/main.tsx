import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import * as api from "./api";
import { App } from "./App";
import { Boundary } from "./frame/Boundary";
import { EditorContext, type Editor } from "./editor";
import { openAddress, openProject, openShared } from "./intake";
import { createKeeper } from "./keeping";
import { followLanguage } from "./language";
import { decoded } from "./link";
import { createLayoutClient } from "./layout/layoutClient";
import { createReadingStore } from "./reading";
import { createEditorStore } from "./store";
import { placeOfTab, projectInAddress, surroundings } from "./surroundings";
import "uplot/dist/uPlot.min.css";
import "./styles/parts.css";
import "./styles/frame.css";
import "./styles/canvas.css";
import "./styles/panels.css";
import "./styles/training.css";
import { followTheme } from "./theme";
import { placeInLink } from "./tensors";
import { createTrainingStore } from "./training/trainingStore";
import { BROWSER_MEMORY, createTourStore } from "./tour";
import { createUiStore } from "./ui";
import { t } from "./words/words";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");
// Its worker starts with the page: the first file must not wait for it.
const layouts = createLayoutClient();
const keeper = createKeeper(placeOfTab(), surroundings);
const editor: Editor = {
  store: createEditorStore({ sketch: layouts.sketch, save: keeper.save, load: keeper.load }),
  keeping: keeper.keeping,
  ui: createUiStore(),
  tour: createTourStore(BROWSER_MEMORY),
  reading: createReadingStore(),
  canTrain: root.dataset.canTrain === "true",
  layouts,
  view: { current: null },
  picker: { current: null },
};
const training = createTrainingStore();
keeper.follow(editor.store);
addEventListener("pagehide", () => {
  editor.store.keep();
  keeper.keeping.flush();
});
const follow = (): void => {
  const place = placeInLink(location.hash);
  if (place !== null) editor.reading.setState({ place });
};
follow();
addEventListener("hashchange", follow);
addEventListener("online", keeper.keeping.flush);
followTheme(editor.store);
followLanguage(editor.store);

/** Loads what the frame lists, and opens what the address asks for, else what this browser kept. */
async function begin({ store, ui, canTrain }: Editor): Promise<void> {
  api.catalog().then(
    ({ entries, objects }) => { ui.setState({ catalog: entries, objects }); },
    () => { ui.notify(t("app.catalog-missing"), t("app.catalog-missing.hint")); },
  );
  const listExamples = (): void => {
    api.examples().then(
      (examples) => { ui.setState({ examples }); },
      () => undefined,
    );
  };
  listExamples();
  // Their titles are said by the service.
  store.subscribe((state, before) => { if (state.language !== before.language) listExamples(); });
  if (canTrain) void training.load("nothing");
  const id = projectInAddress();
  if (id !== null) return openProject(editor, id);
  const address = new URLSearchParams(location.search).get("open");
  if (address !== null) {
    await openAddress(editor, address);
    // The address said what to start with. Loading the page again must bring back what became of it.
    history.replaceState(null, "", location.pathname);
  } else if (location.hash.startsWith("#view=")) {
    const shared = await decoded(location.hash).catch(() => null);
    history.replaceState(null, "", location.pathname);
    if (shared) await openShared(editor, shared);
    else ui.notify(t("reading.export.link.unread"));
  } else if (await store.restore()) ui.setState({ leftTab: "layers" });
}

function Page() {
  const [isStarting, setStarting] = useState(true);
  useEffect(() => {
    started ??= begin(editor);
    void started.finally(() => { setStarting(false); });
  }, []);
  return <App training={training} isStarting={isStarting} />;
}
let started: Promise<void> | null = null;

createRoot(root).render(
  <StrictMode>
    <EditorContext value={editor}>
      <Boundary>
        <Page />
      </Boundary>
    </EditorContext>
  </StrictMode>,
);
