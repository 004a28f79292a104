import type { Job } from "../api";
import { measureText } from "../format";
import { Icon } from "../icons";
import { isFinal } from "./run";
import type { TrainingStore } from "./trainingStore";

/** All jobs, the newest first. */
export function Runs({ training, jobs, watched }: { readonly training: TrainingStore; readonly jobs: readonly Job[]; readonly watched: string | null }) {
  return (
    <table className="runs" aria-label="Jobs">
      <thead>
        <tr><th>Job</th><th>State</th><th className="r">Epoch</th><th className="r">loss</th><th className="r">val_loss</th><th><span className="vh">Actions</span></th></tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id} className={job.id === watched ? "is-sel" : undefined}>
            <td><button type="button" className="link mono" onClick={() => { training.watch(job); }}>{job.id.slice(0, 8)}</button></td>
            <td className={job.state === "failed" ? "err" : undefined} title={job.error?.message}>{job.state}</td>
            <td className="r">{job.epoch} / {job.epochs}</td>
            <td className="r">{measureText(job.history.loss?.at(-1))}</td>
            <td className="r">{measureText(job.history.val_loss?.at(-1))}</td>
            <td className="r">{isFinal(job.state) && <button type="button" className="btn ghost sm icon" aria-label={`Delete job ${job.id.slice(0, 8)}`} title="Delete the job and what it left" onClick={() => { void training.remove(job.id); }}><Icon name="trash-2" small /></button>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
