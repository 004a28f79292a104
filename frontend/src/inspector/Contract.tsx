import { useId } from "react";
import type { Diagnostic } from "../api";
import { useEditor, useModel, useUi } from "../editor";
import { exportModel } from "../exports";
import { Icon } from "../icons";
import { contractOf, setContract, type Term } from "../intents/contracts";
import { isObject, type Json, type JsonObject } from "../json";
import { Hint } from "../panels/ProblemBlock";
import { t } from "../words/words";
import { useTyped } from "./typed";

// Codes of layers whose class is not here, or whose contract says what they give.
const CONTRACTED = new Set(["GC201", "GC206", "GC207", "GC209", "GC214", "GC215"]);
const TERMS: readonly Term[] = ["output", "parameters", "treat_as"];

/** Whether somebody has to say what a layer gives, or has said it. */
export function isContracted(problems: readonly Diagnostic[]): boolean {
  return problems.some((problem) => CONTRACTED.has(problem.code));
}

/** What the user says of a class whose code is not here, once for all its layers. */
export function Contract({ record, problems }: { readonly record: JsonObject; readonly problems: readonly Diagnostic[] }) {
  const editor = useEditor();
  const document = useModel((state) => state.document);
  useModel((state) => state.revision);
  const report = useModel((state) => state.report);
  if (!document) return null;
  const { name, contract } = contractOf(document, record);
  const start = `/contracts/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  const unreadable = report?.diagnostics.filter(({ pointer }) => pointer === start || pointer.startsWith(`${start}/`)) ?? [];
  const misfits = problems.filter((problem) => problem.code === "GC215");
  return (
    <section className="sec" aria-label={t("contract")}>
      <h3>{t("contract")}<span className="end">{name}</span></h3>
      {TERMS.map((term) => (
        <Field key={`${name} ${term}`} name={name} term={term} value={contract[term]} problems={[...unreadable.filter(({ pointer }) => pointer === `${start}/${term}`), ...(term === termOf(contract) ? misfits : [])]} />
      ))}
      {unreadable.filter(({ pointer }) => !TERMS.some((term) => pointer === `${start}/${term}`)).map((problem, i) => <Problem key={i} problem={problem} />)}
      {Object.keys(contract).length === 0 && <p className="hintline">{t("contract.hint")}</p>}
      <p className="whyline"><button type="button" className="link" onClick={() => { void exportModel(editor, { kind: "convert", to: "stub" }); }}>{t("contract.stub")}</button></p>
    </section>
  );
}

/** The field that a contract which does not fit is about. */
function termOf(contract: JsonObject): Term {
  return "treat_as" in contract ? "treat_as" : "output";
}

/** One term of a contract. It is taken at Enter or when the field is left; Esc brings it back. */
function Field({ name, term, value, problems }: { readonly name: string; readonly term: Term; readonly value: Json | undefined; readonly problems: readonly Diagnostic[] }) {
  const { store } = useEditor();
  const catalog = useUi((state) => state.catalog);
  const id = useId();
  const shown = textOf(value);
  const [text, setText] = useTyped(shown);
  const commit = (): void => {
    const wanted = text.trim();
    if (wanted === shown) return;
    store.edit(t("contract.edit", { name }), (document) => setContract(document, name, term, wanted));
  };
  return (
    <>
      <div className={`prm${shown === "" ? " d" : ""}`}>
        <label htmlFor={id} className={shown === "" ? undefined : "set"}>{t(`contract.${term}`)}</label>
        <div className="ctl">
          <input
            id={id}
            className={`field${term === "treat_as" ? "" : " mono"}${problems.length > 0 ? " is-error" : ""}`}
            value={text}
            placeholder={t(`contract.${term}.example`)}
            list={term === "treat_as" ? `${id}-list` : undefined}
            aria-invalid={problems.length > 0 || undefined}
            aria-describedby={problems.length > 0 ? `${id}-problems` : undefined}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => { setText(event.target.value); }}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === "Enter") commit();
              if (event.key === "Escape") {
                event.stopPropagation();
                setText(shown);
              }
            }}
          />
          {term === "treat_as" && (
            <datalist id={`${id}-list`}>
              {catalog?.filter((entry) => entry.palette && entry.op.startsWith("layers.")).map((entry) => <option key={entry.op} value={entry.name} />)}
            </datalist>
          )}
        </div>
      </div>
      {problems.length > 0 && <div id={`${id}-problems`}>{problems.map((problem, i) => <Problem key={i} problem={problem} />)}</div>}
    </>
  );
}

function Problem({ problem }: { readonly problem: Diagnostic }) {
  return (
    <div className="hintline w" data-code={problem.code}>
      <Icon name="triangle-alert" small="xs" />
      <div>{problem.message}<Hint problem={problem} /></div>
    </div>
  );
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  return isObject(value) ? JSON.stringify(value) : String(value);
}
