import { Fragment, useState } from "react";
import { at } from "../address";
import type { Diagnostic, Severity } from "../api";
import { goTo } from "../commands";
import { exportSafeCopy } from "../exports";
import { roomOf, useEditor, useModel } from "../editor";
import { Icon } from "../icons";
import { ignore, ignoredCodes, ignoreNothing } from "../intents/view";
import { pathOf, problemGroups, SEVERITIES } from "../outline";
import { dangerCount } from "../safety";
import { Fixes, Hint, SeverityIcon } from "./ProblemBlock";
import { between } from "../ways";
import { t } from "../words/words";

type Shown = "all" | Severity | "safety";
// One fault in a block that repeats is a hundred problems of one code: the first say what it is.
const [MANY_ALIKE, FIRST_OF_MANY] = [5, 3];

/** All problems of the last check, and what the file could do; a click goes to the place. */
export function Problems() {
  const editor = useEditor();
  const { store } = editor;
  const report = useModel((state) => state.report);
  const milliseconds = useModel((state) => state.checkMilliseconds);
  const selection = useModel((state) => state.selection);
  const dangers = useModel((state) => state.dangers) ?? [];
  const [wanted, setWanted] = useState<Shown>("all");
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  if (!report) return <p className="empty">{t("problems.unchecked")}</p>;
  if (report.diagnostics.length + dangers.length === 0) {
    return (
      <>
        <p className="empty">{milliseconds === null ? t("problems.none") : t("problems.none.in", { milliseconds: Math.max(1, Math.round(milliseconds)) })}</p>
        <ul className="probs"><Ignored /></ul>
      </>
    );
  }
  // A filter that is not offered any longer must hide nothing.
  const count = (kind: Shown): number => (kind === "safety" ? dangerCount(dangers) : report.diagnostics.filter(({ severity }) => severity === kind).length);
  const offered = ([...SEVERITIES, "safety"] as const).filter((kind) => count(kind) > 0);
  const shown = offered.some((kind) => kind === wanted) ? wanted : "all";
  const listed = report.diagnostics.filter(({ severity }) => shown === "all" || severity === shown);
  const safe = report.diagnostics.filter((problem) => problem.fixes.some((fix) => fix.safe)).length;
  return (
    <ul className="probs" aria-label={t("problems.label")}>
      {offered.length > 1 && (
        <li className="hintline">
          <div className="filter" role="group" aria-label={t("problems.filter")}>
            {(["all", ...offered] as const).map((kind) => <button key={kind} type="button" className="btn sm" aria-pressed={kind === shown} onClick={() => { setWanted(kind); }}>{kind === "all" ? t("problems.filter.all") : t(`problems.filter.${kind}`, { n: count(kind) })}</button>)}
          </div>
        </li>
      )}
      {shown !== "safety" && safe > 0 && (
        <li className="hintline row">
          <button type="button" className="btn sm" onClick={() => { void store.fixAllSafe(); }}><Icon name="wand-sparkles" small />{t("problems.fix-all")}</button>
          {t("problems.fix-all.count", { n: safe })}
        </li>
      )}
      {problemGroups(listed).map(({ code, problems }) => {
        const isFolded = problems.length > MANY_ALIKE && !unfolded.has(code);
        return (
          <Fragment key={code}>
            {problems.slice(0, isFolded ? FIRST_OF_MANY : undefined).map((problem, i) => (
              <ProblemRow key={i} problem={problem} isOn={selection.has(pathOf(problem) ?? "")} />
            ))}
            {isFolded && (
              <li className="hintline">
                <button type="button" className="link" onClick={() => { setUnfolded(new Set([...unfolded, code])); }}>{t("problems.alike", { n: problems.length - FIRST_OF_MANY, code })}</button>
              </li>
            )}
          </Fragment>
        );
      })}
      {(shown === "all" || shown === "safety") && dangers.length > 0 && (
        <>
          <li className="hintline safety">
            <h2><Icon name="shield-alert" small />{t("safety.title")}</h2>
            <p>{t("safety.count", { n: dangerCount(dangers) })} {t("safety.copy.what")}</p>
            <button type="button" className="btn sm" onClick={() => { void exportSafeCopy(editor); }}><Icon name="download" small />{t("safety.copy")}</button>
          </li>
          {dangers.map((danger, i) => (
            <ProblemRow key={i} problem={danger} isOn={selection.has(pathOf(danger) ?? "")} />
          ))}
        </>
      )}
      <Ignored />
      {report.more > 0 && <li className="hintline">{t("problems.more", { n: report.more })}</li>}
    </ul>
  );
}

