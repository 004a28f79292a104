import type { Job, JobEvent, JobState } from "../api";
import { isArray, isObject, type Json } from "../json";

/** A job as its events tell it. Arrays grow in place: a long run has thousands of batches, and copies of them would cost. */
export interface Run {
  readonly id: string;
  state: JobState;
  epoch: number;
  epochs: number;
  step: number;
  steps: number;
  seconds: number;
  readonly history: Map<string, (number | null)[]>;
  /** The loss while epochs run: epochs done, with the part of the running one. */
  readonly batches: { readonly at: number[]; readonly loss: (number | null)[] };
  readonly log: string[];
  error: { readonly code: string; readonly message: string; readonly tail: readonly string[] } | null;
  readonly formats: Map<string, number | null>;
}

const MAX_LOG = 500;

export function runOf(job: Job): Run {
  return {
    id: job.id,
    state: job.state,
    epoch: job.epoch,
    epochs: job.epochs,
    step: job.step,
    steps: job.steps ?? 0,
    seconds: 0,
    history: new Map(),
    batches: { at: [], loss: [] },
    log: [],
    error: job.error ? { ...job.error, tail: lines(job.error.log_tail) } : null,
    formats: new Map(job.formats.map((format) => [format, null])),
  };
}

/** Takes one event, in order. Taking up again after a crash repeats epochs: the newer run of one counts. */
export function takeEvent(run: Run, { name, data }: JobEvent): void {
  if (name === "state") run.state = stateOf(data.state) ?? run.state;
  else if (name === "batch" || name === "epoch") {
    const logs = isObject(data.logs) ? data.logs : {};
    run.epoch = numberOf(data.epoch) ?? run.epoch;
    run.epochs = numberOf(data.epochs) ?? run.epochs;
    run.step = numberOf(data.step) ?? run.step;
    run.steps = numberOf(data.steps) ?? run.steps;
    run.seconds = numberOf(data.seconds) ?? run.seconds;
    const at = run.epoch - 1 + run.step / Math.max(1, run.steps);
    const { batches } = run;
    while (batches.at.length > 0 && (batches.at.at(-1) ?? 0) >= at) {
      batches.at.pop();
      batches.loss.pop();
    }
    batches.at.push(at);
    batches.loss.push(numberOf(logs.loss));
    if (name === "epoch") for (const [key, value] of Object.entries(logs)) addEpoch(run, key, numberOf(value));
  } else if (name === "log") {
    if (typeof data.text === "string") run.log.push(data.text);
    if (run.log.length > MAX_LOG) run.log.shift();
  } else if (name === "artifact") {
    if (typeof data.format === "string") run.formats.set(data.format, numberOf(data.bytes));
  } else {
    run.state = stateOf(data.state) ?? run.state;
    const { error } = data;
    run.error = isObject(error) ? { code: String(error.code), message: String(error.message), tail: lines(error.log_tail) } : null;
  }
}

export function isFinal(state: JobState): boolean {
  return state !== "queued" && state !== "running";
}

/** From 0 to 1. */
export function progressOf({ epoch, epochs, step, steps, state }: Run): number {
  if (state === "succeeded") return 1;
  if (epoch === 0 || epochs === 0) return 0;
  return Math.min(1, (epoch - 1 + step / Math.max(1, steps)) / epochs);
}

/** The names of what is measured, the loss first; `val_` stands with its own. */
export function measuresOf(run: Run): string[] {
  const names = [...run.history.keys()].filter((name) => !name.startsWith("val_"));
  return ["loss", ...names.filter((name) => name !== "loss")];
}

function addEpoch(run: Run, key: string, value: number | null): void {
  const values = run.history.get(key) ?? [];
  values.length = Math.min(values.length, run.epoch - 1);
  values.push(value);
  run.history.set(key, values);
}

function stateOf(value: Json | undefined): JobState | null {
  const states: readonly JobState[] = ["queued", "running", "succeeded", "failed", "cancelled"];
  return states.find((state) => state === value) ?? null;
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function lines(value: Json | undefined): string[] {
  if (typeof value === "string") return value.split("\n");
  return isArray(value) ? value.filter((line) => typeof line === "string") : [];
}
