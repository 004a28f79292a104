import { useState, type ReactNode } from "react";
import type { Diagnostic, Report } from "../api";
import { COMMANDS, goTo, titleOf } from "../commands";
import { roomOf, useEditor, useModel, useUi } from "../editor";
import { ColourMenu } from "./ColourMenu";
import { FrameFields } from "./FrameFields";
import { countText, pathText, shapeText } from "../format";
import { Icon } from "../icons";
import { endsOf, setEnds, type End, type Side } from "../intents/ends";
import { deleteLayers } from "../intents/layers";
import { isObject } from "../json";
import { entryAt } from "../newLayer";
import { LayerInspector } from "./LayerInspector";
import { Parameters } from "./Parameters";
import { escapeName } from "../document";
import { t } from "../words/words";

/** The right panel: the selected layer, or the model where nothing is selected. */
export function Inspector({ onClose }: { readonly onClose?: () => void }) {
  const selection = useModel((state) => state.selection);
  const hasDocument = useModel((state) => state.document !== null);
  const [path] = selection;
  const close = onClose && (
    <button type="button" className="btn ghost icon" aria-label={t("inspector.close")} onClick={onClose}>
      <Icon name="x" />
    </button>
  );
  if (!hasDocument) return null;
  if (path === undefined) return <ModelInspector close={close} />;
  if (selection.size > 1) return <SelectionInspector paths={[...selection]} close={close} />;
  return <LayerInspector key={path} path={path} close={close} />;
}

function ModelInspector({ close }: { readonly close: ReactNode }) {
  const report = useModel((state) => state.report);
  const isCatalogHere = useUi((state) => state.catalog !== null);
  if (!report) return <div className="insp" aria-busy="true" />;
  return (
    <div className="insp">
      <header className="insp-h">
        <div className="grow">
          <h2 className="nm cut">{report.name ?? t("top.model")}</h2>
          <p className="ty">{dialectText(report.dialect, report.keras_version)}</p>
        </div>
        {close}
      </header>
      <section className="sec" aria-label={t("inspector.inputs")}>
        <h3>{t("inspector.inputs")}<span className="end">{report.inputs.length}</span></h3>
        <Ends side="input_layers" names={report.input_names} refs={report.inputs} report={report} />
        {report.inputs.length === 0 && <p className="hintline">{t("inspector.no-inputs")}</p>}
      </section>
      <section className="sec" aria-label={t("inspector.outputs")}>
        <h3>{t("inspector.outputs")}<span className="end">{report.outputs.length}</span></h3>
        <Ends side="output_layers" names={report.output_names} refs={report.outputs} report={report} />
        {report.outputs.length === 0 && <p className="hintline">{t("inspector.no-outputs")}</p>}
      </section>
      <section className="sec" aria-label={t("inspector.parameters")}>
        <h3>{t("inspector.parameters")}</h3>
        <dl className="facts">
          <dt>{t("inspector.trainable")}</dt><dd>{countText(report.params.trainable)}</dd>
          <dt>{t("inspector.non-trainable")}</dt><dd>{countText(report.params.non_trainable)}</dd>
          <dt>{t("inspector.total")}</dt><dd><b>{report.params.total === null ? `≥ ${countText(report.params.known)}` : countText(report.params.total)}</b></dd>
        </dl>
      </section>
      <p className="hintline">{isCatalogHere ? t("inspector.select") : ""}</p>
    </div>
  );
}

/** The arguments of layers of one class, set for all of them at once. */
function Together({ paths }: { readonly paths: readonly string[] }) {
  const document = useModel((state) => state.document);
  useModel((state) => state.revision);
  const catalog = useUi((state) => state.catalog);
  const [path, ...more] = paths;
  if (!document || path === undefined) return null;
  const entry = entryAt(document, catalog, path);
  const record = document.records.get(`layer/${path}`);
  if (!entry || !more.every((one) => entryAt(document, catalog, one) === entry)) return <p className="hintline">{t("inspector.not-alike")}</p>;
  return <Parameters path={path} more={more} config={isObject(record) && isObject(record.config) ? record.config : {}} entry={entry} problems={NO_PROBLEMS} />;
}

const ARRANGING = ["align-left", "align-centre", "align-right", "align-top", "align-middle", "align-bottom", "distribute-across", "distribute-down"] as const;
const NO_PROBLEMS = new Map<string, readonly Diagnostic[]>();

