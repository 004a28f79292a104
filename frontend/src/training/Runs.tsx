import type { Job } from "../api";
import { measureText } from "../format";
import { Icon } from "../icons";
import { isFinal } from "./run";
import type { TrainingStore } from "./trainingStore";
import { t } from "../words/words";

// As Keras calls them.
const MEASURES = ["loss", "val_loss"] as const;

/** All jobs, the newest first. */
export function Runs({ training, jobs, watched }: { readonly training: TrainingStore; readonly jobs: readonly Job[]; readonly watched: string | null }) {
  return (
    <table className="runs" aria-label={t("jobs.label")}>
      <thead>
        <tr><th>{t("jobs.job")}</th><th>{t("jobs.state")}</th><th className="r">{t("jobs.epoch")}</th>{MEASURES.map((measure) => <th key={measure} className="r">{measure}</th>)}<th><span className="vh">{t("jobs.actions")}</span></th></tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id} className={job.id === watched ? "is-sel" : undefined}>
            <td><button type="button" className="link mono" onClick={() => { training.watch(job); }}>{job.id.slice(0, 8)}</button></td>
            <td className={job.state === "failed" ? "err" : undefined} title={job.error?.message}>{t(`jobs.${job.state}`)}</td>
            <td className="r">{job.epoch} / {job.epochs}</td>
            {MEASURES.map((measure) => <td key={measure} className="r">{measureText(job.history[measure]?.at(-1))}</td>)}
            <td className="r">{isFinal(job.state) && <button type="button" className="btn ghost sm icon" aria-label={t("jobs.delete", { id: job.id.slice(0, 8) })} title={t("jobs.delete.title")} onClick={() => { void training.remove(job.id); }}><Icon name="trash-2" small /></button>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
