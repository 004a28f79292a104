import type { ReactNode } from "react";
import { goTo } from "../commands";
import { roomOf, useEditor, useModel, useUi } from "../editor";
import { countText, pathText, plural, shapeText } from "../format";
import { Icon } from "../icons";
import { deleteLayers } from "../intents";
import { LayerInspector } from "./LayerInspector";
import { escapeName } from "../document";

/** The right panel: the selected layer, or the model where nothing is selected. */
export function Inspector({ onClose }: { readonly onClose?: () => void }) {
  const selection = useModel((state) => state.selection);
  const hasDocument = useModel((state) => state.document !== null);
  const [path] = selection;
  const close = onClose && (
    <button type="button" className="btn ghost icon" aria-label="Close the inspector" onClick={onClose}>
      <Icon name="x" />
    </button>
  );
  if (!hasDocument) return null;
  if (path === undefined) return <ModelInspector close={close} />;
  if (selection.size > 1) return <SelectionInspector paths={[...selection]} close={close} />;
  return <LayerInspector key={path} path={path} close={close} />;
}

function ModelInspector({ close }: { readonly close: ReactNode }) {
  const editor = useEditor();
  const report = useModel((state) => state.report);
  const isCatalogHere = useUi((state) => state.catalog !== null);
  if (!report) return <div className="insp" aria-busy="true" />;
  const end = (names: readonly string[], refs: typeof report.inputs) =>
    refs.map(([layer, nodeIndex, tensorIndex], i) => {
      const spec = report.nodes.find((node) => node.layer === layer && node.node_index === nodeIndex)?.outputs[tensorIndex];
      return (
        <div className="fact" key={`${layer} ${nodeIndex} ${tensorIndex} ${i}`}>
          <button type="button" className="link cut" onClick={() => { goTo(roomOf(editor), escapeName(layer)); }}>{names[i] ?? layer}</button>
          <span className={spec?.shape ? "mono end" : "faint end"}>{shapeText(spec?.shape ?? null)}</span>
          <span className="faint">{spec?.dtype ?? ""}</span>
        </div>
      );
    });
  return (
    <div className="insp">
      <header className="insp-h">
        <div className="grow">
          <h2 className="nm cut">{report.name ?? "Model"}</h2>
          <p className="ty">{dialectText(report.dialect, report.keras_version)}</p>
        </div>
        {close}
      </header>
      <section className="sec" aria-label="Inputs">
        <h3>Inputs<span className="end">{report.inputs.length}</span></h3>
        {end(report.input_names, report.inputs)}
        {report.inputs.length === 0 && <p className="hintline">No inputs. Add an InputLayer from the left panel.</p>}
      </section>
      <section className="sec" aria-label="Outputs">
        <h3>Outputs<span className="end">{report.outputs.length}</span></h3>
        {end(report.output_names, report.outputs)}
        {report.outputs.length === 0 && <p className="hintline">No outputs. Select a layer and make it an output.</p>}
      </section>
      <section className="sec" aria-label="Parameters">
        <h3>Parameters</h3>
        <dl className="facts">
          <dt>trainable</dt><dd>{countText(report.params.trainable)}</dd>
          <dt>non-trainable</dt><dd>{countText(report.params.non_trainable)}</dd>
          <dt>total</dt><dd><b>{report.params.total === null ? `≥ ${countText(report.params.known)}` : countText(report.params.total)}</b></dd>
        </dl>
      </section>
      <p className="hintline">{isCatalogHere ? "Select a layer to see and change its arguments." : ""}</p>
    </div>
  );
}

function SelectionInspector({ paths, close }: { readonly paths: readonly string[]; readonly close: ReactNode }) {
  const editor = useEditor();
  const remove = (wire: "keep" | "cut"): void => {
    editor.store.edit(`Delete ${plural(paths.length, "layer")}`, (document) => deleteLayers(document, paths, wire));
  };
  return (
    <div className="insp">
      <header className="insp-h">
        <div className="grow"><h2 className="nm">{plural(paths.length, "layer")}</h2><p className="ty">selected</p></div>
        {close}
      </header>
      <section className="sec" aria-label="Selected layers">
        {paths.slice(0, 20).map((path) => (
          <div className="fact" key={path}>
            <button type="button" className="link cut" onClick={() => { goTo(roomOf(editor), path); }}>{pathText(path)}</button>
          </div>
        ))}
        {paths.length > 20 && <p className="hintline">{paths.length - 20} more</p>}
      </section>
      <div className="acts">
        <button type="button" className="btn" onClick={() => { remove("keep"); }}><Icon name="trash-2" small />Delete, keep the wires</button>
        <button type="button" className="btn" onClick={() => { remove("cut"); }}>Delete with wires</button>
      </div>
    </div>
  );
}

function dialectText(dialect: string | null, version: string | null): string {
  const name = { keras3: "Keras 3", keras2: "Keras 2", keras1: "Keras 1", document: "Document" }[dialect ?? ""] ?? "unknown form";
  return version === null ? name : `${name} · written by ${version}`;
}
