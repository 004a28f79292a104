import { useEffect, useId, useMemo, useRef, useState, type ReactNode } from "react";
import type { Report } from "../api";
import { goTo } from "../commands";
import { roomOf, useEditor, useModel, useReading } from "../editor";
import { bytesText, countText, shapeText, shortText } from "../format";
import { Icon } from "../icons";
import { pathOf } from "../outline";
import { inputSize, largestBatch, needsOf, newProblems, OPTIMIZERS, PRECISIONS, readSize, withInputSize, type Needs, type Optimizer, type Precision, type Wish } from "../whatIf";
import { t } from "../words/words";

const AS_IS: Wish = { batch: 1, precision: "as-is", optimizer: "Adam" };
const GIGABYTES = [8, 16, 24] as const;
// Who moves a slider or types waits no longer than this for the check of another size.
const PAUSE_MILLISECONDS = 120;

/** What the model needs, and what it would need with another batch, input or precision. Counts are exact, bytes are rounded. */
export function WhatIf() {
  const report = useModel((state) => state.report);
  const isOpen = useModel((state) => state.document !== null);
  const trial = useReading((state) => state.trial);
  const [wish, setWish] = useState(AS_IS);
  const [isAsking, setAsking] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isAsking) return;
    const onDown = (event: PointerEvent): void => {
      if (event.target instanceof Element && !root.current?.contains(event.target) && !event.target.closest(".stage")) setAsking(false);
    };
    document.addEventListener("pointerdown", onDown);
    return () => {
      document.removeEventListener("pointerdown", onDown);
    };
  }, [isAsking]);
  if (!report || !isOpen) return <div className="whatif" />;
  const shown = trial ?? report;
  const needs = needsOf(shown, wish);
  const { params } = shown;
  return (
    <div className="whatif num" ref={root} onKeyDown={(event) => {
      if (event.key !== "Escape" || !isAsking) return;
      event.stopPropagation();
      setAsking(false);
    }}>
      <button type="button" className={`btn ghost icon${isAsking ? " is-on" : ""}`} aria-label={t("reading.whatif")} title={t("reading.whatif")} aria-expanded={isAsking} aria-controls={id} onClick={() => { setAsking(!isAsking); }}>
        <Icon name="sliders-horizontal" />
      </button>
      <label className="w"><span>{t("reading.whatif.batch")}</span><BatchField batch={wish.batch} onBatch={(batch) => { setWish({ ...wish, batch }); }} /></label>
      <span className="w"><span>{t("top.parameters")}</span><b data-figure="parameters">{params.total === null ? `≥ ${countText(params.known)}` : countText(params.total)}</b></span>
      <span className="w opt"><span>{t("reading.whatif.train")}</span><b data-figure="to-train">{bytes(needs.toTrain)}</b></span>
      {needs.multiplyAdds !== null && <span className="w opt"><span>{t("top.multiply-adds")}</span><b data-figure="multiply-adds">{shortText(needs.multiplyAdds)}</b></span>}
      {isAsking && <Asking id={id} report={report} shown={shown} wish={wish} needs={needs} onWish={setWish} />}
    </div>
  );
}

function bytes(amount: number | null): string {
  return amount === null ? t("word.unknown") : bytesText(Math.round(amount));
}

const MOST_BATCH = 4096;

function BatchField({ batch, onBatch }: { readonly batch: number; readonly onBatch: (batch: number) => void }) {
  return <input type="number" className="field num" min={1} max={MOST_BATCH} aria-label={t("reading.whatif.batch.label")} value={batch} onChange={(event) => { onBatch(Math.min(MOST_BATCH, Math.max(1, Math.round(Number(event.target.value)) || 1))); }} />;
}

interface AskingProps {
  readonly id: string;
  readonly report: Report;
  readonly shown: Report;
  readonly wish: Wish;
  readonly needs: Needs;
  readonly onWish: (wish: Wish) => void;
}

