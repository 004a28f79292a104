import { useEffect, useRef } from "react";
import type { Fix, Shape } from "../api";
import { useEditor, useModel } from "../editor";
import { changesOf, type FixChange } from "../fixes";
import { countText, shapeText } from "../format";
import { Icon } from "../icons";
import { rich } from "../words/Rich";
import { t } from "../words/words";

const MOST_SHOWN = 6;

/** A fix before it is made: what changes and what becomes of the model. Enter makes it, Escape discards it. */
export function FixPreview() {
  const { store } = useEditor();
  const preview = useModel((state) => state.preview);
  const apply = useRef<HTMLButtonElement>(null);
  const id = preview?.fix.id;
  useEffect(() => {
    apply.current?.focus();
  }, [id]);
  if (!preview) return null;
  const { fix, problem } = preview;
  const changes = changesOf(fix.diff);
  return (
    <section className="fixcard float" aria-label={t("fix.card")} data-state={preview.report ? "ready" : "loading"}>
      <p className="kind"><Icon name="wand-sparkles" small />{t("fix.card.kind")}<span className="end muted">{fix.safe ? t("fix.card.safe") : ""}</span></p>
      <h2>{fix.title}</h2>
      <ul className="changes" aria-label={t("fix.changes")}>
        {changes.slice(0, MOST_SHOWN).map((change, i) => <Change key={i} change={change} isNamed />)}
        {changes.length > MOST_SHOWN && <li className="muted">{t("fix.more", { n: changes.length - MOST_SHOWN })}</li>}
      </ul>
      <Effect fix={fix} code={problem.code} />
      <div className="acts">
        <button type="button" ref={apply} className="btn primary" onClick={() => { store.applyPreview(); }}>{t("fix.apply")}<kbd>Enter</kbd></button>
        <button type="button" className="btn" onClick={() => { store.discardPreview(); }}>{t("fix.discard")}<kbd>Esc</kbd></button>
      </div>
    </section>
  );
}

/** A line of what becomes other: an argument, what it was and what it is. */
export function Change({ change: { layer, what, from, to }, isNamed }: { readonly change: FixChange; readonly isNamed: boolean }) {
  return (
    <li>
      {isNamed && <span className="cut">{layer}</span>} <span className="muted">{what}</span>{" "}
      {from !== null && to !== null && <><del className="mono">{from}</del> <ins className="mono">{to}</ins></>}
      {from !== null && to === null && <del className="mono">{from}</del>}
      {from === null && to !== null && <ins className="mono">{to}</ins>}
    </li>
  );
}

/** What becomes of the model: problems, shapes, parameters, outputs. */
function Effect({ fix, code }: { readonly fix: Fix; readonly code: string }) {
  const { solves, reveals, known, params: [before, after], outputs: [old, now] } = fix.effect;
  const codes = Object.entries(solves).map(([name, count]) => (count > 1 ? `${name} × ${count}` : name));
  return (
    <ul className="effect" aria-label={t("fix.effect")}>
      <li><Icon name="circle-check" small />{t("fix.solves", { codes: codes.length > 0 ? codes.join(", ") : code })}</li>
      {known > 0 && <li><Icon name="circle-check" small />{t("fix.known", { n: known })}</li>}
      {reveals > 0 && <li><Icon name="triangle-alert" small />{t("fix.reveals", { n: reveals })}</li>}
      {after !== null && <li><Icon name="plus" small />{before === null || before === after ? t("fix.parameters", { count: after }) : t("fix.parameters.change", { count: after, change: `${after > before ? "+" : "−"}${countText(Math.abs(after - before))}` })}</li>}
      {JSON.stringify(old) !== JSON.stringify(now) && <li><Icon name="arrow-right" small />{rich("fix.becomes", { n: now.length, shapes: <span className="mono">{outputs(now)}</span> })}</li>}
    </ul>
  );
}

function outputs(shapes: readonly (Shape | null)[]): string {
  const shown = shapes.slice(0, 3).map(shapeText).join(" ");
  return shapes.length > 3 ? `${shown} …` : shown;
}
