import { weightsAddress } from "../api";
import { bytesText } from "../format";
import { Icon } from "../icons";
import { Curve } from "./Curve";
import { isFinal, measuresOf, progressOf, type Run } from "./run";
import type { TrainingStore } from "./trainingStore";
import { t, type PlainKey } from "../words/words";

const PURPOSES: Readonly<Record<string, PlainKey>> = { "weights.h5": "run.weights", keras: "run.whole-model" };

/** One job: where it stands, its curves, what can be downloaded, and why it ended where it did not succeed. */
export function RunView({ training, run, version }: { readonly training: TrainingStore; readonly run: Run; readonly version: number }) {
  // A run that ended before its first epoch did has nothing that a curve could show.
  const measures = isFinal(run.state) && run.history.size === 0 ? [] : measuresOf(run).slice(0, 4);
  return (
    <section className="run" aria-label={t("run.label")} data-job={run.id} data-job-state={run.state}>
      <header>
        <span className={`status ${run.state === "failed" ? "error" : run.state === "succeeded" ? "ok" : "run"}`} role="status">
          <Icon name={run.state === "succeeded" ? "circle-check" : run.state === "failed" ? "circle-x" : run.state === "cancelled" ? "circle-stop" : "loader-circle"} small />
          {t(`run.${run.state}`)}
        </span>
        <span className="num">{whereText(run)}</span>
        {run.seconds > 0 && <span className="faint num">{run.seconds.toFixed(1)} s</span>}
        <span className="end row">
          {[...run.formats].map(([format, bytes]) => (
            <a key={format} className="btn sm" href={weightsAddress(run.id, format)} download={`model.${format}`} title={purposeOf(format)}>
              <Icon name="download" small />{format}{bytes !== null && <span className="faint">{bytesText(bytes)}</span>}
            </a>
          ))}
          {!isFinal(run.state) && <button type="button" className="btn sm danger" onClick={() => { void training.cancel(); }}><Icon name="circle-stop" small />{t("run.cancel")}</button>}
        </span>
      </header>
      <div className="prog" role="progressbar" aria-label={t("run.progress")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(progressOf(run) * 100)}>
        <i style={{ width: `${progressOf(run) * 100}%` }} />
      </div>
      {run.error && (
        <div className="pblock error" role="alert" data-code={run.error.code}>
          <span className="ic err"><Icon name="circle-x" /></span>
          <div className="grow">
            <p><span className="code">{run.error.code}</span> {run.error.message}</p>
            {run.error.tail.length > 0 && <details><summary>{t("run.log-tail")}</summary><pre>{run.error.tail.join("\n")}</pre></details>}
          </div>
        </div>
      )}
      <div className="curves">
        {measures.map((measure) => <Curve key={`${run.id} ${measure}`} run={run} version={version} measure={measure} />)}
      </div>
      {run.log.length > 0 && <details className="log"><summary>{t("run.log")}</summary><pre>{run.log.join("\n")}</pre></details>}
    </section>
  );
}

function whereText({ state, epoch, epochs, step, steps }: Run): string {
  if (epoch > 0) return t("run.at", { epoch, epochs, step, steps });
  if (state === "queued") return t("run.waiting");
  return isFinal(state) ? "" : t("run.building");
}

function purposeOf(format: string): string | undefined {
  const purpose = PURPOSES[format];
  return purpose && t(purpose);
}
