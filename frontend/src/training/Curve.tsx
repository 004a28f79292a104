import { useEffect, useRef } from "react";
import uPlot from "uplot";
import type { Run } from "./run";
import { measureText } from "../format";
import { t } from "../words/words";

const HEIGHT = 190;

/** The curve of one measure: training solid, validation dashed; for the loss also what the running epoch says. */
export function Curve({ run, version, measure }: { readonly run: Run; readonly version: number; readonly measure: string }) {
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const last = run.history.get(measure)?.at(-1);
  const validation = run.history.get(`val_${measure}`)?.at(-1);

  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const make = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(run, element), dataOf(run, measure), element);
    };
    make();
    const sizes = new ResizeObserver(() => { plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }); });
    sizes.observe(element);
    // Its colours are resolved once: another theme needs another plot.
    const themes = new MutationObserver(make);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", make);
    return () => {
      sizes.disconnect();
      themes.disconnect();
      dark.removeEventListener("change", make);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [run, measure]);

  useEffect(() => {
    plot.current?.setData(dataOf(run, measure));
  }, [run, measure, version]);

  return (
    <figure className="curve" aria-label={validation === undefined ? t("curve.label", { measure, last: measureText(last) }) : t("curve.label.validation", { measure, last: measureText(last), validation: measureText(validation) })}>
      <figcaption>
        <b>{measure}</b>
        <span className="num acc">{measureText(last)}</span>
        {validation !== undefined && <span className="num muted">{t("curve.validation", { value: measureText(validation) })}</span>}
      </figcaption>
      <div ref={root} className="plot" />
    </figure>
  );
}

function dataOf(run: Run, measure: string): uPlot.AlignedData {
  const epochs = (name: string): uPlot.AlignedData => {
    const values = run.history.get(name) ?? [];
    return [values.map((_, i) => i + 1), values];
  };
  const batches: uPlot.AlignedData = measure === "loss" ? [run.batches.at, run.batches.loss] : [[], []];
  return uPlot.join([batches, epochs(measure), epochs(`val_${measure}`)]);
}

function optionsOf(run: Run, element: HTMLElement): uPlot.Options {
  const colour = resolver(element);
  const [accent, ink, line, faint] = [colour("accent"), colour("ink-3"), colour("line"), colour("wire")];
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "11px Inter, sans-serif" };
  const points = { show: (plot: uPlot, series: number) => Array.from(plot.data[series] ?? []).filter((value) => value !== null && value !== undefined).length < 2 };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false },
    scales: { x: { time: false, range: (_, low) => [Math.min(1, low ?? 0), Math.max(2, run.epochs)] } },
    axes: [
      { ...axis, size: 28, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000] },
      { ...axis, size: 54, values: (_, ticks) => ticks.map((tick) => (Math.abs(tick) >= 1e5 || (tick !== 0 && Math.abs(tick) < 1e-3) ? tick.toExponential(0) : String(Number(tick.toPrecision(4))))) },
    ],
    series: [
      {},
      { label: "running", stroke: faint, width: 1, spanGaps: true, points: { show: false } },
      { label: "training", stroke: accent, width: 2, spanGaps: true, points },
      { label: "validation", stroke: accent, width: 2, dash: [6, 4], spanGaps: true, points },
    ],
  };
}

/** A canvas cannot resolve light-dark() itself, a probe element can. */
function resolver(element: HTMLElement): (token: string) => string {
  return (token) => {
    const probe = document.createElement("span");
    probe.hidden = true;
    probe.style.color = `var(--${token})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
