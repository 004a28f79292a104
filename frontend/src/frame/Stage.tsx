import { useCallback, type MouseEvent } from "react";
import type { CatalogEntry } from "../api";
import { Canvas } from "../canvas/Canvas";
import { isSource, takesList } from "../catalog";
import { quickAddAt, titleOf, type View, toFrameField } from "../commands";
import { useEditor, useModel, useUi, type Editor } from "../editor";
import { bytesText } from "../format";
import { Icon } from "../icons";
import { cancelOpening } from "../intake";
import type { Source } from "../intents/wires";
import { addByMenu, DRAGGED, entryAt } from "../newLayer";
import { CanvasMenu } from "./CanvasMenu";
import { Colouring, Legend } from "./Colouring";
import { Comparison } from "./Comparison";
import { Crumbs } from "./Crumbs";
import { FindBar, FocusBar } from "./FindBar";
import { FixPreview } from "./FixPreview";
import { ShowMenu } from "./ShowMenu";
import { sentence } from "../panels/ProblemBlock";
import { t } from "../words/words";

/** The canvas and what floats on it. */
export function Stage({ isOver }: { readonly isOver: boolean }) {
  const editor = useEditor();
  const { store, ui, reading, layouts, view } = editor;
  const name = useModel((state) => state.report?.name ?? t("top.model"));
  const isDrawn = useModel((state) => (state.sketch?.names ?? state.report?.nodes ?? []).length > 0);
  const isEmptyModel = useModel((state) => state.document !== null && state.report !== null && state.report.nodes.length === 0);
  const onView = useCallback((next: View | null) => { view.current = next; }, [view]);
  const onZoom = useCallback((scale: number) => { ui.setState({ zoom: Math.round(scale * 100) }); }, [ui]);
  const onVoid = useCallback((from: Source, x: number, y: number) => { quickAddAt(ui, [x, y], { from, place: view.current?.worldAt(x, y) ?? null }); }, [ui, view]);
  const onTitle = useCallback(() => { toFrameField(ui); }, [ui]);
  const takesMany = useCallback((path: string) => {
    const { document } = store.getState();
    return document !== null && takesList(entryAt(document, ui.getState().catalog, path));
  }, [store, ui]);
  return (
    <div
      className="stage"
      onDoubleClick={(event) => {
        const at = [event.clientX, event.clientY] as const;
        if (!event.defaultPrevented && isOnCanvas(event) && view.current?.spotAt(...at).kind === "void") quickAddAt(ui, at, { place: view.current.worldAt(...at) });
      }}
      onDragOver={(event) => { if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault(); }}
      onDrop={(event) => {
        const op = event.dataTransfer.getData(DRAGGED);
        const entry = ui.getState().catalog?.find((one) => one.op === op);
        if (!entry) return;
        event.preventDefault();
        dropLayer(editor, entry, event.clientX, event.clientY);
      }}
    >
      <h1 className="vh">{name}</h1>
      <CanvasMenu>
        <Canvas store={store} reading={reading} layouts={layouts} takesList={takesMany} onView={onView} onZoom={onZoom} onVoid={onVoid} onTitle={onTitle} />
      </CanvasMenu>
      {isDrawn && <Zoom />}
      {isDrawn && <Legend />}
      {isDrawn && <div className="over"><Crumbs /><FocusBar /><FindBar /><div className="reads" data-covers="head"><ShowMenu /><Colouring /></div></div>}
      <FixPreview />
      <Comparison />
      {!isDrawn && <Instead isEmptyModel={isEmptyModel} />}
      {isOver && <div className="dropover">{t("stage.drop")}</div>}
    </div>
  );
}

