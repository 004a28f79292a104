import { useEffect, useMemo, useRef, type KeyboardEvent } from "react";
import { goTo } from "../commands";
import { roomOf, useEditor, useModel, useReading } from "../editor";
import { Icon } from "../icons";
import { found } from "../search";
import { t } from "../words/words";

/** Finds layers on the canvas: rings about all, Enter steps from one to the next. */
export function FindBar() {
  const query = useReading((state) => state.query);
  return query === null ? null : <Bar query={query} />;
}

function Bar({ query }: { readonly query: string }) {
  const editor = useEditor();
  const { reading, view } = editor;
  const report = useModel((state) => state.report);
  const at = useReading((state) => state.found);
  const field = useRef<HTMLInputElement>(null);
  const paths = useMemo(() => (report ? found(report, query) : []), [report, query]);
  const now = paths.length === 0 || at < 0 ? null : (paths[at % paths.length] ?? null);
  useEffect(() => {
    field.current?.select();
  }, []);
  useEffect(() => {
    view.current?.mark(paths.length > 0 ? { paths: new Set(paths), at: now } : null);
  }, [view, paths, now]);
  useEffect(() => () => view.current?.mark(null), [view]);
  const close = (): void => {
    reading.setState({ query: null });
    document.querySelector<HTMLElement>("[data-testid=canvas]")?.focus();
  };
  const step = (by: 1 | -1): void => {
    if (paths.length === 0) return;
    const next = at < 0 ? (by > 0 ? 0 : paths.length - 1) : (at + by + paths.length) % paths.length;
    reading.setState({ found: next });
    goTo(roomOf(editor), paths[next] ?? "", "centre");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className="findbar float" onKeyDown={onKeyDown}>
      <Icon name="search" small />
      <input ref={field} type="text" className="mono" aria-label={t("reading.find")} placeholder={t("reading.find.how")} title={t("reading.find.how")} value={query} autoFocus autoComplete="off" spellCheck={false} onChange={(event) => { reading.setState({ query: event.target.value, found: -1 }); }} />
      <span className="count num" role="status">{query.trim() === "" ? "" : paths.length === 0 ? t("reading.find.none") : at < 0 ? t("reading.find.count", { n: paths.length }) : t("reading.find.at", { at: (at % paths.length) + 1, all: paths.length })}</span>
      <button type="button" className="btn ghost icon sm" aria-label={t("reading.find.previous")} title={t("reading.find.previous.title")} disabled={paths.length === 0} onClick={() => { step(-1); }}><Icon name="chevron-up" small /></button>
      <button type="button" className="btn ghost icon sm" aria-label={t("reading.find.next")} title={t("reading.find.next.title")} disabled={paths.length === 0} onClick={() => { step(1); }}><Icon name="chevron-down" small /></button>
      <button type="button" className="btn ghost icon sm" aria-label={t("reading.find.close")} title={t("reading.find.close.title")} onClick={close}><Icon name="x" small /></button>
    </search>
  );
}

/** Says that not all is shown, and brings the rest back. */
export function FocusBar() {
  const { reading } = useEditor();
  const focus = useReading((state) => state.focus);
  if (!focus) return null;
  return (
    <p className="focusbar float" role="status">
      {focus.title}
      <button type="button" className="btn sm" onClick={() => { reading.setState({ focus: null }); }}>{t("reading.focus.all")}</button>
    </p>
  );
}
