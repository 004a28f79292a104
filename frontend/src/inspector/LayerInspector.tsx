import { useId, useState, type ReactNode } from "react";
import type { Diagnostic, Masking, ReportNode } from "../api";
import { isSource } from "../catalog";
import { goTo, titleOf } from "../commands";
import { joinPath, lastOf, parentOf, unescapeName } from "../document";
import { roomOf, useEditor, useModel, useReading, useUi } from "../editor";
import { familyOf } from "../family";
import { bytesText, countText, pathText, shapeText, sumOf, totalOf } from "../format";
import { ColourMenu } from "./ColourMenu";
import { FrameFields } from "./FrameFields";
import { Glyph } from "../Glyph";
import { Icon } from "../icons";
import { deleteLayers, rename } from "../intents/layers";
import { setNote } from "../intents/view";
import { isObject, type JsonObject } from "../json";
import { entryAt } from "../newLayer";
import { classOf, factsOf } from "../outline";
import { ProblemBlock } from "../panels/ProblemBlock";
import { addressText } from "../tensors";
import { argumentOf } from "./fields";
import { Contract, isContracted } from "./Contract";
import { Parameters } from "./Parameters";
import { Why } from "./Why";
import { Wiring } from "./Wiring";
import { t, type PlainKey } from "../words/words";
import { useTyped } from "./typed";

/** Everything about one layer. The report may be of an older revision for some milliseconds; names and arguments never are. */
export function LayerInspector({ path, close }: { readonly path: string; readonly close: ReactNode }) {
  const document = useModel((state) => state.document);
  useModel((state) => state.revision);
  const report = useModel((state) => state.report);
  const catalog = useUi((state) => state.catalog);
  const call = useReading((state) => state.call);
  const record = document?.records.get(`layer/${path}`);
  if (!document || !isObject(record)) return null;
  const config: JsonObject = isObject(record.config) ? record.config : {};
  const entry = entryAt(document, catalog, path);
  const facts = factsOf(report);
  const calls = facts.calls.get(path) ?? [];
  const one = call?.path === path && calls.length > 1 && calls.some((node) => node.node_index === call.nodeIndex) ? call.nodeIndex : null;
  const known = new Set([...(entry?.params ?? []).map((param) => param.name), ...Object.keys(config)]);
  const [atField, elsewhere] = split(facts.problems.get(path) ?? [], known);
  const className = classOf(document, path);
  return (
    <div className="insp">
      <Header path={path} className={className} op={entry?.op ?? className} callCount={calls.length} close={close} />
      {elsewhere.filter((problem) => problem.code !== "GC215").map((problem, i) => (
        <ProblemBlock key={i} problem={problem} />
      ))}
      {isContracted(facts.problems.get(path) ?? []) && <Contract record={record} problems={elsewhere} />}
      <FrameFields paths={[path]} />
      <Parameters path={path} config={config} entry={entry} problems={atField} />
      {calls.length > 1 && <CallChoice path={path} calls={calls} one={one} />}
      <Shapes calls={one === null ? calls : calls.filter((node) => node.node_index === one)} isOneOfMany={calls.length > 1} path={path} doc={entry?.doc ?? ""} />
      <Wiring path={path} one={one} entry={entry} isSource={isSource(entry) || className === "InputLayer"} />
      <Weights calls={calls} total={report?.params.known ?? 0} />
      {calls.length > 0 && <CostOfCalls calls={calls} />}
      <Note key={path} path={path} />
    </div>
  );
}

