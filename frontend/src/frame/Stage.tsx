import { useCallback } from "react";
import { Canvas } from "../canvas/Canvas";
import type { View } from "../commands";
import { useEditor, useModel, useUi } from "../editor";
import { bytesText, shortText } from "../format";
import { HEATS, HEAT_STEPS, mostOf, type Heat } from "../heat";
import { Icon } from "../icons";
import { FixPreview } from "./FixPreview";
import { sentence } from "../panels/ProblemBlock";

/** The canvas and what floats on it. */
export function Stage({ isOver }: { readonly isOver: boolean }) {
  const { store, ui, layouts, view } = useEditor();
  const status = useModel((state) => state.status);
  const name = useModel((state) => state.report?.name ?? "Model");
  const isDrawn = useModel((state) => (state.sketch?.names ?? state.report?.nodes ?? []).length > 0);
  const isEmptyModel = useModel((state) => state.document !== null && state.report !== null && state.report.nodes.length === 0);
  const onView = useCallback((next: View | null) => { view.current = next; }, [view]);
  const onZoom = useCallback((scale: number) => { ui.setState({ zoom: Math.round(scale * 100) }); }, [ui]);
  return (
    <div className="stage">
      <h1 className="vh">{name}</h1>
      <Canvas store={store} layouts={layouts} onView={onView} onZoom={onZoom} />
      {isDrawn && <Zoom />}
      {isDrawn && <Colouring />}
      <FixPreview />
      {!isDrawn && <Instead isEmptyModel={isEmptyModel} isOpening={status === "opening" || status === "checking"} />}
      {isOver && <div className="dropover">Drop to open</div>}
    </div>
  );
}

/** What stands where no graph can be drawn. */
function Instead({ isEmptyModel, isOpening }: { readonly isEmptyModel: boolean; readonly isOpening: boolean }) {
  const { ui, picker } = useEditor();
  const problem = useModel((state) => state.report?.diagnostics[0]);
  const message = useModel((state) => state.message);
  if (isOpening) return <div className="instead" role="status"><p>Opening the model</p></div>;
  if (isEmptyModel) {
    return (
      <div className="instead">
        <h2>An empty model</h2>
        <p>Add an InputLayer first, then the layers that follow it. Each goes after the selected one.</p>
        <button type="button" className="btn primary" onClick={() => { ui.setState({ leftTab: "add", floating: "add" }); }}><Icon name="plus" small />Add a layer</button>
      </div>
    );
  }
  return (
    <div className="instead" role="alert">
      <h2>Nothing to draw</h2>
      <p>{problem?.message ?? message ?? "The service gave no answer about this model."}</p>
      {problem?.line != null && <p className="mono muted">line {problem.line}, column {problem.column}</p>}
      {problem?.hint != null && <p className="muted">{sentence(problem.hint)}</p>}
      <button type="button" className="btn" onClick={() => { picker.current?.click(); }}><Icon name="upload" small />Open another file</button>
    </div>
  );
}

function Zoom() {
  const { view } = useEditor();
  const zoom = useUi((state) => state.zoom);
  return (
    <div className="zoom float" role="group" aria-label="Zoom">
      <button type="button" className="btn ghost icon sm" aria-label="Zoom out" title="Zoom out  −" onClick={() => view.current?.zoomBy(0.8)}><Icon name="minus" small /></button>
      <button type="button" className="pct num" title="Zoom to 100 %  Shift 2" aria-label={`Zoom ${zoom} %, set to 100 %`} onClick={() => view.current?.zoomTo(1)}>{zoom}%</button>
      <button type="button" className="btn ghost icon sm" aria-label="Zoom in" title="Zoom in  +" onClick={() => view.current?.zoomBy(1.25)}><Icon name="plus" small /></button>
      <span className="vr" />
      <button type="button" className="btn ghost icon sm" aria-label="Fit all" title="Fit all  Shift 1" onClick={() => view.current?.fit("all")}><Icon name="maximize" small /></button>
      <button type="button" className="btn ghost icon sm" aria-label="Show or hide the minimap" title="Minimap  M" onClick={() => view.current?.toggleMap()}><Icon name="map" small /></button>
    </div>
  );
}

/** What the boxes are coloured by, and what the colours say. */
function Colouring() {
  const { store } = useEditor();
  const heat = useModel((state) => state.heat);
  const report = useModel((state) => state.report);
  if (!report) return null;
  const most = heat && mostOf(report, heat);
  return (
    <div className="colouring float">
      <select className="field" aria-label="Colour layers by" title="Colour layers by" value={heat ?? ""} onChange={(event) => { store.setHeat(HEAT_NAMES.find((name) => name === event.target.value) ?? null); }}>
        <option value="">Kind</option>
        {HEAT_NAMES.map((name) => <option key={name} value={name}>{HEATS[name]}</option>)}
      </select>
      {heat && most !== null && (
        <span className="legend num" role="img" aria-label={`Colours from 0 to ${amountText(most, heat)}, each step twice the one before`}>
          <span>0</span>
          {HEAT_STEPS.map((step) => <i key={step} style={{ background: `var(--heat-${step})` }} />)}
          <span>{amountText(most, heat)}</span>
        </span>
      )}
    </div>
  );
}

const HEAT_NAMES = Object.keys(HEATS) as Heat[];

function amountText(amount: number, heat: Heat): string {
  return heat === "activation_bytes" ? bytesText(amount) : shortText(amount);
}
