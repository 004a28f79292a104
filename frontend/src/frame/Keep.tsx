import { useEffect, useState } from "react";
import type { Revision } from "../api";
import { at } from "../address";
import { titleOf } from "../commands";
import { compare } from "../comparing";
import { useEditor, useKeeping, useModel, useUi } from "../editor";
import { Icon, type IconName } from "../icons";
import type { Kept } from "../keeping";
import { language, t, type PlainKey } from "../words/words";
import { Dialog } from "./Dialog";

const SIGNS: Readonly<Record<Exclude<Kept, "loose">, readonly [kind: string, icon: IconName, title: PlainKey]>> = {
  saved: ["ok", "circle-check", "keep.saved"],
  unsaved: ["run", "loader-circle", "keep.unsaved"],
  saving: ["run", "loader-circle", "keep.saving"],
  silent: ["warn", "triangle-alert", "keep.silent"],
  conflict: ["error", "circle-x", "keep.conflict"],
  refused: ["error", "circle-x", "keep.refused"],
};

/** Where the model is kept, and whether all of it is. */
export function KeptChip() {
  const { ui } = useEditor();
  const isOpen = useModel((state) => state.document !== null);
  const kept = useKeeping((state) => state.kept);
  const isElsewhere = useKeeping((state) => state.isElsewhere);
  if (!isOpen) return null;
  if (kept === "loose") {
    return <button type="button" className="btn ghost icon" aria-label={t("keep.make")} title={`${t("keep.make")}  ${titleOf("save")}`} onClick={() => { ui.setState({ dialog: "keep" }); }}><Icon name="folder-plus" /></button>;
  }
  const [kind, icon, title] = SIGNS[kept];
  return (
    <button type="button" className={`status ${kind}`} data-kept={kept} aria-label={t(title)} title={isElsewhere ? t("keep.elsewhere") : t("command.saves")} onClick={() => { ui.setState({ dialog: "saves" }); }}>
      <Icon name={icon} small /><span className="wide">{t(title)}</span>{isElsewhere && <span className="wide"> · {t("keep.two-tabs")}</span>}
    </button>
  );
}

/** The project's name before the model's, with the way to all projects. */
export function ProjectCrumb() {
  const name = useKeeping((state) => state.project?.name ?? null);
  return <><a className="btn ghost crumb wide" href={at("/projects")}>{t("keep.projects")}</a>{name !== null && <span className="wide muted cut">/ {name} /</span>}</>;
}

/** Dialogs about keeping; a conflict opens its own, which can be put off. */
export function KeepDialogs() {
  const { ui } = useEditor();
  const dialog = useUi((state) => state.dialog);
  const isConflict = useKeeping((state) => state.kept === "conflict");
  useEffect(() => {
    if (isConflict) ui.setState({ dialog: "saves" });
  }, [isConflict, ui]);
  const close = (): void => {
    ui.setState({ dialog: null });
  };
  if (dialog === "keep") return <KeepAs onClose={close} />;
  if (dialog === "saves") return isConflict ? <Conflict onClose={close} /> : <Saves onClose={close} />;
  return null;
}

function KeepAs({ onClose }: { readonly onClose: () => void }) {
  const { keeping, ui } = useEditor();
  const [name, setName] = useState(useModel((state) => state.report?.name ?? t("top.model")));
  return (
    <Dialog title={t("keep.make")} onClose={onClose}>
      <form className="body" onSubmit={(event) => { event.preventDefault(); onClose(); told(ui.notify, keeping.keep(name.trim())); }}>
        <p className="muted">{t("keep.make.what")}</p>
        <label className="row"><span>{t("keep.name")}</span><input className="field" value={name} maxLength={200} autoFocus onChange={(event) => { setName(event.target.value); }} /></label>
        <footer><button type="submit" className="btn primary" disabled={name.trim() === ""}>{t("keep.make.do")}</button></footer>
      </form>
    </Dialog>
  );
}

