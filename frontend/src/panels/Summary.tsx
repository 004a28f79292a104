import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import type { Report } from "../api";
import { goTo } from "../commands";
import { roomOf, useEditor, useModel } from "../editor";
import { bytesText, countText } from "../format";
import { Icon } from "../icons";
import { found } from "../search";
import { SearchField } from "./SearchField";
import { arranged, summaryOf, type SortColumn, type Sorting, type SummaryRow } from "./summaryTable";
import { rich } from "../words/Rich";
import { t } from "../words/words";

const ROW = 26;
const ALL_ROWS = 400;
const COLUMNS = ["layer", "shape", "params", "activations", "multiply-adds", "connected"] as const;

/** The table of `model.summary()`, as data: a row a layer, then the totals. */
export function Summary() {
  const report = useModel((state) => state.report);
  const spoken = useModel((state) => state.language);
  const [filter, setFilter] = useState("");
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const all = useMemo(() => (report && spoken ? summaryOf(report) : []), [report, spoken]);
  const rows = useMemo(() => arranged(all, report && filter.trim() !== "" ? new Set(found(report, filter)) : null, sorting), [all, report, filter, sorting]);
  if (!report) return <p className="empty">{t("problems.unchecked")}</p>;
  return (
    <>
      <SearchField label={t("reading.show.filter")} value={filter} onChange={setFilter} />
      <Rows rows={rows} sorting={sorting} onSort={(column) => { setSorting(nextSorting(sorting, column)); }} />
      <Totals report={report} />
    </>
  );
}

/** A column's first click orders by it, numbers from the most down; the second turns that round, the third ends it. */
function nextSorting(now: Sorting | null, column: SortColumn): Sorting | null {
  const isFirstDown = column !== "layer" && column !== "shape";
  if (now?.column !== column) return { column, isDescending: isFirstDown };
  return now.isDescending === isFirstDown ? { column, isDescending: !isFirstDown } : null;
}

interface RowsProps {
  readonly rows: readonly SummaryRow[];
  readonly sorting: Sorting | null;
  readonly onSort: (column: SortColumn) => void;
}

function Rows({ rows, sorting, onSort }: RowsProps) {
  const editor = useEditor();
  const selection = useModel((state) => state.selection);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: rows.length <= ALL_ROWS ? rows.length : 20 });
  return (
    <div className="sumtab" role="table" aria-label={t("summary.label")} aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div className="sr head" role="row">
          {COLUMNS.map((column) => (
            <span key={column} role="columnheader" aria-sort={sorting?.column !== column ? undefined : sorting.isDescending ? "descending" : "ascending"}>
              {column === "connected" ? t("summary.connected") : (
                <button type="button" onClick={() => { onSort(column); }}>
                  {t(`summary.${column}`)}
                  {sorting?.column === column && <Icon name={sorting.isDescending ? "chevron-down" : "chevron-up"} small="xs" />}
                </button>
              )}
            </span>
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
