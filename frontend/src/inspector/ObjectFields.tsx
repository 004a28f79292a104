import { useId } from "react";
import type { CatalogObject, CatalogParameter } from "../api";
import { Icon } from "../icons";
import { equal, type Json, type JsonObject } from "../json";
import { useUi } from "../editor";
import { aboutOf, controlOf, valueText } from "./fields";
import { objectOf, withArgument, type Chosen } from "./objects";
import { ValueField } from "./ValueField";
import { t } from "../words/words";

interface Props {
  readonly what: string;
  readonly value: Json | undefined;
  readonly isBare: boolean;
  readonly onChange: (value: Json) => void;
}

/** Which class an initializer, regularizer or constraint has. What is no class of Keras stays, as one more choice. */
export function ClassField({ id, what, objects, chosen, value, isBare, isInvalid, describedBy, onChange }: Props & { readonly id: string; readonly objects: readonly CatalogObject[]; readonly chosen: Chosen | null; readonly isInvalid: boolean; readonly describedBy: string | undefined }) {
  const own = chosen || value == null ? null : valueText(value);
  return (
    <select
      id={id}
      className={`field${isInvalid ? " is-error" : ""}`}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      value={chosen?.entry.name ?? own ?? NONE}
      onChange={(event) => {
        const entry = objects.find((one) => one.name === event.target.value);
        if (entry) onChange(objectOf(what, entry, isBare));
        else if (event.target.value === NONE) onChange(null);
      }}
    >
      <option>{NONE}</option>
      {objects.map((one) => <option key={one.name}>{one.name}</option>)}
      {own !== null && <option>{own}</option>}
    </select>
  );
}

const NONE = "None";

/** The arguments of the class that is chosen, a field each. */
export function ObjectFields({ label, what, value, chosen, isBare, onChange }: Props & { readonly label: string; readonly chosen: Chosen }) {
  const { entry, config } = chosen;
  const docs = useUi((state) => state.argumentDocs);
  if (entry.params.length === 0) return null;
  return (
    <div className="nested" role="group" aria-label={t("inspector.arguments-of", { name: `${label} ${entry.name}` })}>
      {entry.params.map((param) => (
        <Argument key={`${entry.name} ${param.name}`} param={param} doc={docs?.objects[entry.name]?.[param.name]} config={config} onChange={(next) => { onChange(withArgument(what, value, chosen, param.name, next, isBare)); }} />
      ))}
    </div>
  );
}

function Argument({ param, doc, config, onChange }: { readonly param: CatalogParameter; readonly doc: string | undefined; readonly config: JsonObject; readonly onChange: (value: Json | undefined) => void }) {
  const id = useId();
  const said = config[param.name];
  const isSet = said !== undefined && !equal(said, param.default);
  return (
    <>
      <div className={`prm${isSet ? "" : " d"}`}>
        <label htmlFor={id} className={isSet ? "set" : undefined}>{param.name}</label>
        <div className="ctl">
          <ValueField id={id} control={controlOf(param.schema)} value={said === undefined ? param.default : said} isInvalid={false} describedBy={`${id}-about`} onChange={(next) => { onChange(next); }} />
          {!isSet && <span className="dt">{t("word.default")}</span>}
          {isSet && (
            <button type="button" className="btn ghost sm icon reset" title={t("inspector.reset.title", { value: valueText(param.default) })} aria-label={t("inspector.reset", { argument: param.name })} onClick={() => { onChange(param.required ? param.default : undefined); }}>
              <Icon name="x" small="xs" />
            </button>
          )}
        </div>
      </div>
      <p id={`${id}-about`} className="about">{aboutOf({ ...param, doc: doc ?? param.doc }, isSet)}</p>
    </>
  );
}