function Conflict({ onClose }: { readonly onClose: () => void }) {
  const { keeping, ui } = useEditor();
  const settle = (choice: "theirs" | "mine" | "apart"): void => {
    onClose();
    told(ui.notify, keeping.settle(choice));
  };
  return (
    <Dialog title={t("keep.conflict")} onClose={onClose}>
      <div className="body">
        <p>{t("keep.conflict.what")}</p>
        <div className="ways">
          <button type="button" className="btn" onClick={() => { settle("theirs"); }}>{t("keep.conflict.theirs")}</button>
          <button type="button" className="btn" onClick={() => { settle("mine"); }}>{t("keep.conflict.mine")}</button>
          <button type="button" className="btn primary" autoFocus onClick={() => { settle("apart"); }}>{t("keep.conflict.apart")}</button>
        </div>
      </div>
    </Dialog>
  );
}

function Saves({ onClose }: { readonly onClose: () => void }) {
  const editor = useEditor();
  const { keeping, ui } = editor;
  const name = useKeeping((state) => state.project?.name ?? "");
  const reason = useKeeping((state) => state.reason);
  const kept = useKeeping((state) => state.kept);
  const [saves, setSaves] = useState<readonly Revision[] | null>(null);
  /** The saves that are ticked, the one ticked first before; a third takes the place of the first. */
  const [picked, setPicked] = useState<readonly number[]>([]);
  const [older, newer] = [...picked].sort((a, b) => a - b);
  useEffect(() => {
    let isShown = true;
    keeping.revisions().then((found) => { if (isShown) setSaves(found); }, (error: unknown) => { if (isShown) { setSaves([]); ui.notify(String(error instanceof Error ? error.message : error)); } });
    return () => { isShown = false; };
  }, [keeping, ui, kept]);
  return (
    <Dialog title={t("command.saves")} onClose={onClose}>
      <div className="body">
        {reason !== "" && <p className="err">{reason}</p>}
        <label className="row"><span>{t("keep.name")}</span><input className="field" defaultValue={name} maxLength={200} onBlur={(event) => { if (event.target.value.trim() !== "" && event.target.value !== name) told(ui.notify, keeping.rename(event.target.value.trim())); }} /></label>
        {saves === null ? <p className="muted">{t("keep.saves.loading")}</p> : (
          <ol className="saves" aria-label={t("command.saves")}>
            {saves.map((save, i) => (
              <li key={save.number} data-save={save.number}>
                <label className="num muted"><input type="checkbox" aria-label={t("compare.pick", { number: save.number })} checked={picked.includes(save.number)} onChange={() => { setPicked((now) => (now.includes(save.number) ? now.filter((one) => one !== save.number) : [...now, save.number].slice(-2))); }} />{save.number}</label>
                <time dateTime={save.saved}>{new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "medium" }).format(new Date(save.saved))}</time>
                <input className="field" aria-label={t("keep.saves.name", { number: save.number })} placeholder={t("keep.saves.unnamed")} defaultValue={save.name ?? ""} maxLength={200} onBlur={(event) => { if (event.target.value.trim() !== (save.name ?? "")) told(ui.notify, keeping.nameRevision(save.number, event.target.value.trim() || null)); }} />
                {i === 0 ? <span className="muted">{t("keep.saves.newest")}</span> : <button type="button" className="btn sm" onClick={() => { onClose(); told(ui.notify, keeping.takeRevision(save.number)); }}>{t("keep.saves.take")}</button>}
              </li>
            ))}
          </ol>
        )}
        {saves !== null && saves.length > 1 && (
          <footer>
            <button type="button" className="btn primary" disabled={older === undefined || newer === undefined} onClick={() => {
              if (older === undefined || newer === undefined) return;
              onClose();
              told(ui.notify, compare(editor, older, newer));
            }}>{older === undefined || newer === undefined ? t("compare.how") : t("compare.do", { before: older, after: newer })}</button>
          </footer>
        )}
      </div>
    </Dialog>
  );
}

export function told(notify: (text: string) => void, doing: Promise<unknown>): void {
  doing.catch((error: unknown) => { notify(error instanceof Error ? error.message : String(error)); });
}