function Asking({ id, report, shown, wish, needs, onWish }: AskingProps) {
  return (
    <section id={id} className="asking float" aria-label={t("reading.whatif")}>
      <Row label={t("reading.whatif.batch.label")}>
        <input type="range" aria-label={t("reading.whatif.batch.label")} min={0} max={12} value={Math.log2(wish.batch)} step="any" onChange={(event) => { onWish({ ...wish, batch: Math.round(2 ** Math.round(Number(event.target.value))) }); }} />
        <BatchField batch={wish.batch} onBatch={(batch) => { onWish({ ...wish, batch }); }} />
      </Row>
      <InputSize />
      <Row label={t("reading.whatif.precision")}>
        <select className="field" aria-label={t("reading.whatif.precision")} value={wish.precision} onChange={(event) => { onWish({ ...wish, precision: event.target.value as Precision }); }}>
          {PRECISIONS.map((precision) => <option key={precision} value={precision}>{t(`reading.whatif.precision.${precision}`)}</option>)}
        </select>
      </Row>
      <Row label={t("reading.whatif.optimizer")}>
        <select className="field" aria-label={t("reading.whatif.optimizer")} value={wish.optimizer} onChange={(event) => { onWish({ ...wish, optimizer: event.target.value as Optimizer }); }}>
          {Object.keys(OPTIMIZERS).map((name) => <option key={name} value={name}>{name}</option>)}
        </select>
      </Row>
      <dl>
        <Figure name={t("reading.whatif.weights")} value={bytes(needs.weights)} />
        <Figure name={t("reading.whatif.gradients")} value={bytes(needs.gradients)} />
        <Figure name={t("reading.whatif.state")} value={bytes(needs.optimizerState)} />
        <Figure name={t("reading.whatif.activations.training")} value={bytes(needs.trainingActivations)} />
        <Figure name={t("reading.whatif.total.train")} value={bytes(needs.toTrain)} isTotal />
        <Figure name={t("reading.whatif.activations.inference")} value={bytes(needs.inferenceActivations)} />
        <Figure name={t("reading.whatif.total.infer")} value={bytes(needs.toInfer)} isTotal />
        {GIGABYTES.map((size) => {
          const batch = largestBatch(shown, wish, size * 2 ** 30);
          return <Figure key={size} name={t("reading.whatif.largest", { size })} value={batch === null ? t("word.unknown") : batch === 0 ? t("reading.whatif.none") : countText(batch)} />;
        })}
      </dl>
      <Breaks report={report} trial={shown === report ? null : shown} />
      <p className="faint">{t("reading.whatif.note")}</p>
    </section>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return <div className="ask"><span>{label}</span><div>{children}</div></div>;
}

function Figure({ name, value, isTotal = false }: { readonly name: string; readonly value: string; readonly isTotal?: boolean }) {
  return <div className={isTotal ? "total" : undefined}><dt>{name}</dt><dd>{value}</dd></div>;
}

/** Another size of the input is a check of the changed document; what is drawn follows it, and nothing is edited. */
function InputSize() {
  const { store, reading } = useEditor();
  const revision = useModel((state) => state.revision);
  const document = useModel((state) => state.document);
  // The document changes in place: the revision stands for it.
  const own = useMemo(() => (document && revision >= 0 ? inputSize(document) : null), [document, revision]);
  const [text, setText] = useState("");
  const sizes = own && text.trim() !== "" ? readSize(text, own.length) : null;
  const wanted = sizes && sizes.join() !== own?.join() ? sizes.join() : null;
  useEffect(() => {
    if (wanted === null) {
      reading.setState({ trial: null });
      return;
    }
    const end = new AbortController();
    const timer = setTimeout(() => {
      store.consider((open) => withInputSize(open, wanted.split(",").map(Number)), end.signal).then(
        (trial) => { if (!end.signal.aborted) reading.setState({ trial }); },
        () => undefined, // the service does not answer, or another size is asked by now: what is shown stays
      );
    }, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [store, reading, wanted, revision]);
  // Who looks away from the question sees the model as it is again.
  useEffect(() => () => { reading.setState({ trial: null }); }, [reading]);
  if (!own) return null;
  const isOdd = text.trim() !== "" && sizes === null;
  const [most = 1] = own;
  return (
    <Row label={t("reading.whatif.size")}>
      <input type="range" aria-label={t("reading.whatif.size")} min={1} max={Math.max(2 * most, 64)} value={sizes?.[0] ?? most} onChange={(event) => { setText(event.target.value); }} />
      <input type="text" className={`field num${isOdd ? " is-error" : ""}`} aria-label={t("reading.whatif.size")} aria-invalid={isOdd} title={isOdd ? t("reading.whatif.size.odd", { axes: own.length, example: own.join("x") }) : undefined} placeholder={own.join("×")} value={text} autoComplete="off" onChange={(event) => { setText(event.target.value); }} />
      {text !== "" && <button type="button" className="btn ghost icon sm" aria-label={t("reading.whatif.reset")} title={t("reading.whatif.reset")} onClick={() => { setText(""); }}><Icon name="undo-2" small /></button>}
    </Row>
  );
}

const MOST_SHOWN = 3;

function Breaks({ report, trial }: { readonly report: Report; readonly trial: Report | null }) {
  const editor = useEditor();
  const broken = useMemo(() => (trial ? newProblems(report, trial) : []), [report, trial]);
  if (!trial) return null;
  if (broken.length === 0) {
    const [node] = trial.outputs.map(([layer, index]) => trial.nodes.find((one) => one.layer === layer && one.node_index === index));
    return <p className="fits" role="status"><Icon name="circle-check" small />{t("reading.whatif.fits")} <span className="mono">{shapeText(node?.outputs[0]?.shape ?? null)}</span></p>;
  }
  return (
    <div role="status">
      <p className="err">{t("reading.whatif.breaks", { n: broken.length })}</p>
      <ul>
        {broken.slice(0, MOST_SHOWN).map((problem, i) => (
          <li key={i} data-code={problem.code}>
            <button type="button" onClick={() => { goTo(roomOf(editor), pathOf(problem) ?? "", "centre"); }}><span className="code err">{problem.code}</span> {problem.message}</button>
          </li>
        ))}
      </ul>
    </div>
  );
}
