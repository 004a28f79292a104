import { useState } from "react";
import { COMMANDS } from "../commands";
import { useEditor, useUi } from "../editor";
import { Icon } from "../icons";
import { openModel } from "../intake";
import { isTraceback } from "../traceback";
import { CommandPalette, Keys as KeyCaps } from "./CommandPalette";
import { QuickAdd } from "./QuickAdd";
import { Dialog } from "./Dialog";
import { KeepDialogs } from "./Keep";
import { Traceback } from "./Traceback";
import { Views } from "./Views";
import { rich } from "../words/Rich";
import { t } from "../words/words";

/** What stands over the page: pasting, the table of keys, and notices. */
export function Dialogs() {
  const { ui } = useEditor();
  const dialog = useUi((state) => state.dialog);
  const close = (): void => {
    ui.setState({ dialog: null, pasted: "" });
  };
  return (
    <>
      {dialog === "paste" && <Paste onClose={close} />}
      {dialog === "commands" && <CommandPalette onClose={() => { ui.setState((now) => (now.dialog === "commands" ? { dialog: null, asked: "" } : {})); }} />}
      <QuickAdd />
      {dialog === "keys" && <Keys onClose={close} />}
      <KeepDialogs />
      {dialog === "views" && <Views onClose={close} />}
      <NoticeToast />
    </>
  );
}

function Paste({ onClose }: { readonly onClose: () => void }) {
  const editor = useEditor();
  const pasted = useUi((state) => state.pasted);
  const [text, setText] = useState(pasted);
  const [read, setRead] = useState(isTraceback(pasted) ? pasted : null);
  if (read !== null) {
    return <Dialog title={t("traceback.title")} onClose={onClose}><Traceback text={read} onClose={onClose} /></Dialog>;
  }
  return (
    <Dialog title={t("paste.title")} onClose={onClose}>
      <form
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          if (isTraceback(text)) {
            setRead(text);
            return;
          }
          onClose();
          void openModel(editor, text);
        }}
      >
        <p className="muted">{rich("paste.what", { code: <code>model.to_json()</code> })}</p>
        <textarea className="field mono" aria-label={t("paste.field")} value={text} rows={12} spellCheck={false} autoFocus onChange={(event) => { setText(event.target.value); }} />
        <footer><button type="button" className="btn" onClick={onClose}>{t("paste.keep")}</button><button type="submit" className="btn primary" disabled={text.trim() === ""}>{t(isTraceback(text) ? "paste.explain" : "paste.open")}</button></footer>
      </form>
    </Dialog>
  );
}

const MORE_KEYS = ["arrows", "shift-click", "pan", "paste", "escape"] as const;

function Keys({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className="keys">
        {COMMANDS.filter((command) => command.keys.length > 0).map((command) => (
          <div key={command.id}><dt>{t(command.title)}</dt><dd><KeyCaps of={command} /></dd></div>
        ))}
        {MORE_KEYS.map((key) => (
          <div key={key}><dt>{t(`key.${key}.does`)}</dt><dd><kbd>{t(`key.${key}`)}</kbd></dd></div>
        ))}
      </dl>
    </Dialog>
  );
}

function NoticeToast() {
  const { ui } = useEditor();
  const notice = useUi((state) => state.notice);
  return (
    <div className="toasts" role="alert">
      {notice && (
        <div className="toast">
          <span className={notice.kind === "done" ? "ok" : "err"}><Icon name={notice.kind === "done" ? "circle-check" : "circle-x"} /></span>
          <p>{notice.text}{notice.hint !== null && <span className="muted"> {notice.hint}</span>}</p>
          <button type="button" className="btn ghost icon sm" aria-label={t("notice.close")} onClick={() => { ui.setState({ notice: null }); }}><Icon name="x" small /></button>
        </div>
      )}
    </div>
  );
}
