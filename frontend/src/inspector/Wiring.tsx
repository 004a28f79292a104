import { Fragment, memo, useDeferredValue, useId, useMemo, useState } from "react";
import type { CatalogEntry } from "../api";
import { neededInputs, takesList } from "../catalog";
import { goTo } from "../commands";
import { isSequential, joinPath, modelKey, parentOf, type TensorUse } from "../document";
import { roomOf, useEditor, useModel } from "../editor";
import { pathText, shapeText } from "../format";
import { Icon } from "../icons";
import { modelOutputs, setModelOutputs } from "../intents/ends";
import { chooseInput, connect, removeCall, removeInput, swapInputs, type Source } from "../intents/wires";
import { answered } from "../store";
import { factsOf } from "../outline";
import { callsOf, choicesFor, consumersOf, sourceKey, type Choice } from "../wiring";
import { t } from "../words/words";

const FEW = 300;

/** What goes into a layer, each input with a choice of what could feed it, and who takes what comes out. */
export function Wiring({ path, one, entry, isSource }: { readonly path: string; /** The call that is looked at; null: all. */ readonly one: number | null; readonly entry: CatalogEntry | null; readonly isSource: boolean }) {
  const editor = useEditor();
  const document = useModel((state) => state.document);
  // What could feed a layer is shown with its shapes: it follows the check, and an edit by itself while there is none.
  const revision = useModel(answered);
  useModel((state) => state.revision);
  const report = useModel((state) => state.report);
  const spoken = useModel((state) => state.language);
  const [isNear, setNear] = useState(false);
  // A thousand options take longer to draw than the model to check: they are there when a hand or the focus comes near.
  const isWanted = !isSource && (isNear || (report?.nodes.length ?? 0) <= FEW);
  // What could be chosen is of no use in the frame that shows what was edited: it comes with the next.
  const [known, shapes] = [useDeferredValue(revision), useDeferredValue(report)];
  // The document changes in place: the revision stands for it.
  const choices = useMemo(() => (document && known >= 0 && isWanted && spoken ? choicesFor(document, shapes, path) : []), [document, known, shapes, path, isWanted, spoken]);
  const consumers = useMemo(() => (document && known >= 0 ? consumersOf(document, path) : []), [document, known, path]);
  if (!document) return null;
  const parent = parentOf(path);
  const calls = callsOf(document, path);
  if (isSequential(document.records.get(modelKey(parent)))) {
    return (
      <section className="sec" aria-label={t("wiring.inputs")}>
        <h3>{t("wiring.inputs")}</h3>
        <p className="hintline">{t("wiring.sequential")}</p>
      </section>
    );
  }
  const isMany = takesList(entry);
  const choose = (nodeIndex: number, arg: string | null, source: Source): void => {
    editor.store.edit(t("edit.connect", { from: pathText(source.path), to: pathText(path) }), (open) =>
      arg === null ? connect(open, source, path, nodeIndex, isMany ? "list" : "one") : chooseInput(open, path, nodeIndex, arg, source),
    );
  };
  return (
    <>
      {!isSource && (
        <section className="sec" aria-label={t("wiring.inputs")} onPointerEnter={() => { setNear(true); }} onFocus={() => { setNear(true); }}>
          <h3>{t("wiring.inputs")}</h3>
          {calls.filter(({ nodeIndex }) => one === null || nodeIndex === one).map(({ nodeIndex, uses }) => (
            <Fragment key={nodeIndex}>
              {calls.length > 1 && <p className="callno">{t("inspector.call", { n: nodeIndex })} <button type="button" className="link" onClick={() => { editor.store.edit(t("edit.remove-call", { n: nodeIndex, name: pathText(path) }), (open) => removeCall(open, path, nodeIndex)); }}>{t("wiring.remove-call")}</button></p>}
              {uses.map((use, at) => {
                const before = uses[at - 1];
                const value = { path: joinPath(parent, use.layer), nodeIndex: use.nodeIndex, tensorIndex: use.tensorIndex };
                const isInList = isMany && uses.length > 1;
                return (
                  <InputRow
                    key={use.arg}
                    label={argText(use.arg, entry)}
                    value={value}
                    choices={choices}
                    onChoose={(source) => { choose(nodeIndex, use.arg, source); }}
                    onGo={() => { goTo(roomOf(editor), value.path); }}
                    onUp={before && uses.length > 1 ? () => { editor.store.edit(t("edit.order", { name: pathText(path) }), (open) => swapInputs(open, path, nodeIndex, before.arg, use.arg)); } : null}
                    onRemove={isInList ? () => { editor.store.edit(t("edit.disconnect", { from: use.layer, to: pathText(path) }), (open) => removeInput(open, path, nodeIndex, use.arg)); } : null}
                  />
                );
              })}
              {missing(uses, entry).map(([name, arg]) => (
                <InputRow key={name} label={name} value={null} choices={choices} onChoose={(source) => { choose(nodeIndex, arg, source); }} onGo={null} onRemove={null} />
              ))}
              {(isMany || (uses.length === 0 && neededInputs(entry).length === 0)) && <InputRow label={t(uses.length === 0 ? "wiring.input" : "wiring.add")} value={null} choices={choices} onChoose={(source) => { choose(nodeIndex, null, source); }} onGo={null} onRemove={null} />}
            </Fragment>
          ))}
          {calls.length === 0 && <InputRow label={t("wiring.input")} value={null} choices={choices} onChoose={(source) => { choose(0, null, source); }} onGo={null} onRemove={null} />}
        </section>
      )}
      <section className="sec" aria-label={t("wiring.outputs")}>
        <h3>{t("wiring.used-by")}<span className="end">{consumers.length}</span></h3>
        {consumers.map((consumer) => (
          <div className="fact" key={consumer}>
            <button type="button" className="link cut" onClick={() => { goTo(roomOf(editor), consumer); }}>{pathText(consumer)}</button>
            <span className="mono end">{shapeText(factsOf(report).calls.get(consumer)?.[0]?.outputs[0]?.shape ?? null)}</span>
          </div>
        ))}
        {consumers.length === 0 && <p className="hintline">{t("wiring.unused")}</p>}
        <ModelOutput path={path} parent={parent} />
      </section>
    </>
  );
}