function ProblemRow({ problem, isOn }: { readonly problem: Diagnostic; readonly isOn: boolean }) {
  const editor = useEditor();
  const path = pathOf(problem);
  const place = problem.line === null ? null : `${problem.member === null ? "" : `${problem.member}:`}${problem.line}:${problem.column ?? 1}`;
  const go = (): void => {
    if (path !== null) goTo(roomOf(editor), path, "centre");
  };
  /** The way from what the problem names beside its place to the place, in its colour on the canvas. */
  const blame = (isOn: boolean): void => {
    const { report } = editor.store.getState();
    const sources = problem.related.flatMap((place) => pathOf(place) ?? []);
    const paths = path !== null && report ? sources.flatMap((source) => [...between(report, [source, path])]) : [];
    editor.view.current?.blame(isOn && path !== null ? { paths: new Set([path, ...paths]), severity: problem.severity } : null);
  };
  return (
    <li className={`prob${isOn ? " on" : ""}${path === null ? "" : " goes"}`} data-code={problem.code} onClick={go} onPointerEnter={() => { blame(true); }} onPointerLeave={() => { blame(false); }} onFocus={() => { blame(true); }} onBlur={() => { blame(false); }}>
      <SeverityIcon severity={problem.severity} />
      <a
        className={`code ${problem.severity === "error" ? "err" : problem.severity === "warning" ? "wrn" : "muted"}`}
        href={at(`/diagnostics/${problem.code}`)}
        target="_blank"
        rel="noreferrer"
        title={t("problems.about", { code: problem.code, slug: problem.slug })}
        onClick={(event) => { event.stopPropagation(); }}
      >
        {problem.code}
      </a>
      <div>
        {path === null ? <p className="msg">{problem.message}</p> : (
          <button
            type="button"
            className="msg"
            onClick={(event) => {
              event.stopPropagation();
              go();
            }}
          >
            {problem.message}
          </button>
        )}
        <Related problem={problem} />
        <Hint problem={problem} />
        <Fixes problem={problem} />
        {problem.severity !== "error" && (
          <p className="sub">
            <button
              type="button"
              className="link"
              title={t("problems.ignore.title", { code: problem.code, slug: problem.slug })}
              onClick={(event) => {
                event.stopPropagation();
                editor.store.edit(t("edit.ignore", { code: problem.code }), (document) => ignore(document, problem.code));
              }}
            >
              {t("problems.ignore", { code: problem.code })}
            </button>
          </p>
        )}
      </div>
      <span className="where mono"><Pointer text={problem.pointer} />{place !== null && <span>{place}</span>}</span>
    </li>
  );
}

/** Codes that this document leaves out, and a way back. */
function Ignored() {
  const { store } = useEditor();
  const document = useModel((state) => state.document);
  useModel((state) => state.revision);
  const codes = document ? ignoredCodes(document) : [];
  if (codes.length === 0) return null;
  return (
    <li className="hintline" data-testid="ignored">
      {t("problems.ignored", { codes: codes.join(", ") })}{" "}
      <button type="button" className="link" onClick={() => { store.edit(t("edit.ignore-nothing"), ignoreNothing); }}>{t("problems.show-again", { n: codes.length })}</button>
    </li>
  );
}

/** What the report names beside the place: the inputs that do not fit, each with its shape. */
function Related({ problem }: { readonly problem: Diagnostic }) {
  const editor = useEditor();
  const [isAll, setAll] = useState(false);
  const { related } = problem;
  return (
    <>
      {related.slice(0, isAll ? undefined : 4).map((place, i) => {
        const path = pathOf(place);
        return (
          <p className="sub" key={i}>
            {place.label}{" "}
            {path !== null && (
              <button
                type="button"
                className="link"
                onClick={(event) => {
                  event.stopPropagation();
                  goTo(roomOf(editor), path, "centre");
                }}
              >
                {place.layer}
                {place.node_index !== null && `[${place.node_index}]`}
                {place.tensor_index !== null && `[${place.tensor_index}]`}
              </button>
            )}{" "}
            <span className="mono">{place.says}</span>
          </p>
        );
      })}
      {!isAll && related.length > 4 && (
        <button
          type="button"
          className="link"
          onClick={(event) => {
            event.stopPropagation();
            setAll(true);
          }}
        >
          {t("count.shown", { n: related.length - 4 })}
        </button>
      )}
    </>
  );
}

function Pointer({ text }: { readonly text: string }) {
  return <span className="cut" title={text}>{text === "" ? "/" : text}</span>;
}