function Header({ path, className, op, callCount, close }: { readonly path: string; readonly className: string; readonly op: string; readonly callCount: number; readonly close: ReactNode }) {
  const editor = useEditor();
  const { store } = editor;
  const id = useId();
  const name = unescapeName(lastOf(path));
  const [text, setText] = useState(name);
  const [problem, setProblem] = useState<string | null>(null);
  const commit = (): void => {
    const wanted = text.trim();
    if (wanted === name) {
      setProblem(null);
      return;
    }
    const { document } = store.getState();
    const to = joinPath(parentOf(path), wanted);
    if (wanted === "") setProblem(t("inspector.name.needed"));
    else if (document?.records.has(`layer/${to}`)) setProblem(t("inspector.name.taken", { name: wanted }));
    else {
      store.edit(t("edit.rename", { from: name, to: wanted }), (open) => rename(open, path, wanted));
      store.select([to]);
    }
  };
  const remove = (): void => {
    store.edit(t("edit.delete", { name: pathText(path) }), (document) => deleteLayers(document, [path], "keep"));
  };
  return (
    <header className="insp-h">
      <Glyph family={familyOf(className)} />
      <h2 className="vh">{name}</h2>
      <div className="grow">
        <input
          id={id}
          data-field="name"
          className="nm"
          aria-label={t("inspector.name")}
          aria-invalid={problem !== null || undefined}
          aria-describedby={problem === null ? undefined : `${id}-problem`}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => { setText(event.target.value); }}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === "Enter") commit();
            if (event.key === "Escape") {
              event.stopPropagation();
              setText(name);
              setProblem(null);
            }
          }}
        />
        {problem === null ? <p className="ty cut">{`${op} · ${t("count.calls", { n: callCount })}`}</p> : <p id={`${id}-problem`} className="ty err" role="alert">{problem}</p>}
      </div>
      <ColourMenu paths={[path]} />
      <button type="button" className="btn ghost icon" title={titleOf("delete-keep-wire")} aria-label={t("command.delete-keep-wire")} onClick={remove}><Icon name="trash-2" /></button>
      <button type="button" className="btn ghost icon" title={t("inspector.show")} aria-label={t("inspector.show")} onClick={() => { goTo(roomOf(editor), path, "centre"); }}><Icon name="crosshair" /></button>
      {close}
    </header>
  );
}

const MASKING = { makes: "reading.mask.makes", passes: "reading.mask.passes", consumes: "reading.mask.consumes", drops: "reading.mask.drops" } as const satisfies Readonly<Record<Masking, PlainKey>>;

/** Of a layer with several calls: which of them is looked at. The canvas shows the same. */
function CallChoice({ path, calls, one }: { readonly path: string; readonly calls: readonly ReportNode[]; readonly one: number | null }) {
  const { reading } = useEditor();
  const id = useId();
  return (
    <div className="prm">
      <label htmlFor={id}>{t("inspector.shown-call")}</label>
      <div className="ctl">
        <select id={id} data-field="call" className="field" value={one ?? ""} onChange={({ target: { value } }) => { reading.setState({ call: value === "" ? null : { path, nodeIndex: Number(value) } }); }}>
          <option value="">{t("inspector.all-calls", { n: calls.length })}</option>
          {calls.map(({ node_index }) => <option key={node_index} value={node_index}>{addressText({ path, nodeIndex: node_index, tensorIndex: 0 })}</option>)}
        </select>
      </div>
    </div>
  );
}

function Shapes({ calls, isOneOfMany, path, doc }: { readonly calls: readonly ReportNode[]; readonly isOneOfMany: boolean; readonly path: string; readonly doc: string }) {
  const report = useModel((state) => state.report);
  const { calls: all } = factsOf(report);
  const parent = parentOf(path);
  return (
    <section className="sec" aria-label={t("inspector.shapes")}>
      <h3>{t("inspector.shapes")}</h3>
      {doc !== "" && <p className="rule"><span className="faint">{t("inspector.rule")}</span><span className="mono">{doc}</span></p>}
      {calls.length === 0 && <p className="hintline">{t("inspector.no-call")}</p>}
      {calls.map((node) => (
        <div className="shapes" key={node.node_index}>
          {isOneOfMany && <p className="callno">{t("inspector.call", { n: node.node_index })}</p>}
          {node.inbound.map(([layer, nodeIndex, tensorIndex], i) => {
            const source = joinPath(parent, layer);
            const sources = all.get(source) ?? [];
            const spec = sources.find((one) => one.node_index === nodeIndex)?.outputs[tensorIndex];
            return <Shape key={`in ${i}`} label={t("inspector.in")} shape={shapeText(spec?.shape ?? null)} note={t("inspector.from", { layer: sources.length > 1 ? addressText({ path: lastOf(source), nodeIndex, tensorIndex }) : layer })} />;
          })}
          {node.outputs.map((output, i) => (
            <Output key={`out ${i}`} path={path} call={node.node_index} output={i} shape={shapeText(output.shape)} note={output.dtype ?? t("word.unknown")} />
          ))}
          {node.masking && <Shape label={t("inspector.mask")} shape={node.outputs.map(({ mask }) => (mask ? shapeText(mask) : "")).filter((mask) => mask !== "").join(", ")} note={t(MASKING[node.masking])} />}
          {node.outputs.length === 0 && <Shape label={t("inspector.out")} shape={t("word.unknown")} note="" />}
        </div>
      ))}
    </section>
  );
}

