import { at } from "../address";
import type { Diagnostic } from "../api";
import { goTo } from "../commands";
import { roomOf, useEditor, useModel } from "../editor";
import { isSolved } from "../fixes";
import { Icon, type IconName } from "../icons";
import { pathOf } from "../outline";
import { t } from "../words/words";

const ICONS: Readonly<Record<Diagnostic["severity"], IconName>> = { error: "circle-x", warning: "triangle-alert", info: "info" };

/** The sign of a verdict; its colour never stands alone. */
export function SeverityIcon({ severity, small = false }: { readonly severity: Diagnostic["severity"]; readonly small?: boolean | "xs" }) {
  return (
    <span className={severity === "error" ? "ic err" : severity === "warning" ? "ic wrn" : "ic muted"}>
      <Icon name={ICONS[severity]} small={small} />
      <span className="vh">{t(`severity.${severity}`)}</span>
    </span>
  );
}

/** A problem in a panel that is about its layer already. */
export function ProblemBlock({ problem }: { readonly problem: Diagnostic }) {
  return (
    <div className={`pblock ${problem.severity}`} data-code={problem.code}>
      <SeverityIcon severity={problem.severity} />
      <div className="grow">
        <p><a className="code" href={at(`/diagnostics/${problem.code}`)} target="_blank" rel="noreferrer">{problem.code}</a> {problem.message}</p>
        <Hint problem={problem} />
        <Fixes problem={problem} />
      </div>
    </div>
  );
}

/** The way out; a layer that it names is a way to the layer. */
export function Hint({ problem }: { readonly problem: Diagnostic }) {
  const editor = useEditor();
  if (problem.hint === null) return null;
  const records = editor.store.getState().document?.records;
  const parts = sentence(problem.hint).split(/"([^"]+)"/);
  return (
    <p className="sub">
      {parts.map((part, i) => {
        const path = i % 2 === 0 ? null : pathOf({ path: problem.path ?? [], layer: part });
        if (path === null || !records?.has(`layer/${path}`)) return i % 2 === 0 ? part : `"${part}"`;
        return (
          <button
            key={i}
            type="button"
            className="link"
            onClick={(event) => {
              event.stopPropagation();
              goTo(roomOf(editor), path, "centre");
            }}
          >
            {part}
          </button>
        );
      })}
    </p>
  );
}

/** The ways out, each tried by the service before it was offered. A click shows what it would do. */
export function Fixes({ problem }: { readonly problem: Diagnostic }) {
  const { store } = useEditor();
  const preview = useModel((state) => state.preview);
  if (preview?.report && isSolved(problem, preview.report)) {
    return <p className="solved"><Icon name="circle-check" small />{t("fix.solved")}</p>;
  }
  if (problem.fixes.length === 0) return null;
  return (
    <div className="fixes" aria-label={t("fix.group")} role="group">
      {problem.fixes.map((fix) => (
        <button
          type="button"
          key={fix.id}
          className="btn sm"
          data-fix={fix.id}
          aria-pressed={preview?.fix.id === fix.id}
          title={fix.safe ? t("fix.safe") : undefined}
          onClick={(event) => {
            event.stopPropagation();
            void store.previewFix(problem, fix);
          }}
        >
          <Icon name="wand-sparkles" small />{t("fix.preview", { title: fix.title })}
        </button>
      ))}
    </div>
  );
}

/** Hints are written as imperatives in small letters. */
export function sentence(hint: string): string {
  return hint.charAt(0).toUpperCase() + hint.slice(1);
}
