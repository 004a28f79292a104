import { t } from "../words/words";
import { useEditor, useModel, useReading } from "../editor";

/** The open groups and nested models around what is selected: each shows that one whole. */
export function Crumbs() {
  const { view } = useEditor();
  const crumbs = useReading((state) => state.crumbs);
  const name = useModel((state) => state.report?.name ?? t("top.model"));
  if (crumbs.length === 0) return null;
  return (
    <nav className="crumbs" aria-label={t("reading.crumbs")}>
      <ol>
        <li><button type="button" onClick={() => view.current?.goToCrumb(null)}>{name}</button></li>
        {crumbs.map(({ id, label }) => <li key={id}><button type="button" onClick={() => view.current?.goToCrumb(id)}>{label}</button></li>)}
      </ol>
    </nav>
  );
}
