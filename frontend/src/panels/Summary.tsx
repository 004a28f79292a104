import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import type { Report } from "../api";
import { goTo } from "../commands";
import { roomOf, useEditor, useModel } from "../editor";
import { bytesText, countText } from "../format";
import { summaryOf, type SummaryRow } from "./summaryTable";
import { rich } from "../words/Rich";
import { t } from "../words/words";

const ROW = 26;
const ALL_ROWS = 400;
const COLUMNS = ["layer", "shape", "params", "activations", "multiply-adds", "connected"] as const;

/** The table of `model.summary()`, as data: a row a layer, then the totals. */
export function Summary() {
  const report = useModel((state) => state.report);
  const spoken = useModel((state) => state.language);
  const rows = useMemo(() => (report && spoken ? summaryOf(report) : []), [report, spoken]);
  if (!report) return <p className="empty">{t("problems.unchecked")}</p>;
  return (
    <>
      <Rows rows={rows} />
      <Totals report={report} />
    </>
  );
}

function Rows({ rows }: { readonly rows: readonly SummaryRow[] }) {
  const editor = useEditor();
  const selection = useModel((state) => state.selection);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: rows.length <= ALL_ROWS ? rows.length : 20 });
  return (
    <div className="sumtab" role="table" aria-label={t("summary.label")} aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div className="sr head" role="row">
          {COLUMNS.map((column) => (
            <span key={column} role="columnheader">{t(`summary.${column}`)}</span>
          ))}
        </div>
      </div>
      <div ref={scroller} className="scroll" role="rowgroup" tabIndex={0} aria-label={t("summary.rows")}>
        <div className="tall" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <div key={row.path} className={`sr${selection.has(row.path) ? " on" : ""}`} role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${start}px)` }} onClick={() => { goTo(roomOf(editor), row.path); }}>
                <span role="cell" className="cut" style={{ paddingLeft: 16 * row.depth }}>{row.name} <span className="faint">({row.className})</span></span>
                <span role="cell" className={row.shape === t("word.unknown") ? "faint" : "mono cut"}>{row.shape}</span>
                <span role="cell" className="num">{countText(row.parameters)}</span>
                <span role="cell" className="num">{row.activations === null ? t("word.unknown") : bytesText(row.activations)}</span>
                <span role="cell" className="num">{countText(row.multiplyAdds)}</span>
                <span role="cell" className="mono cut" title={row.connected}>{row.connected}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Totals({ report: { params, cost } }: { readonly report: Report }) {
  const { weights_bytes: bytes, activation_bytes: all, peak_activation_bytes: peak } = cost;
  const total = <b>{params.total === null ? `≥ ${countText(params.known)}` : countText(params.total)}</b>;
  return (
    <p className="totals">
      <span>{bytes === null ? rich("summary.total", { count: total }) : rich("summary.total.bytes", { count: total, bytes: bytesText(bytes) })}</span>
      <span>{rich("summary.trainable", { count: <b>{countText(params.trainable)}</b> })}</span>
      <span>{rich("summary.non-trainable", { count: <b>{countText(params.non_trainable)}</b> })}</span>
      {all !== null && peak !== null && <span>{rich("summary.sample-activations", { all: <b>{bytesText(all)}</b>, peak: <b>{bytesText(peak)}</b> })}</span>}
      <span>{rich("summary.sample-adds", { count: <b>{countText(cost.multiply_adds)}</b> })}</span>
    </p>
  );
}
