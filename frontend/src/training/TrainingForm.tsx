import { useId, useState, type ReactNode } from "react";
import { useStore } from "zustand";
import type { Dataset, Problem } from "../api";
import { toJson } from "../document";
import { useEditor, useModel } from "../editor";
import { Icon } from "../icons";
import { effective } from "../intents/off";
import { setPlans } from "../intents/view";
import type { Json, JsonObject } from "../json";
import { ProblemBlock } from "../panels/ProblemBlock";
import { fieldOf, fitOf, LOSSES, METRICS, OPTIMIZERS, requestOf, startForm, suggestLoss, suggestMetrics, SYNTHETIC, type PlanForm } from "./planForm";
import type { TrainingStore } from "./trainingStore";
import { t } from "../words/words";

/** What to train on and how. It starts with what usually works for the model. */
export function TrainingForm({ training, datasets, refusal }: { readonly training: TrainingStore; readonly datasets: readonly Dataset[]; readonly refusal: Problem | null }) {
  const { store } = useEditor();
  const document = useModel((state) => state.document);
  const report = useModel((state) => state.report);
  const [changes, setChanges] = useState<Partial<PlanForm>>({});
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  // A refusal is about the document that was sent: a fix of it makes another.
  const revision = useModel((state) => state.revision);
  const [sent, setSent] = useState(-1);
  if (!document || !report) return null;
  // What no hand has changed follows the model.
  const form: PlanForm = { ...startForm(document, report, datasets), ...changes };
  const set = (change: Partial<PlanForm>): void => {
    setChanges((before) => ({ ...before, ...change }));
    training.forget();
  };
  const told = sent === revision ? refusal : null;
  const refused = new Set((told?.diagnostics ?? []).map((problem) => fieldOf(problem.pointer)).filter((field) => field !== null));
  const problem = (field: keyof PlanForm): string | null => problems[field] ?? (refused.has(field) ? "" : null);
  const submit = (): void => {
    const answer = requestOf(form, toJson(effective(document)));
    setProblems("problems" in answer ? answer.problems : {});
    if ("problems" in answer) return;
    const { plan, data } = answer.request;
    store.edit(t("edit.plan"), (open) => setPlans(open, new Map<string, Json | undefined>([...Object.entries(plan), ["data", data as JsonObject]])), "merge");
    setChanges({});
    setSent(store.getState().revision);
    void training.start(answer.request);
  };
  const groups = { all: t("training.fits"), inputs: t("training.fits-inputs"), none: t("training.fits-not") } as const;
  const errors = report.diagnostics.filter((one) => one.severity === "error").length;
  return (
    <form
      className="tform"
      aria-label={t("training.form")}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="tfields">
        <Field label={t("training.data")} span={form.data === SYNTHETIC ? "two" : "three"} problem={problem("data")}>
          {(aria) => (
            <select {...aria} name="data" className="field" value={form.data} onChange={(event) => {
              const dataset = datasets.find((one) => one.id === event.target.value) ?? null;
              const loss = suggestLoss(document, report, dataset);
              set({ data: event.target.value, loss, metrics: suggestMetrics(loss) });
            }}>
              {(Object.keys(groups) as (keyof typeof groups)[]).map((fit) => {
                const fitting = datasets.filter((dataset) => fitOf(dataset, report) === fit);
                const options = fitting.map((dataset) => <option key={dataset.id} value={dataset.id}>{t("training.dataset", { title: dataset.title, samples: dataset.samples })}</option>);
                if (fit === "all") options.push(<option key={SYNTHETIC} value={SYNTHETIC}>{t("training.synthetic")}</option>);
                return options.length > 0 && <optgroup key={fit} label={groups[fit]}>{options}</optgroup>;
              })}
            </select>
          )}
        </Field>
        {form.data === SYNTHETIC && <Text label={t("training.samples")} name="samples" value={form.samples} problem={problem("samples")} onChange={(samples) => { set({ samples }); }} />}
        <Field label={t("training.loss")} span="two" problem={problem("loss")}>
          {(aria) => (
            <select {...aria} name="loss" className="field" value={form.loss} onChange={(event) => { set({ loss: event.target.value, metrics: suggestMetrics(event.target.value) }); }}>
              {[...new Set([form.loss, ...LOSSES])].map((loss) => <option key={loss}>{loss}</option>)}
            </select>
          )}
        </Field>
        <Field label={t("training.optimizer")} problem={problem("optimizer")}>
          {(aria) => (
            <select {...aria} name="optimizer" className="field" value={form.optimizer} onChange={(event) => { set({ optimizer: event.target.value, learningRate: OPTIMIZERS[event.target.value] ?? "0.001" }); }}>
              {Object.keys(OPTIMIZERS).map((optimizer) => <option key={optimizer}>{optimizer}</option>)}
            </select>
          )}
        </Field>
        <Text label={t("training.learning-rate")} name="learning_rate" value={form.learningRate} problem={problem("learningRate")} onChange={(learningRate) => { set({ learningRate }); }} />
        <Text label={t("training.metrics")} name="metrics" value={form.metrics} problem={problem("metrics")} suggestions={METRICS} onChange={(metrics) => { set({ metrics }); }} />
        <Text label={t("training.epochs")} name="epochs" value={form.epochs} problem={problem("epochs")} onChange={(epochs) => { set({ epochs }); }} />
        <Text label={t("training.batch-size")} name="batch_size" value={form.batchSize} problem={problem("batchSize")} onChange={(batchSize) => { set({ batchSize }); }} />
        <Text label={t("training.validation-split")} name="validation_split" value={form.validationSplit} problem={problem("validationSplit")} onChange={(validationSplit) => { set({ validationSplit }); }} />
      </div>
      {errors > 0 && <p className="hintline">{t("training.errors", { n: errors })}</p>}
      <div className="acts">
        <Refusal refusal={told} />
        <Submit training={training} />
      </div>
    </form>
  );
}

