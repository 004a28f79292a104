import { memo, useId, useMemo, useState } from "react";
import type { CatalogEntry, CatalogParameter, Diagnostic } from "../api";
import { useEditor, useModel, useUi } from "../editor";
import type { Document } from "../document";
import { pathText } from "../format";
import { Icon } from "../icons";
import { sequence } from "../intents/change";
import { setArgument } from "../intents/layers";
import { setExpression } from "../intents/view";
import { equal, isObject, type Json, type JsonObject } from "../json";
import { Hint } from "../panels/ProblemBlock";
import { docOf, useArgumentDocs } from "./argumentDocs";
import { aboutOf, controlOf, isDefault, valueText, type Control } from "./fields";
import { ClassField, ObjectFields } from "./ObjectFields";
import { chosenOf, objectsFor } from "./objects";
import { suggestionsFor } from "./suggestions";
import { ValueField } from "./ValueField";
import { t } from "../words/words";

// What has its own place: the name at the top, a nested model's layers in the tree.
const SHOWN_ELSEWHERE = new Set(["name", "layers"]);
const ALWAYS_SHOWN = 6;
const NONE: readonly string[] = [];
const NO_PROBLEMS: readonly Diagnostic[] = [];

interface Argument extends CatalogParameter {
  readonly isKnown: boolean;
}

/** The arguments of a layer: those that are set, then the first defaults, the others behind one line. */
export function Parameters({ path, more = NONE, config, entry, problems }: { readonly path: string; readonly more?: readonly string[]; readonly config: JsonObject; readonly entry: CatalogEntry | null; readonly problems: ReadonlyMap<string, readonly Diagnostic[]> }) {
  const [isAllShown, setAllShown] = useState(false);
  const docs = useArgumentDocs();
  // The same names are the same arguments, whatever their values.
  const given = JSON.stringify(Object.keys(config));
  const all = useMemo(() => argumentsOf(JSON.parse(given) as string[], entry), [given, entry]);
  const isSet = (argument: Argument): boolean => !argument.isKnown || argument.required || !isDefault(spelled(argument.name, config[argument.name]), argument.default);
  const matters = (argument: Argument): boolean => isSet(argument) || problems.has(argument.name);
  const set = all.filter(matters);
  const rest = all.filter((argument) => !matters(argument));
  const room = Math.max(0, ALWAYS_SHOWN - set.length);
  const hidden = rest.length - room;
  // One or two rows behind a line that takes a row itself would save nothing.
  const shown = isAllShown || hidden <= 2 ? rest : rest.slice(0, room);
  return (
    <section className="sec" aria-label={t("inspector.parameters")}>
      <h3>
        {t("inspector.parameters")}
        <span className="end">{t("inspector.set", { set: all.filter(isSet).length, standard: all.length - all.filter(isSet).length })}</span>
      </h3>
      {[...set, ...shown].map((argument) => (
        <Parameter key={`${path} ${argument.name}`} path={path} more={more} argument={argument} doc={argument.isKnown ? docOf(docs, entry?.op ?? null, argument.name) : ""} value={config[argument.name]} isSet={isSet(argument)} problems={problems.get(argument.name) ?? NO_PROBLEMS} />
      ))}
      {hidden > 2 && (
        <button type="button" className="fold" aria-expanded={isAllShown} onClick={() => { setAllShown(!isAllShown); }}>
          <Icon name={isAllShown ? "chevron-down" : "chevron-right"} small="xs" />
          {isAllShown ? t("inspector.fewer") : t("inspector.more-defaults", { n: hidden })}
        </button>
      )}
      {all.length === 0 && <p className="hintline">{t(entry ? "inspector.no-arguments" : "inspector.unknown-class")}</p>}
    </section>
  );
}

