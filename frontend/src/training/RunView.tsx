import { weightsAddress } from "../api";
import { bytesText } from "../format";
import { Icon } from "../icons";
import { Curve } from "./Curve";
import { isFinal, measuresOf, progressOf, type Run } from "./run";
import type { TrainingStore } from "./trainingStore";

const WORDS = { queued: "Queued", running: "Running", succeeded: "Succeeded", failed: "Failed", cancelled: "Cancelled" } as const;
const PURPOSES: Readonly<Record<string, string>> = { "weights.h5": "weights, for load_weights", keras: "whole model, for load_model" };

/** One job: where it stands, its curves, what can be downloaded, and why it ended where it did not succeed. */
export function RunView({ training, run, version }: { readonly training: TrainingStore; readonly run: Run; readonly version: number }) {
  // A run that ended before its first epoch did has nothing that a curve could show.
  const measures = isFinal(run.state) && run.history.size === 0 ? [] : measuresOf(run).slice(0, 4);
  return (
    <section className="run" aria-label="Run" data-job={run.id} data-job-state={run.state}>
      <header>
        <span className={`status ${run.state === "failed" ? "error" : run.state === "succeeded" ? "ok" : "run"}`} role="status">
          <Icon name={run.state === "succeeded" ? "circle-check" : run.state === "failed" ? "circle-x" : run.state === "cancelled" ? "circle-stop" : "loader-circle"} small />
          {WORDS[run.state]}
        </span>
        <span className="num">{run.epoch === 0 ? (run.state === "queued" ? "waiting for its turn" : isFinal(run.state) ? "" : "building the model") : `epoch ${run.epoch} of ${run.epochs} · step ${run.step} of ${run.steps}`}</span>
        {run.seconds > 0 && <span className="faint num">{run.seconds.toFixed(1)} s</span>}
        <span className="end row">
          {[...run.formats].map(([format, bytes]) => (
            <a key={format} className="btn sm" href={weightsAddress(run.id, format)} download={`model.${format}`} title={PURPOSES[format]}>
              <Icon name="download" small />{format}{bytes !== null && <span className="faint">{bytesText(bytes)}</span>}
            </a>
          ))}
          {!isFinal(run.state) && <button type="button" className="btn sm danger" onClick={() => { void training.cancel(); }}><Icon name="circle-stop" small />Cancel</button>}
        </span>
      </header>
      <div className="prog" role="progressbar" aria-label="Progress" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(progressOf(run) * 100)}>
        <i style={{ width: `${progressOf(run) * 100}%` }} />
      </div>
      {run.error && (
        <div className="pblock error" role="alert" data-code={run.error.code}>
          <span className="ic err"><Icon name="circle-x" /></span>
          <div className="grow">
            <p><span className="code">{run.error.code}</span> {run.error.message}</p>
            {run.error.tail.length > 0 && <details><summary>Last lines of its log</summary><pre>{run.error.tail.join("\n")}</pre></details>}
          </div>
        </div>
      )}
      <div className="curves">
        {measures.map((measure) => <Curve key={`${run.id} ${measure}`} run={run} version={version} measure={measure} />)}
      </div>
      {run.log.length > 0 && <details className="log"><summary>Log</summary><pre>{run.log.join("\n")}</pre></details>}
    </section>
  );
}