function Submit({ training }: { readonly training: TrainingStore }) {
  const isSending = useStore(training, (state) => state.isSending);
  return <button type="submit" className="btn primary" disabled={isSending}><Icon name="play" small />{t(isSending ? "training.asking" : "training.start")}</button>;
}

function Refusal({ refusal }: { readonly refusal: Problem | null }) {
  if (!refusal) return null;
  return (
    <div role="alert" className="refusal">
      <p className="hintline e"><Icon name="circle-x" small="xs" /><span>{refusal.detail || refusal.title}</span></p>
      {(refusal.diagnostics ?? []).map((problem, i) => <ProblemBlock key={i} problem={problem} />)}
    </div>
  );
}

type Aria = { readonly id: string; readonly "aria-invalid": boolean | undefined; readonly "aria-describedby": string | undefined };

function Field({ label, span = "", problem, children }: { readonly label: string; readonly span?: "" | "two" | "three"; readonly problem: string | null; readonly children: (aria: Aria) => ReactNode }) {
  const id = useId();
  const isSaid = problem !== null && problem !== "";
  return (
    <div className={`tfield ${span}${problem === null ? "" : " bad"}`}>
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-invalid": problem !== null || undefined, "aria-describedby": isSaid ? `${id}-problem` : undefined })}
      {isSaid && <p id={`${id}-problem`} className="under err">{problem}</p>}
    </div>
  );
}

function Text({ label, name, value, problem, suggestions = [], onChange }: { readonly label: string; readonly name: string; readonly value: string; readonly problem: string | null; readonly suggestions?: readonly string[]; readonly onChange: (value: string) => void }) {
  const list = useId();
  return (
    <Field label={label} problem={problem}>
      {(aria) => (
        <>
          <input {...aria} name={name} className="field" value={value} autoComplete="off" spellCheck={false} list={suggestions.length > 0 ? list : undefined} onChange={(event) => { onChange(event.target.value); }} />
          {suggestions.length > 0 && <datalist id={list}>{suggestions.map((suggestion) => <option key={suggestion} value={suggestion} />)}</datalist>}
        </>
      )}
    </Field>
  );
}