/** A shape that a call gives, and why it is so for who asks. */
function Output({ path, call, output, shape, note }: { readonly path: string; readonly call: number; readonly output: number; readonly shape: string; readonly note: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Shape label={t("inspector.out")} shape={shape} note={note} />
      <p className="whyline"><button type="button" className="link" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen); }}>{t("inspector.why")}</button></p>
      {isOpen && <Why path={path} call={call} output={output} />}
    </>
  );
}

function Shape({ label, shape, note }: { readonly label: string; readonly shape: string; readonly note: string }) {
  return (
    <p className="wl">
      <span className="faint">{label}</span>
      <span className={shape === t("word.unknown") ? "faint" : "mono"}>{shape}</span>
      <span className="faint cut end">{note}</span>
    </p>
  );
}

/** What the user wants to remember of a layer; it goes with the document. */
function Note({ path }: { readonly path: string }) {
  const { store } = useEditor();
  const kept = useModel((state) => state.document?.records.get(`view/notes/${path}`));
  const shown = typeof kept === "string" ? kept : "";
  const [text, setText] = useTyped(shown);
  const commit = (): void => {
    if (text !== shown) store.edit(t("edit.note", { name: pathText(path) }), (document) => setNote(document, path, text));
  };
  return (
    <section className="sec" aria-label={t("inspector.note")}>
      <h3>{t("inspector.note")}</h3>
      <textarea data-field="note" className="field" rows={2} aria-label={t("inspector.note")} placeholder={t("inspector.note.empty")} value={text} data-clean={text === shown ? true : undefined} onChange={(event) => { setText(event.target.value); }} onBlur={commit} />
    </section>
  );
}

/** What the layer's calls cost for one sample. */
function CostOfCalls({ calls }: { readonly calls: readonly ReportNode[] }) {
  const bytes = sumOf(calls.map((call) => call.cost?.activation_bytes ?? null));
  return (
    <section className="sec" aria-label={t("inspector.cost")}>
      <h3>{t("inspector.cost-of-sample")}</h3>
      <dl className="facts">
        <dt>{t("inspector.activations")}</dt><dd>{bytes === null ? t("word.unknown") : bytesText(bytes)}</dd>
        <dt>{t("inspector.multiply-adds")}</dt><dd>{countText(sumOf(calls.map((call) => call.cost?.multiply_adds ?? null)))}</dd>
      </dl>
    </section>
  );
}

function Weights({ calls, total }: { readonly calls: readonly ReportNode[]; readonly total: number }) {
  const params = calls[0]?.params;
  if (!params) return null;
  const own = totalOf(params);
  const bytes = calls[0]?.cost?.weights_bytes ?? null;
  const share = own === null || total === 0 ? null : own / total;
  return (
    <section className="sec" aria-label={t("inspector.weights")}>
      <h3>{t("inspector.weights")}{bytes !== null && bytes > 0 && <span className="end">{bytesText(bytes)}</span>}</h3>
      <dl className="facts">
        <dt>{t("inspector.trainable")}</dt><dd>{countText(params.trainable)}</dd>
        <dt>{t("inspector.non-trainable")}</dt><dd>{countText(params.non_trainable)}</dd>
        <dt>{t("inspector.parameter-count")}</dt><dd><b>{countText(own)}</b></dd>
      </dl>
      {share !== null && own !== 0 && (
        <p className="share">
          <span className="faint">{t("inspector.of-the-model")}</span>
          <meter min={0} max={1} value={Math.min(1, share)} aria-label={t("inspector.share")} />
          <span>{(share * 100).toFixed(share < 0.1 ? 1 : 0)} %</span>
        </p>
      )}
    </section>
  );
}

/** Problems at an argument of this layer stand at its field, the others above. */
function split(problems: readonly Diagnostic[], known: ReadonlySet<string>): [Map<string, Diagnostic[]>, Diagnostic[]] {
  const atField = new Map<string, Diagnostic[]>();
  const elsewhere: Diagnostic[] = [];
  for (const problem of problems) {
    const name = problem.arg != null && known.has(problem.arg) ? problem.arg : argumentOf(problem.pointer);
    if (name === null || name === "name" || !known.has(name)) elsewhere.push(problem);
    else atField.set(name, [...(atField.get(name) ?? []), problem]);
  }
  return [atField, elsewhere];
}
