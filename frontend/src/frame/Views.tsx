import { useState } from "react";
import { goToView, keysOf } from "../commands";
import { roomOf, useEditor, useModel } from "../editor";
import { Icon } from "../icons";
import { forgetView, keptViews, renameView } from "../intents/view";
import { t } from "../words/words";
import { Dialog } from "./Dialog";

/** The views that are kept with the model: to go to, rename and delete, each of which can be undone. */
export function Views({ onClose }: { readonly onClose: () => void }) {
  const editor = useEditor();
  const document = useModel((state) => state.document);
  // The document changes in place: the revision stands for it.
  const revision = useModel((state) => state.revision);
  const views = document && revision >= 0 ? [...keptViews(document)].sort(([one], [other]) => one.localeCompare(other, undefined, { numeric: true })) : [];
  /** The name that a view got by Enter: its field is another one, and the focus goes with it. */
  const [renamed, setRenamed] = useState<string | null>(null);
  const forget = (name: string, row: Element | null): void => {
    const next = row?.nextElementSibling ?? row?.previousElementSibling ?? row?.closest("dialog");
    (next?.querySelector("input") ?? next?.querySelector("button"))?.focus();
    editor.store.edit(t("edit.forget-view", { name }), (open) => forgetView(open, name));
  };
  return (
    <Dialog title={t("command.views")} onClose={onClose}>
      <div className="body">
        {views.length === 0 && <p className="muted">{t("views.none", { key: keysOf("keep-view") })}</p>}
        <ol className="views" aria-label={t("command.views")}>
          {views.map(([name, bookmark]) => (
            <li key={name} data-view={name}>
              <ViewName name={name} taken={views.map(([other]) => other)} isHeld={name === renamed} onEnter={setRenamed} />
              <button type="button" className="btn sm" aria-label={t("views.go-to", { name })} onClick={() => { onClose(); goToView(roomOf(editor), bookmark); }}>{t("views.go")}</button>
              <button type="button" className="btn ghost icon sm" title={t("views.delete")} aria-label={t("views.delete-one", { name })} onClick={(event) => { forget(name, event.currentTarget.closest("li")); }}><Icon name="trash-2" small /></button>
            </li>
          ))}
        </ol>
      </div>
    </Dialog>
  );
}

/** A name that becomes that of the view with Enter or when the focus leaves it; one that another has stays with its message. */
function ViewName({ name, taken, isHeld, onEnter }: { readonly name: string; readonly taken: readonly string[]; readonly isHeld: boolean; readonly onEnter: (name: string) => void }) {
  const { store } = useEditor();
  const [text, setText] = useState(name);
  const wanted = text.trim();
  const isTaken = wanted !== name && taken.includes(wanted);
  const commit = (): void => {
    if (wanted === "") setText(name);
    else if (wanted !== name && !isTaken) store.edit(t("edit.rename", { from: name, to: wanted }), (open) => renameView(open, name, wanted));
  };
  return (
    <div className="grow">
      <input className="field" aria-label={t("views.name", { name })} aria-invalid={isTaken || undefined} value={text} maxLength={200} onChange={(event) => { setText(event.target.value); }} autoFocus={isHeld} onBlur={commit} onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        onEnter(wanted);
        commit();
      }} />
      {isTaken && <p className="err" role="alert">{t("views.taken", { name: wanted })}</p>}
    </div>
  );
}