/** Inputs or outputs of the model, each with a way up; names make a dict of them. */
function Ends({ side, names, refs, report }: { readonly side: Side; readonly names: readonly string[]; readonly refs: Report["inputs"]; readonly report: Report }) {
  const editor = useEditor();
  const document = useModel((state) => state.document);
  useModel((state) => state.revision);
  const ends = document && endsOf(document, side);
  const set = (next: readonly End[]): void => {
    editor.store.edit(t("edit.ends"), (open) => setEnds(open, side, next));
  };
  return refs.map(([layer, nodeIndex, tensorIndex], i) => {
    const spec = report.nodes.find((node) => node.layer === layer && node.node_index === nodeIndex)?.outputs[tensorIndex];
    // A dict is listed by its names here, in Keras's order there: only what is a list has an order to change.
    const own = ends?.every((end) => end.name === null) && ends.length === refs.length ? ends : null;
    const same = ends?.filter((end) => end.path === escapeName(layer) && end.nodeIndex === nodeIndex && end.tensorIndex === tensorIndex) ?? [];
    const end = same.find((one) => one.name === names[i]) ?? same[0];
    return (
      <div key={`${layer} ${nodeIndex} ${tensorIndex} ${i}`}>
        <div className="fact">
          <button type="button" className="link cut" onClick={() => { goTo(roomOf(editor), escapeName(layer)); }}>{end ? layer : (names[i] ?? layer)}</button>
          <span className={spec?.shape ? "mono end" : "faint end"}>{shapeText(spec?.shape ?? null)}</span>
          <span className="faint">{spec?.dtype ?? ""}</span>
          {own && i > 0 && <button type="button" className="btn ghost sm icon" title={t("wiring.up")} aria-label={t("wiring.up-of", { layer })} onClick={() => { set(own.with(i, own[i - 1] ?? own[i] as End).with(i - 1, own[i] as End)); }}><Icon name="chevron-up" small="xs" /></button>}
        </div>
        {ends && end && <EndName key={end.name ?? ""} layer={layer} name={end.name} taken={ends.flatMap((one) => (one === end || one.name === null ? [] : [one.name]))} onName={(name) => { set(ends.map((one) => (name === null || one === end ? { ...one, name } : one))); }} />}
      </div>
    );
  });
}

/** What an input or output is called in the dict that Keras takes and gives; without a name they are a list. */
function EndName({ layer, name, taken, onName }: { readonly layer: string; readonly name: string | null; readonly taken: readonly string[]; readonly onName: (name: string | null) => void }) {
  const [text, setText] = useState(name ?? "");
  const wanted = text.trim();
  const isTaken = taken.includes(wanted);
  const commit = (): void => {
    if (!isTaken && wanted !== (name ?? "")) onName(wanted === "" ? null : wanted);
  };
  return (
    <div className="prm d">
      <span className="faint">{t("ends.name")}</span>
      <div className="ctl stack">
        <input className={`field${isTaken ? " is-error" : ""}`} aria-label={t("ends.name-of", { layer })} aria-invalid={isTaken || undefined} placeholder={t("ends.list")} value={text} spellCheck={false} autoComplete="off" onChange={(event) => { setText(event.target.value); }} onBlur={commit} onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") {
            event.stopPropagation();
            setText(name ?? "");
          }
        }} />
        {isTaken && <p className="under err" role="alert">{t("inspector.name.taken", { name: wanted })}</p>}
      </div>
    </div>
  );
}

function SelectionInspector({ paths, close }: { readonly paths: readonly string[]; readonly close: ReactNode }) {
  const editor = useEditor();
  const remove = (wire: "keep" | "cut"): void => {
    editor.store.edit(t("edit.delete-many", { n: paths.length }), (document) => deleteLayers(document, paths, wire));
  };
  return (
    <div className="insp">
      <header className="insp-h">
        <div className="grow"><h2 className="nm">{t("count.layers", { n: paths.length })}</h2><p className="ty">{t("inspector.selected")}</p></div>
        <ColourMenu paths={paths} />
        {close}
      </header>
      <FrameFields paths={paths} />
      <section className="sec" aria-label={t("inspector.selected-layers")}>
        {paths.slice(0, 20).map((path) => (
          <div className="fact" key={path}>
            <button type="button" className="link cut" onClick={() => { goTo(roomOf(editor), path); }}>{pathText(path)}</button>
          </div>
        ))}
        {paths.length > 20 && <p className="hintline">{t("count.shown", { n: paths.length - 20 })}</p>}
      </section>
      <Together paths={paths} />
      <section className="sec" aria-label={t("inspector.arrange")}>
        <h3>{t("inspector.arrange")}</h3>
        <div className="acts">
          {ARRANGING.map((id) => {
            const command = COMMANDS.find((one) => one.id === id);
            return command && <button key={id} type="button" className="btn sm icon" data-command={id} title={titleOf(id)} aria-label={t(command.title)} onClick={() => { command.run(roomOf(editor)); }}><Icon name={id} small /></button>;
          })}
        </div>
      </section>
      <div className="acts">
        <button type="button" className="btn" onClick={() => { remove("keep"); }}><Icon name="trash-2" small />{t("inspector.delete-keep-wires")}</button>
        <button type="button" className="btn" onClick={() => { remove("cut"); }}>{t("inspector.delete-with-wires")}</button>
      </div>
    </div>
  );
}

function dialectText(dialect: string | null, version: string | null): string {
  const name = { keras3: "Keras 3", keras2: "Keras 2", keras1: "Keras 1", document: t("inspector.document") }[dialect ?? ""] ?? t("inspector.unknown-form");
  return version === null ? name : t("inspector.written-by", { form: name, version });
}
