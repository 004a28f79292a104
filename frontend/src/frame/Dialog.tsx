import { useEffect, useRef, type ReactNode } from "react";
import { Icon } from "../icons";
import { t } from "../words/words";

/** Stands over the page until it is closed. */
export function Dialog({ title, onClose, children }: { readonly title: string; readonly onClose: () => void; readonly children: ReactNode }) {
  const root = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    root.current?.showModal();
  }, []);
  return (
    <dialog ref={root} className="dialog" aria-label={title} onClose={onClose} onClick={(event) => { if (event.target === root.current) root.current.close(); }}>
      <header><h2>{title}</h2><button type="button" className="btn ghost icon" aria-label={t("word.close")} onClick={() => root.current?.close()}><Icon name="x" /></button></header>
      {children}
    </dialog>
  );
}
