import { useId, useState } from "react";
import { equal, type Json } from "../json";
import { isDefault, parse, valueText, type Control, type Parsed } from "./fields";
import { useTyped } from "./typed";

interface Props {
  readonly id: string;
  readonly control: Control;
  readonly value: Json | undefined;
  readonly isInvalid: boolean;
  readonly describedBy: string | undefined;
  /** What was typed for the value, `7*7*256`, where that is kept. */
  readonly typed?: string | undefined;
  /** Gets the text too where it says more than the value: a sum, a product. */
  readonly onChange: (value: Json, text?: string) => void;
}

/** The control of one argument. Text is taken at Enter or when the field is left; Esc brings the value back. */
export function ValueField(props: Props) {
  const { id, control, value, isInvalid, describedBy, onChange } = props;
  const aria = { "aria-invalid": isInvalid || undefined, "aria-describedby": describedBy };
  if (control.kind === "toggle") {
    return (
      <button type="button" id={id} role="switch" aria-checked={value === true} {...aria} className={`tog${value === true ? " on" : ""}`} onClick={() => { onChange(value !== true); }}>
        <span className="vh">{valueText(value === true)}</span>
      </button>
    );
  }
  if (control.kind === "choice") {
    // A serialized object that says no more than a name is that name: GlorotUniform and glorot_uniform are one choice.
    const chosen = control.options.find((option) => equal(option, value ?? null)) ?? control.options.find((option) => isDefault(value, option));
    const options = chosen === undefined ? [...control.options, value ?? null] : control.options;
    return (
      <select
        id={id}
        className={`field${isInvalid ? " is-error" : ""}`}
        {...aria}
        value={valueText(chosen === undefined ? value : chosen)}
        onChange={(event) => {
          const next = options.find((option) => valueText(option) === event.target.value);
          if (next !== undefined) onChange(next);
        }}
      >
        {options.map((option) => (
          <option key={valueText(option)}>{valueText(option)}</option>
        ))}
      </select>
    );
  }
  return <TextField {...props} />;
}

function valueOf(parsed: Parsed): Json | undefined {
  return "value" in parsed ? parsed.value : undefined;
}

function TextField({ id, control, value, typed, isInvalid, describedBy, onChange }: Props) {
  const isSame = typed !== undefined && equal(valueOf(parse(control, typed)), value);
  const shown = isSame ? typed : valueText(value);
  const [problem, setProblem] = useState<string | null>(null);
  const own = useId();
  const [text, setText] = useTyped(shown, () => { setProblem(null); });
  const commit = (): void => {
    if (text === shown) return;
    const parsed = parse(control, text);
    if ("problem" in parsed) setProblem(parsed.problem);
    else {
      setProblem(null);
      const isExpression = /\d\s*[*+]\s*\d/.test(text);
      setText(isExpression ? text.trim() : valueText(parsed.value));
      onChange(parsed.value, isExpression ? text.trim() : undefined);
    }
  };
  const suggestions = control.kind === "text" ? control.suggestions : [];
  return (
    <div className="stack">
      <input
        id={id}
        className={`field${control.kind === "text" ? "" : " mono"}${isInvalid || problem ? " is-error" : ""}`}
        value={text}
        inputMode={control.kind === "number" && control.isInteger ? "numeric" : undefined}
        list={suggestions.length > 0 ? `${own}-list` : undefined}
        aria-invalid={isInvalid || problem !== null || undefined}
        aria-describedby={[describedBy, problem === null ? undefined : `${own}-problem`].filter((part) => part !== undefined).join(" ") || undefined}
        autoComplete="off"
        spellCheck={false}
        data-clean={text === shown ? true : undefined}
        onChange={(event) => { setText(event.target.value); }}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") {
            event.stopPropagation();
            setText(shown);
            setProblem(null);
          }
        }}
      />
      {suggestions.length > 0 && (
        <datalist id={`${own}-list`}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
      {isSame && text === shown && <p className="under faint mono">= {valueText(value)}</p>}
      {problem !== null && <p id={`${own}-problem`} className="under err" role="alert">{problem}</p>}
    </div>
  );
}
