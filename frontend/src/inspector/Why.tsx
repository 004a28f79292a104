import { useEffect, useState } from "react";
import * as api from "../api";
import { goTo } from "../commands";
import { lastOf, parentOf, toJson, unescapeName } from "../document";
import { roomOf, useEditor, useModel } from "../editor";
import { shapeText } from "../format";
import { effective } from "../intents/off";
import { pathOf } from "../outline";
import { ProblemBlock } from "../panels/ProblemBlock";
import { rich } from "../words/Rich";
import { t } from "../words/words";

/** Why an output of a call has its shape: each size with the calls that made it; a click on one selects its layer. */
export function Why({ path, call, output }: { readonly path: string; readonly call: number; readonly output: number }) {
  const { store } = useEditor();
  const revision = useModel((state) => state.revision);
  const [said, setSaid] = useState<api.Explanation | string | null>(null);
  useEffect(() => {
    const { document } = store.getState();
    if (!document) return;
    const asked = new AbortController();
    const place = { layer: unescapeName(lastOf(path)), path: parentOf(path) === "" ? [] : parentOf(path).split("/").map(unescapeName), node_index: call, tensor_index: output };
    api.explainShape(toJson(effective(document)), place, asked.signal).then(setSaid, (error: unknown) => {
      if (!asked.signal.aborted) setSaid(error instanceof Error ? error.message : String(error));
    });
    return () => { asked.abort(); };
  }, [store, revision, path, call, output]);
  if (said === null) return <p className="hintline" role="status">{t("why.looking")}</p>;
  if (typeof said === "string") return <p className="hintline e" role="alert">{said}</p>;
  return (
    <div className="why" data-testid="why">
      {said.problem && <ProblemBlock problem={said.problem} />}
      <Axes axes={said.axes} />
      {said.problem && said.inputs.map((incoming, i) => (
        <div key={i}>
          <p className="callno">{rich("why.incoming", { layer: incoming.tensor[0], shape: <span className="mono">{shapeText(incoming.shape)}</span> })}</p>
          <Axes axes={incoming.axes} />
        </div>
      ))}
      {said.smallest_input && <p className="hintline">{rich("why.smallest", { layer: said.smallest_input.layer, size: <b>{said.smallest_input.axes.map(() => said.smallest_input?.size).join(" × ")}</b>, now: said.smallest_input.now })}</p>}
    </div>
  );
}

/** Sizes that came about alike stand together. */
function Axes({ axes }: { readonly axes: readonly api.ExplainedAxis[] }) {
  const alike = new Map<string, number[]>();
  axes.forEach((axis, i) => {
    const key = JSON.stringify([axis.size, axis.steps.map((step) => [step.tensor, step.path, step.size, step.is_same])]);
    alike.set(key, [...(alike.get(key) ?? []), i]);
  });
  return [...alike.values()].map((numbers) => {
    const axis = axes[numbers[0] ?? 0];
    return axis && <Chain key={numbers.join()} title={t("why.axes", { n: numbers.length, axes: numbers.join(", ") })} axis={axis} />;
  });
}

function Chain({ title, axis }: { readonly title: string; readonly axis: api.ExplainedAxis }) {
  const editor = useEditor();
  const made = axis.steps.filter((step, i) => i === 0 || !step.is_same);
  const kept = axis.steps.length - made.length;
  const sizes = axis.sizes.map((size) => size ?? "None");
  const shown = sizes.length > 9 ? [...sizes.slice(0, 4), "…", ...sizes.slice(-4)] : sizes;
  return (
    <section className="chain" aria-label={title}>
      <h4><span className="faint">{title}</span> <span className="mono">{shown.join(" → ")}</span></h4>
      <ol>
        {made.map((step, i) => {
          const path = pathOf({ path: step.path, layer: step.tensor[0] }) ?? "";
          return (
            <li key={i}>
              <button type="button" className="link cut" title={[...step.path, step.tensor[0]].join("/")} onClick={() => { goTo(roomOf(editor), path, "centre"); }}>{step.tensor[0]}</button>
              <span className="mono">{step.text}</span>
            </li>
          );
        })}
      </ol>
      {kept > 0 && <p className="faint">{t("why.kept", { n: kept })}</p>}
      {!axis.is_whole && <p className="faint">{t("why.cut")}</p>}
    </section>
  );
}
