import { useEffect, useState } from "react";
import { useStore } from "zustand";
import * as api from "../api";
import type { Dataset } from "../api";
import { useEditor, useModel } from "../editor";
import { Runs } from "./Runs";
import { RunView } from "./RunView";
import { TrainingForm } from "./TrainingForm";
import type { TrainingStore } from "./trainingStore";
import { rich } from "../words/Rich";
import { t } from "../words/words";

/** The form, the run that is watched, and all jobs. */
export function TrainingPanel({ training }: { readonly training: TrainingStore }) {
  const { canTrain } = useEditor();
  const hasModel = useModel((state) => state.document !== null && state.report !== null);
  const { run, version, jobs, refusal } = useStore(training);
  const [datasets, setDatasets] = useState<readonly Dataset[] | null>(null);
  const language = useModel((state) => state.language);
  useEffect(() => {
    if (canTrain) void training.load("last");
  }, [canTrain, training]);
  // What data sets are called is said by the service, in the page's language.
  useEffect(() => {
    if (canTrain) api.datasets().then(setDatasets, () => { setDatasets([]); });
  }, [canTrain, language]);
  if (!canTrain) return <p className="empty">{rich("training.off", { command: <code>pip install 'layerwright[train]'</code> })}</p>;
  return (
    <div className="tlayout">
      {hasModel && datasets ? <TrainingForm training={training} datasets={datasets} refusal={refusal} /> : <div className="tform"><p className="hintline">{t(hasModel ? "training.loading" : "training.open-first")}</p></div>}
      <div className="trun">
        {run ? <RunView training={training} run={run} version={version} /> : <p className="empty">{t("training.no-run")}</p>}
        {jobs.length > 0 && <Runs training={training} jobs={jobs} watched={run?.id ?? null} />}
      </div>
    </div>
  );
}
