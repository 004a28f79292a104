import { useState } from "react";
import { at } from "../address";
import type { Diagnostic } from "../api";
import { goTo } from "../commands";
import { roomOf, useEditor, useModel } from "../editor";
import { plural } from "../format";
import { Icon } from "../icons";
import { ignore, ignoredCodes, ignoreNothing } from "../intents";
import { pathOf } from "../outline";
import { Fixes, Hint, SeverityIcon } from "./ProblemBlock";

/** All problems of the last check; a click goes to the place. */
export function Problems() {
  const { store } = useEditor();
  const report = useModel((state) => state.report);
  const milliseconds = useModel((state) => state.checkMilliseconds);
  const selection = useModel((state) => state.selection);
  if (!report) return <p className="empty">Nothing is checked yet.</p>;
  if (report.diagnostics.length === 0) {
    return (
      <>
        <p className="empty">No problems.{milliseconds !== null && ` Checked in ${Math.max(1, Math.round(milliseconds))} ms.`}</p>
        <ul className="probs"><Ignored /></ul>
      </>
    );
  }
  const safe = report.diagnostics.filter((problem) => problem.fixes.some((fix) => fix.safe)).length;
  return (
    <ul className="probs" aria-label="Problems">
      {safe > 0 && (
        <li className="hintline">
          <button type="button" className="btn sm" onClick={() => { void store.fixAllSafe(); }}><Icon name="wand-sparkles" small />Fix all safe</button>{" "}
          {plural(safe, "problem")} {safe === 1 ? "has" : "have"} a fix that changes no meaning.
        </li>
      )}
      {report.diagnostics.map((problem, i) => (
        <ProblemRow key={i} problem={problem} isOn={selection.has(pathOf(problem) ?? "")} />
      ))}
      <Ignored />
      {report.more > 0 && <li className="hintline">{plural(report.more, "more problem")} of the same check are not listed.</li>}
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
  return (
    <li className={`prob${isOn ? " on" : ""}${path === null ? "" : " goes"}`} data-code={problem.code} onClick={go}>
      <SeverityIcon severity={problem.severity} />
      <a
        className={`code ${problem.severity === "error" ? "err" : problem.severity === "warning" ? "wrn" : "muted"}`}
        href={at(`/diagnostics/${problem.code}`)}
        target="_blank"
        rel="noreferrer"
        title={`About ${problem.code}: ${problem.slug}`}
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
              title={`Leave ${problem.code} out in this document: ${problem.slug}`}
              onClick={(event) => {
                event.stopPropagation();
                editor.store.edit(`Ignore ${problem.code}`, (document) => ignore(document, problem.code));
              }}
            >
              Ignore {problem.code} here
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
      Ignored here: {codes.join(", ")}.{" "}
      <button type="button" className="link" onClick={() => { store.edit("Ignore nothing", ignoreNothing); }}>Show {codes.length === 1 ? "it" : "them"} again</button>
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
          {related.length - 4} more
        </button>
      )}
    </>
  );
}

function Pointer({ text }: { readonly text: string }) {
  return <span className="cut" title={text}>{text === "" ? "/" : text}</span>;
}