/** Drawn again only where its own value or problems change: an edit is of one of them. */
const Parameter = memo(function Parameter({ path, more, argument, doc, value, isSet, problems }: { readonly path: string; readonly more: readonly string[]; readonly argument: Argument; readonly doc: string; readonly value: Json | undefined; readonly isSet: boolean; readonly problems: readonly Diagnostic[] }) {
  const { store } = useEditor();
  useModel((state) => state.language);
  const id = useId();
  const control = withSuggestions(argument.name, controlOf(argument.schema));
  const typed = useModel((state) => state.document?.records.get(`view/expressions/${path}/${argument.name}`));
  const change = (next: Json | undefined, text?: string): void => {
    const title = more.length === 0 ? t("edit.set", { argument: argument.name, name: pathText(path) }) : t("edit.set-many", { argument: argument.name, n: more.length + 1 });
    store.edit(title, (document) =>
      sequence(document, [path, ...more].flatMap((one) => [(open: Document) => setArgument(open, one, argument.name, next), (open: Document) => setExpression(open, one, argument.name, text ?? null)])),
    );
  };
  const isMixed = useModel(({ document }) => more.some((one) => { const record = document?.records.get(`layer/${one}`); return !equal(isObject(record) && isObject(record.config) ? record.config[argument.name] : undefined, value); }));
  const current = value === undefined ? argument.default : value;
  const objects = objectsFor(useUi((state) => (argument.isKnown ? state.objects : null)), argument.name);
  const chosen = objects && chosenOf(objects, current);
  const what = argument.name.slice(argument.name.lastIndexOf("_") + 1);
  // Files of Keras 1 and 2 write objects as they write layers: without a module.
  const isBare = useModel(({ document }) => { const record = document?.records.get(`layer/${path}`); return isObject(record) && !("module" in record); });
  const about = aboutOf({ ...argument, doc: doc || argument.doc }, isSet && argument.isKnown);
  const isInvalid = problems.some((problem) => problem.severity === "error");
  const describedBy = [about === "" ? "" : `${id}-about`, problems.length > 0 ? `${id}-problems` : ""].filter((one) => one !== "").join(" ") || undefined;
  return (
    <>
      <div className={`prm${isSet ? "" : " d"}`}>
        <label htmlFor={id} className={isSet ? "set" : undefined}>{argument.name}</label>
        <div className="ctl">
          {objects
            ? <ClassField id={id} what={what} objects={objects} chosen={chosen} value={current} isBare={isBare} isInvalid={isInvalid} describedBy={describedBy} onChange={change} />
            : <ValueField id={id} control={control} value={current} typed={typeof typed === "string" ? typed : undefined} isInvalid={isInvalid} describedBy={describedBy} onChange={change} />}
          {isMixed && <span className="dt">{t("inspector.mixed")}</span>}
          {!isSet && !isMixed && <span className="dt">{t("word.default")}</span>}
          {isSet && value !== undefined && !argument.required && (
            <button type="button" className="btn ghost sm icon reset" title={argument.isKnown ? t("inspector.reset.title", { value: valueText(argument.default) }) : t("inspector.remove.title")} aria-label={t(argument.isKnown ? "inspector.reset" : "inspector.remove", { argument: argument.name })} onClick={() => { change(undefined); }}>
              <Icon name="x" small="xs" />
            </button>
          )}
        </div>
      </div>
      {about !== "" && <p id={`${id}-about`} className="about" title={about}>{about}</p>}
      {chosen && isSet && !isMixed && <ObjectFields label={argument.name} what={what} value={current} chosen={chosen} isBare={isBare} onChange={change} />}
      {problems.length > 0 && (
        <div id={`${id}-problems`}>
          {problems.map((problem, i) => (
            <div key={i} className={`hintline ${problem.severity === "error" ? "e" : "w"}`} data-code={problem.code}>
              <Icon name={problem.severity === "error" ? "circle-x" : "triangle-alert"} small="xs" />
              <div>{problem.message}<Hint problem={problem} /></div>
            </div>
          ))}
        </div>
      )}
    </>
  );
});

function argumentsOf(given: readonly string[], entry: CatalogEntry | null): Argument[] {
  const known = (entry?.params ?? []).filter((param) => !SHOWN_ELSEWHERE.has(param.name));
  const names = new Set(known.map((param) => param.name));
  const common = [...COMMON].filter(([name]) => !names.has(name) && given.includes(name));
  const unknown = given.filter((name) => !names.has(name) && !SHOWN_ELSEWHERE.has(name) && !COMMON.has(name));
  return [
    ...known.map((param) => ({ ...param, isKnown: true })),
    ...common.map(([name, { schema, standard }]) => ({ name, schema, default: standard, required: false, doc: "", isKnown: true })),
    ...unknown.map((name) => ({ name, schema: {}, default: null, required: false, doc: "", isKnown: false })),
  ];
}

/** What every Keras layer takes, said in files more often than in the catalog. */
const COMMON: ReadonlyMap<string, { readonly schema: JsonObject; readonly standard: Json }> = new Map([
  ["trainable", { schema: { type: "boolean" }, standard: true }],
  ["dtype", { schema: { type: ["string", "object", "null"] }, standard: "float32" }],
]);

/** Keras writes the default of an activation, None, as "linear". */
function spelled(name: string, value: Json | undefined): Json | undefined {
  return name.endsWith("activation") && value === "linear" ? null : value;
}

function withSuggestions(name: string, control: Control): Control {
  return control.kind === "text" && control.suggestions.length === 0 ? { ...control, suggestions: suggestionsFor(name) } : control;
}
