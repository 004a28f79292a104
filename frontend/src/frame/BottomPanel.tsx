import { lazy, Suspense, useRef, type KeyboardEvent, type PointerEvent } from "react";
import { keysOf } from "../commands";
import { useEditor, useModel, useUi } from "../editor";
import { Icon } from "../icons";
import { Problems } from "../panels/Problems";
import { Summary } from "../panels/Summary";
import type { TrainingStore } from "../training/trainingStore";
import type { BottomTab } from "../ui";
import { Tabs } from "./Tabs";
import { problemCount } from "../outline";
import { dangerCount } from "../safety";
import { t } from "../words/words";

// Curves come with their own library; who only looks at a model does not wait for it.
const TrainingPanel = lazy(() => import("../training/TrainingPanel").then((module) => ({ default: module.TrainingPanel })));
// So do the texts.
const JsonPanel = lazy(() => import("../text/JsonPanel").then((module) => ({ default: module.JsonPanel })));
const PythonPanel = lazy(() => import("../text/PythonPanel").then((module) => ({ default: module.PythonPanel })));
const [LEAST, MOST] = [96, 640];

/** Problems, summary and training, below the canvas. */
export function BottomPanel({ training }: { readonly training: TrainingStore }) {
  const { ui } = useEditor();
  const bottomTab = useUi((state) => state.bottomTab);
  const isBottomOpen = useUi((state) => state.isBottomOpen);
  const bottomHeight = useUi((state) => state.bottomHeight);
  const report = useModel((state) => state.report);
  const milliseconds = useModel((state) => state.checkMilliseconds);
  const isPreview = useModel((state) => state.preview !== null);
  const isReady = useModel((state) => state.status === "ready");
  const problems = problemCount(report);
  const dangers = useModel((state) => dangerCount(state.dangers));
  const isError = report?.diagnostics.some((problem) => problem.severity === "error") ?? false;
  const choose = (tab: BottomTab): void => {
    if (isBottomOpen && tab === bottomTab) ui.setState({ isBottomOpen: false });
    else ui.showTab(tab);
  };
  return (
    <section className={`bottom${isBottomOpen ? "" : " closed"}`} style={isBottomOpen ? { height: bottomHeight } : undefined} aria-label={t("panels.bottom.region")}>
      {isBottomOpen && <Splitter />}
      <Tabs
        label={t("panels.bottom")}
        panel="bottom-panel"
        chosen={isBottomOpen ? bottomTab : null}
        onChoose={choose}
        tabs={[
          { key: "problems", title: <>{t("panels.problems")}{problems > 0 && <span className={`badge round ${isError ? "error" : "warn"}`}>{problems}</span>}{dangers > 0 && <span className="badge warn" title={t("safety.count", { n: dangers })}><Icon name="shield-alert" small="xs" />{dangers}</span>}</> },
          { key: "summary", title: t("panels.summary") },
          { key: "json", title: t("panels.json") },
          { key: "python", title: t("panels.python") },
          { key: "training", title: t("panels.training") },
        ]}
      >
        <span className="end row">
          {isPreview && <span className="faint checked">{t("panels.preview")}</span>}
          {!isPreview && isReady && milliseconds !== null && <span className="faint num checked">{t("panels.checked", { milliseconds: Math.max(1, Math.round(milliseconds)) })}</span>}
          <button type="button" className="btn ghost icon sm" aria-expanded={isBottomOpen} aria-label={t(isBottomOpen ? "panels.bottom.close" : "panels.bottom.open")} title={keysOf("bottom-panel")} onClick={() => { ui.setState({ isBottomOpen: !isBottomOpen }); }}>
            <Icon name={isBottomOpen ? "chevron-down" : "chevron-up"} small />
          </button>
        </span>
      </Tabs>
      {isBottomOpen && (
        <div id="bottom-panel" role="tabpanel" aria-label={t(`panels.${bottomTab}`)} className={`panel ${bottomTab}`}>
          {bottomTab === "problems" && <Problems />}
          {bottomTab === "summary" && <Summary />}
          {bottomTab === "json" && <Suspense fallback={<p className="empty">{t("panels.opening")}</p>}><JsonPanel /></Suspense>}
          {bottomTab === "python" && <Suspense fallback={<p className="empty">{t("panels.opening")}</p>}><PythonPanel /></Suspense>}
          {bottomTab === "training" && (
            <Suspense fallback={<p className="empty">{t("panels.opening")}</p>}>
              <TrainingPanel training={training} />
            </Suspense>
          )}
        </div>
      )}
    </section>
  );
}

/** The upper edge: drag it, or use the arrow keys. */
function Splitter() {
  const { ui } = useEditor();
  const height = useUi((state) => state.bottomHeight);
  const start = useRef<{ readonly y: number; readonly height: number } | null>(null);
  const set = (wanted: number): void => {
    ui.setState({ bottomHeight: Math.round(Math.min(Math.min(MOST, innerHeight - 160), Math.max(LEAST, wanted))) });
  };
  const onPointerDown = (event: PointerEvent): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { y: event.clientY, height };
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (start.current) set(start.current.height + start.current.y - event.clientY);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    set(height + (event.key === "ArrowUp" ? 24 : -24));
  };
  return (
    <div
      className="splitter"
      role="separator"
      aria-orientation="horizontal"
      aria-label={t("panels.bottom.height")}
      aria-valuenow={height}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => { start.current = null; }}
      onPointerCancel={() => { start.current = null; }}
      onKeyDown={onKeyDown}
    />
  );
}