/** A layer from the palette: on a wire it goes in there, on a layer it takes that one's output, elsewhere it stands there and follows what is selected. */
function dropLayer(editor: Editor, entry: CatalogEntry, x: number, y: number): void {
  const view = editor.view.current;
  const spot = view?.spotAt(x, y) ?? { kind: "void", at: null };
  const from = spot.kind === "wire" ? spot.from : spot.kind === "void" || spot.kind === "frame" ? null : { path: spot.path, nodeIndex: spot.nodeIndex, tensorIndex: 0 };
  const isWired = from !== null || editor.store.getState().selection.size > 0 || isSource(entry);
  void addByMenu(editor, entry, { from, onto: spot.kind === "wire" ? spot.to : null, place: spot.kind === "void" ? (view?.worldAt(x, y) ?? null) : null }, isWired);
}

function isOnCanvas({ target }: MouseEvent): boolean {
  return target instanceof HTMLElement && (target.matches('canvas, [data-testid="canvas"]') || target.closest(".near, .instead") !== null);
}

/** What stands where no graph can be drawn. */
function Instead({ isEmptyModel }: { readonly isEmptyModel: boolean }) {
  const { ui, picker } = useEditor();
  const status = useModel((state) => state.status);
  const problem = useModel((state) => state.report?.diagnostics[0]);
  const message = useModel((state) => state.message);
  if (status === "opening") return <Opening />;
  if (status === "checking") return <div className="instead" role="status"><p>{t("stage.opening")}</p></div>;
  if (isEmptyModel) {
    return (
      <div className="instead">
        <h2>{t("stage.empty")}</h2>
        <p>{t("stage.empty.how")}</p>
        <button type="button" className="btn primary" onClick={() => { quickAddAt(ui, null); }}><Icon name="plus" small />{t("command.add")}<kbd>A</kbd></button>
      </div>
    );
  }
  return (
    <div className="instead" role="alert">
      <h2>{t("stage.nothing")}</h2>
      <p>{problem?.message ?? message ?? t("stage.no-answer")}</p>
      {problem?.line != null && <p className="mono muted">{t("stage.line", { line: problem.line, column: problem.column ?? 1 })}</p>}
      {problem?.hint != null && <p className="muted">{sentence(problem.hint)}</p>}
      <button type="button" className="btn" onClick={() => { picker.current?.click(); }}><Icon name="upload" small />{t("stage.another")}</button>
    </div>
  );
}

/** The first file of a page, before any of it can be drawn. */
function Opening() {
  const editor = useEditor();
  const sent = useModel((state) => state.sent);
  return (
    <div className="instead">
      <p role="status">{t("stage.opening")}</p>
      {sent && <progress max={sent.of} value={sent.bytes} aria-label={t("stage.sending")} />}
      {sent && <p className="muted num">{t("stage.sent", { sent: bytesText(sent.bytes), of: bytesText(sent.of) })}</p>}
      <button type="button" className="btn" onClick={() => { cancelOpening(editor); }}><Icon name="x" small />{t("top.cancel-opening")}<kbd>Esc</kbd></button>
    </div>
  );
}

function Zoom() {
  const { view } = useEditor();
  const zoom = useUi((state) => state.zoom);
  return (
    <div className="zoom float" data-covers="foot" role="group" aria-label={t("zoom.group")}>
      <button type="button" className="btn ghost icon sm" aria-label={t("command.zoom-out")} title={titleOf("zoom-out")} onClick={() => view.current?.zoomBy(0.8)}><Icon name="minus" small /></button>
      <button type="button" className="pct num" title={titleOf("zoom-100")} aria-label={t("zoom.now", { percent: zoom })} onClick={() => view.current?.zoomTo(1)}>{zoom}%</button>
      <button type="button" className="btn ghost icon sm" aria-label={t("command.zoom-in")} title={titleOf("zoom-in")} onClick={() => view.current?.zoomBy(1.25)}><Icon name="plus" small /></button>
      <span className="vr" />
      <button type="button" className="btn ghost icon sm" aria-label={t("command.fit-all")} title={titleOf("fit-all")} onClick={() => view.current?.fit("all")}><Icon name="maximize" small /></button>
      <button type="button" className="btn ghost icon sm" aria-label={t("command.minimap")} title={titleOf("minimap")} onClick={() => view.current?.toggleMap()}><Icon name="map" small /></button>
    </div>
  );
}