function InputRow({ label, value, choices, onChoose, onGo, onUp = null, onRemove }: {
  readonly label: string;
  readonly value: Source | null;
  readonly choices: readonly Choice[];
  readonly onChoose: (source: Source) => void;
  readonly onGo: (() => void) | null;
  readonly onUp?: (() => void) | null;
  readonly onRemove: (() => void) | null;
}) {
  const id = useId();
  const key = value === null ? "" : sourceKey(value);
  const isListed = value === null || choices.some((choice) => choice.key === key);
  return (
    <div className="prm">
      <label htmlFor={id} className="cut">{label}</label>
      <div className="ctl">
        <select
          id={id}
          className="field"
          value={key}
          onChange={(event) => {
            const chosen = choices.find((choice) => choice.key === event.target.value);
            if (chosen) onChoose(chosen);
          }}
        >
          {value === null && <option value="">{label === t("wiring.add") ? t("wiring.add-input") : t("wiring.choose-input")}</option>}
          {!isListed && value !== null && <option value={key}>{pathText(value.path)}</option>}
          <Options choices={choices} />
        </select>
        {onGo && <button type="button" className="btn ghost sm icon" title={t("wiring.go")} aria-label={t("wiring.go-to", { layer: value === null ? "" : pathText(value.path) })} onClick={onGo}><Icon name="arrow-right" small="xs" /></button>}
        {onUp && <button type="button" className="btn ghost sm icon" title={t("wiring.up")} aria-label={t("wiring.up-of", { layer: value === null ? "" : pathText(value.path) })} onClick={onUp}><Icon name="chevron-up" small="xs" /></button>}
        {onRemove && <button type="button" className="btn ghost sm icon" title={t("wiring.disconnect")} aria-label={t("wiring.disconnect-from", { layer: value === null ? "" : pathText(value.path) })} onClick={onRemove}><Icon name="x" small="xs" /></button>}
      </div>
    </div>
  );
}

/** Drawn again only where one of them reads otherwise: an edit seldom changes what is before it. */
const Options = memo(
  function Options({ choices }: { readonly choices: readonly Choice[] }) {
    return choices.map(({ key, label }) => <option key={key} value={key}>{label}</option>);
  },
  ({ choices: before }, { choices: now }) => before.length === now.length && before.every(({ key, label }, i) => key === now[i]?.key && label === now[i].label),
);

/** Whether the first call's output is one of the model's, where those are a plain list. */
function ModelOutput({ path, parent }: { readonly path: string; readonly parent: string }) {
  const { store } = useEditor();
  const document = useModel((state) => state.document);
  const id = useId();
  const outputs = document ? modelOutputs(document, parent) : null;
  if (!outputs) return null;
  const at = outputs.findIndex((output) => output.path === path);
  const isOutput = at >= 0;
  const toggle = (): void => {
    const next = isOutput ? outputs.filter((output) => output.path !== path) : [...outputs, { path, nodeIndex: 0, tensorIndex: 0 }];
    store.edit(t(isOutput ? "edit.make-no-output" : "edit.make-output", { name: pathText(path) }), (open) => setModelOutputs(open, next, parent));
  };
  return (
    <div className="prm">
      <label htmlFor={id}>{t("wiring.model-output")}</label>
      <div className="ctl">
        <button type="button" id={id} role="switch" aria-checked={isOutput} className={`tog${isOutput ? " on" : ""}`} onClick={toggle}><span className="vh">{t(isOutput ? "wiring.yes" : "wiring.no")}</span></button>
        <span className="dt">{isOutput ? t("wiring.output-at", { at }) : ""}</span>
      </div>
    </div>
  );
}

/** What a call needs and does not have: its name, and where it goes. */
function missing(uses: readonly TensorUse[], entry: CatalogEntry | null): (readonly [name: string, arg: string])[] {
  const given = new Set(uses.map((use) => argText(use.arg, entry)));
  const names = entry?.inputs.names ?? [];
  return neededInputs(entry)
    .filter((name) => !given.has(name))
    .map((name) => {
      const at = names.indexOf(name);
      const isNext = names.slice(0, at).every((before) => given.has(before));
      return [name, isNext ? `args/${at}` : `kwargs/${name}`];
    });
}

/** `args/0/1` → `input 1`, `kwargs/value` → `value`, `args/0` → `query` where the call names its arguments. */
function argText(arg: string, entry: CatalogEntry | null): string {
  const [kind, at = "", ...rest] = arg.split("/");
  if (kind === "kwargs") return [at, ...rest].join(" ");
  const name = entry?.inputs.names[Number(at)]?.replace("?", "");
  if (name !== undefined) return [name, ...rest].join(" ");
  return rest.length > 0 ? t("wiring.input-at", { at: rest.join(".") }) : at === "0" ? t("wiring.input") : t("wiring.input-at", { at });
}
