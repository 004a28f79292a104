import { createStore, type StoreApi } from "zustand/vanilla";
import * as api from "../api";
import type { Job, JobRequest, Problem } from "../api";
import { isFinal, runOf, takeEvent, type Run } from "./run";
import { t } from "../words/words";

/** The jobs of the service, and the one that is watched. `run` is changed in place: `version` says when. */
export interface TrainingState {
  readonly jobs: readonly Job[];
  readonly run: Run | null;
  readonly version: number;
  readonly isSending: boolean;
  readonly refusal: Problem | null;
}
export interface TrainingStore extends StoreApi<TrainingState> {
  /** Finds the jobs again after a reload, and goes on watching what runs. `last` watches the last one where none runs. */
  load(otherwise: "last" | "nothing"): Promise<void>;
  start(request: JobRequest): Promise<void>;
  watch(job: Job): void;
  cancel(): Promise<void>;
  remove(id: string): Promise<void>;
  forget(): void;
}

export interface TrainingService {
  readonly jobs: typeof api.jobs;
  readonly startJob: typeof api.startJob;
  readonly cancelJob: typeof api.cancelJob;
  readonly deleteJob: typeof api.deleteJob;
  readonly watchJob: typeof api.watchJob;
}

export function createTrainingStore(service: TrainingService = api, frame: (draw: () => void) => void = (draw) => { requestAnimationFrame(draw); }): TrainingStore {
  const store = createStore<TrainingState>(() => ({ jobs: [], run: null, version: 0, isSending: false, refusal: null }));
  const { getState, setState } = store;
  let stop: () => void = () => undefined;
  let isDue = false;

  // Events come up to twenty a second, and all at once when a job is opened again: one drawing a frame is enough.
  const changed = (): void => {
    if (isDue) return;
    isDue = true;
    frame(() => {
      isDue = false;
      setState(({ version }) => ({ version: version + 1 }));
    });
  };
  const refresh = async (): Promise<void> => {
    try {
      setState({ jobs: await service.jobs() });
    } catch {
      // The list is a convenience: the watched job has its own events.
    }
  };
  const watch = (job: Job): void => {
    stop();
    const run = runOf(job);
    setState(({ version }) => ({ run, version: version + 1 }));
    stop = service.watchJob(job.id, (event) => {
      takeEvent(run, event);
      changed();
      if (event.name === "end") void refresh();
    });
  };
  return {
    ...store,
    watch,
    load: async (otherwise) => {
      await refresh();
      const { jobs, run } = getState();
      const open = jobs.find((job) => !isFinal(job.state)) ?? (otherwise === "last" ? jobs[0] : undefined);
      if (!run && open) watch(open);
    },
    start: async (request) => {
      setState({ isSending: true, refusal: null });
      try {
        const job = await service.startJob(request);
        watch(job);
        void refresh();
      } catch (error) {
        setState({ refusal: problemOf(error) });
      } finally {
        setState({ isSending: false });
      }
    },
    cancel: async () => {
      const { run } = getState();
      if (!run) return;
      await service.cancelJob(run.id).catch((error: unknown) => { setState({ refusal: problemOf(error) }); });
    },
    remove: async (id) => {
      await service.deleteJob(id).catch((error: unknown) => { setState({ refusal: problemOf(error) }); });
      if (getState().run?.id === id) {
        stop();
        setState({ run: null });
      }
      await refresh();
    },
    forget: () => {
      setState({ refusal: null });
    },
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof api.RequestError) return error.problem;
  return { type: "about:blank", title: t("app.service-silent"), status: 0, detail: error instanceof Error ? error.message : String(error) };
}
