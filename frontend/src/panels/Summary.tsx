import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import type { Report } from "../api";
import { goTo } from "../commands";
import { roomOf, useEditor, useModel } from "../editor";
import { bytesText, countText } from "../format";
import { summaryOf, type SummaryRow } from "./summaryTable";

const ROW = 26;
const ALL_ROWS = 400;

/** The table of `model.summary()`, as data: a row a layer, then the totals. */
export function Summary() {
  const report = useModel((state) => state.report);
  const rows = useMemo(() => (report ? summaryOf(report) : []), [report]);
  if (!report) return <p className="empty">Nothing is checked yet.</p>;
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
    <div className="sumtab" role="table" aria-label="Summary" aria-rowcount={rows.length + 1}>
      <div role="rowgroup">
        <div className="sr head" role="row">
          {["Layer (type)", "Output shape", "Param #", "Activations", "Multiply-adds", "Connected to"].map((title) => (
            <span key={title} role="columnheader">{title}</span>
          ))}
        </div>
      </div>
      <div ref={scroller} className="scroll" role="rowgroup" tabIndex={0} aria-label="Layers of the summary">
        <div className="tall" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <div key={row.path} className={`sr${selection.has(row.path) ? " on" : ""}`} role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${start}px)` }} onClick={() => { goTo(roomOf(editor), row.path); }}>
                <span role="cell" className="cut" style={{ paddingLeft: 16 * row.depth }}>{row.name} <span className="faint">({row.className})</span></span>
                <span role="cell" className={row.shape === "unknown" ? "faint" : "mono cut"}>{row.shape}</span>
                <span role="cell" className="num">{countText(row.parameters)}</span>
                <span role="cell" className="num">{row.activations === null ? "unknown" : bytesText(row.activations)}</span>
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
  return (
    <p className="totals">
      <span>Total params: <b>{params.total === null ? `≥ ${countText(params.known)}` : countText(params.total)}</b>{bytes !== null && ` (${bytesText(bytes)})`}</span>
      <span>Trainable params: <b>{countText(params.trainable)}</b></span>
      <span>Non-trainable params: <b>{countText(params.non_trainable)}</b></span>
      {all !== null && peak !== null && <span>Activations of a sample: <b>{bytesText(all)}</b>, at a time <b>{bytesText(peak)}</b></span>}
      <span>Multiply-adds of a sample: <b>{countText(cost.multiply_adds)}</b></span>
    </p>
  );
}
