import { useEffect, useRef, useState, type ReactNode } from "react";
import { COMMANDS } from "../commands";
import { useEditor, useUi } from "../editor";
import { Icon } from "../icons";
import { openModel } from "../intake";
import { isTraceback } from "../traceback";
import { Traceback } from "./Traceback";

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
      {dialog === "keys" && <Keys onClose={close} />}
      <NoticeToast />
    </>
  );
}

function Dialog({ title, onClose, children }: { readonly title: string; readonly onClose: () => void; readonly children: ReactNode }) {
  const root = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    root.current?.showModal();
  }, []);
  return (
    <dialog ref={root} className="dialog" aria-label={title} onClose={onClose} onClick={(event) => { if (event.target === root.current) root.current.close(); }}>
      <header><h2>{title}</h2><button type="button" className="btn ghost icon" aria-label="Close" onClick={() => root.current?.close()}><Icon name="x" /></button></header>
      {children}
    </dialog>
  );
}

function Paste({ onClose }: { readonly onClose: () => void }) {
  const editor = useEditor();
  const pasted = useUi((state) => state.pasted);
  const [text, setText] = useState(pasted);
  const [read, setRead] = useState(isTraceback(pasted) ? pasted : null);
  if (read !== null) {
    return <Dialog title="What this traceback means" onClose={onClose}><Traceback text={read} onClose={onClose} /></Dialog>;
  }
  return (
    <Dialog title="Paste a config or a traceback" onClose={onClose}>
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
        <p className="muted">The text of <code>model.to_json()</code>, a config, or a document of Layerwright. A traceback of Keras is explained.</p>
        <textarea className="field mono" aria-label="Config" value={text} rows={12} spellCheck={false} autoFocus onChange={(event) => { setText(event.target.value); }} />
        <footer><button type="button" className="btn" onClick={onClose}>Keep what is open</button><button type="submit" className="btn primary" disabled={text.trim() === ""}>{isTraceback(text) ? "Explain it" : "Open it"}</button></footer>
      </form>
    </Dialog>
  );
}

const MORE_KEYS: readonly (readonly [string, string])[] = [
  ["arrows", "On the canvas: walk along the wires. In the tree: walk the rows"],
  ["Shift click", "Select one more"],
  ["Space drag, middle drag", "Move the view; the wheel zooms"],
  ["Ctrl V", "Open what is in the clipboard"],
  ["Esc", "Close, then select nothing"],
];

function Keys({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {COMMANDS.map((command) => (
          <div key={command.id}><dt>{command.title}</dt><dd>{command.keys.slice(0, 2).map((key) => <kbd key={key}>{keyText(key)}</kbd>)}</dd></div>
        ))}
        {MORE_KEYS.map(([key, title]) => (
          <div key={key}><dt>{title}</dt><dd><kbd>{key}</kbd></dd></div>
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
          <span className="err"><Icon name="circle-x" /></span>
          <p>{notice.text}{notice.hint !== null && <span className="muted"> {notice.hint}</span>}</p>
          <button type="button" className="btn ghost icon sm" aria-label="Close the notice" onClick={() => { ui.setState({ notice: null }); }}><Icon name="x" small /></button>
        </div>
      )}
    </div>
  );
}

function keyText(key: string): string {
  return key.replace("Mod", "Ctrl").split("+").map((part) => (part.length === 1 ? part.toUpperCase() : part)).join(" ").trim() || "+";
}
