import { useState } from "react";
import type { Difference } from "../differences";
import { useEditor, useReading } from "../editor";
import { pathText } from "../format";
import { Icon, type IconName } from "../icons";
import type { Comparison as Compared } from "../reading";
import { t } from "../words/words";
import { Change } from "./FixPreview";
import { told } from "./Keep";

const SIGNS: Readonly<Record<Difference["kind"], IconName>> = { added: "plus", removed: "minus", changed: "arrow-right" };
// Of a model that became another one nobody reads all.
const MOST_SHOWN = 200;

/** Two saves: what came, went and became other, with the canvas showing the one or the other. */
export function Comparison() {
  const comparison = useReading((state) => state.comparison);
  return comparison && <Card comparison={comparison} />;
}

function Card({ comparison }: { readonly comparison: Compared }) {
  const { reading, keeping, view, ui } = useEditor();
  const { before, after, differences, shown } = comparison;
  const [isGoing, setGoing] = useState(false);
  const close = (): void => {
    reading.setState({ comparison: null });
  };
  const show = (side: Compared["shown"]): void => {
    reading.setState({ comparison: { ...comparison, shown: side } });
  };
  const goTo = ({ kind, path }: Difference): void => {
    show(kind === "removed" ? "before" : kind === "added" ? "after" : shown);
    view.current?.reveal(path, "centre");
  };
  const count = (kind: Difference["kind"]): number => differences.filter((one) => one.kind === kind).length;
  return (
    <section className="fixcard compare float" aria-label={t("compare.title", { before: before.number, after: after.number })}>
      <p className="kind"><Icon name="table" small />{t("compare.title", { before: before.number, after: after.number })}<button type="button" className="btn ghost icon sm end" aria-label={t("word.close")} onClick={close}><Icon name="x" small /></button></p>
      <div className="sides" role="group" aria-label={t("compare.shown")}>
        {(["before", "after"] as const).map((side) => (
          <button type="button" key={side} className="btn sm" aria-pressed={shown === side} onClick={() => { show(side); }}>{t("compare.save", { number: comparison[side].number })}</button>
        ))}
      </div>
      <p className="muted" role="status">{differences.length === 0 ? t("compare.none") : t("compare.counts", { added: count("added"), removed: count("removed"), changed: count("changed") })}</p>
      <ul className="differences" aria-label={t("compare.differences")}>
        {differences.slice(0, MOST_SHOWN).map((one) => (
          <li key={one.path} data-difference={one.kind}>
            <span className={one.kind} title={t(`compare.${one.kind}`)}><Icon name={SIGNS[one.kind]} small="xs" /><span className="vh">{t(`compare.${one.kind}`)}</span></span>
            {one.path === "" ? <b>{one.name}</b> : <button type="button" className="link cut" onClick={() => { goTo(one); }}>{pathText(one.path)}</button>}
            <span className="muted cut">{one.className}</span>
            {one.changes.length > 0 && <ul>{one.changes.map((change, i) => <Change key={i} change={change} isNamed={false} />)}</ul>}
          </li>
        ))}
        {differences.length > MOST_SHOWN && <li className="muted">{t("count.shown", { n: differences.length - MOST_SHOWN })}</li>}
      </ul>
      <div className="acts">
        <button type="button" className="btn" disabled={isGoing} onClick={() => {
          setGoing(true);
          told(ui.notify, keeping.takeRevision(before.number).then(close));
        }}>{t("keep.revision", { number: before.number })}</button>
      </div>
    </section>
  );
}
