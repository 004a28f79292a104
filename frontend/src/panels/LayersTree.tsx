import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import type { Severity } from "../api";
import { goTo } from "../commands";
import { roomOf, useEditor, useModel, useReading } from "../editor";
import { countText, pathText, totalOf, wireText } from "../format";
import { Glyph } from "../Glyph";
import { Icon } from "../icons";
import { answered } from "../store";
import { factsOf, rowsOf, worst, type Facts, type Row } from "../outline";
import type { Part } from "../reading";
import { SearchField } from "./SearchField";
import { SeverityIcon } from "./ProblemBlock";
import { t } from "../words/words";

const ROW = 26;
// So many rows cost nothing to keep in the page, and then the browser's own search finds all of them.
const ALL_ROWS = 400;

/** The model as a tree of layers: what the canvas shows, for eyes, keys and screen readers alike. */
export function LayersTree() {
  const document = useModel((state) => state.document);
  // With the check, and a frame later than the canvas and the inspector: of a thousand rows an edit seldom changes one.
  const revision = useDeferredValue(useModel(answered));
  const facts = factsOf(useDeferredValue(useModel((state) => state.report)));
  const { reading } = useEditor();
  const [search, setSearch] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  // The document changes in place: the revision stands for it.
  const parts = useReading((state) => state.parts);
  const opened = useReading((state) => state.opened);
  const rows = useMemo(() => (document && revision >= 0 ? rowsOf(document, closed, search, parts, opened) : []), [document, revision, closed, search, parts, opened]);
  const setOpen = useCallback((path: string, isOpen: boolean): void => {
    // Groups are open here and on the canvas; a nested model may be open here only.
    if (path.startsWith("/")) {
      reading.setOpen([path.slice(1)], isOpen);
      return;
    }
    setClosed((before) => {
      const next = new Set(before);
      if (isOpen) next.delete(path);
      else next.add(path);
      return next;
    });
  }, [reading]);
  return (
    <>
      <SearchField label={t("tree.filter")} value={search} onChange={setSearch} />
      <Tree rows={rows} facts={facts} setOpen={setOpen} />
      {rows.length === 0 && <p className="hintline">{search === "" ? t("tree.empty") : t("tree.no-match", { search })}</p>}
      <p className="foot">{t(search === "" ? "tree.foot.layers" : "tree.foot.matches", { n: rows.reduce((sum, { part, isOpen }) => sum + (!part ? 1 : isOpen ? 0 : part.paths.length), 0) })}</p>
    </>
  );
}

const Tree = memo(function Tree({ rows, facts, setOpen }: { readonly rows: readonly Row[]; readonly facts: Facts; readonly setOpen: (path: string, isOpen: boolean) => void }) {
  const editor = useEditor();
  const selection = useModel((state) => state.selection);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: rows.length <= ALL_ROWS ? rows.length : 20 });
  const [cursor, setCursor] = useState<string | null>(null);
  const selected = rows.findIndex((row) => selection.has(row.path));
  const held = rows.findIndex((row) => row.path === cursor);
  const active = held >= 0 ? held : Math.max(0, selected);

  // Who selects on the canvas sees the row; who selects here sees it already.
  const first = selection.size === 1 ? [...selection][0] : undefined;
  useEffect(() => {
    const at = rows.findIndex((row) => row.path === first);
    if (at >= 0) list.scrollToIndex(at, { align: "auto" });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a row that comes or goes must not scroll the list
  }, [first]);

  const go = (at: number): void => {
    const row = rows[at];
    if (!row) return;
    setCursor(row.path);
    list.scrollToIndex(at, { align: "auto" });
    goToRow(row, "gently");
  };
  const goToRow = ({ path, part }: Pick<Row, "path" | "part">, how: "gently" | "centre"): void => {
    if (!part) {
      goTo(roomOf(editor), path, how);
      return;
    }
    editor.store.select(part.paths);
    editor.view.current?.reveal(part.paths[0] ?? "", "gently");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[active];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") go(active + 1);
    else if (event.key === "ArrowUp") go(active - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(rows.length - 1);
    else if (event.key === "ArrowRight" && row.hasChildren) {
      if (row.isOpen) go(active + 1);
      else setOpen(row.path, true);
    } else if (event.key === "ArrowLeft") {
      if (row.hasChildren && row.isOpen) setOpen(row.path, false);
      else go(rows.findLastIndex((other, i) => i < active && other.depth < row.depth));
    } else if (event.key === "Enter" || event.key === " ") {
      if (row.part) setOpen(row.path, !row.isOpen);
      else goTo(roomOf(editor), row.path, "centre");
    }
    else return;
    event.preventDefault();
  };
  const onClick = useCallback(
    (event: MouseEvent, path: string, part: Part | null): void => {
      setCursor(path);
      const own = part?.paths ?? [path];
      if (event.shiftKey || event.ctrlKey || event.metaKey) {
        const { selection: before } = editor.store.getState();
        const isIn = own.every((one) => before.has(one));
        editor.store.select(isIn ? [...before].filter((other) => !own.includes(other)) : [...before, ...own]);
      } else if (part) {
        editor.store.select(own);
        editor.view.current?.reveal(own[0] ?? "", "gently");
      } else goTo(roomOf(editor), path);
    },
    [editor],
  );
  const show = useCallback((path: string, part: Part | null, isOpen: boolean): void => {
    if (part) editor.reading.setOpen([part.id], !isOpen);
    else goTo(roomOf(editor), path, "centre");
  }, [editor]);
  const activeRow = rows[active];
  return (
    <div
      ref={scroller}
      className="tree"
      role="tree"
      aria-label={t("tree.label")}
      aria-multiselectable="true"
      aria-activedescendant={activeRow ? rowId(activeRow.path) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="tall" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          const severity = row.part ? worstInside(row.part.paths, facts.problems) : worst(facts.problems.get(row.path));
          const params = facts.calls.get(row.path)?.[0]?.params;
          const count = params ? totalOf(params) : null;
          return (
            <TreeRow
              key={row.path}
              {...row}
              index={index}
              count={rows.length}
              start={start}
              isSelected={row.part ? selection.size >= row.part.paths.length && row.part.paths.every((path) => selection.has(path)) : selection.has(row.path)}
              isActive={index === active}
              severity={severity}
              parameters={count}
              spoken={row.part ? undefined : spokenOf(row, facts)}
              onClick={onClick}
              onOpen={setOpen}
              onShow={show}
            />
          );
        })}
      </div>
    </div>
  );
});

interface TreeRowProps extends Row {
  readonly index: number;
  readonly count: number;
  readonly start: number;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly severity: Severity | null;
  readonly parameters: number | null;
  /** What is read aloud of a layer; a group is read as it stands. */
  readonly spoken: string | undefined;
  readonly onClick: (event: MouseEvent, path: string, part: Part | null) => void;
  readonly onOpen: (path: string, isOpen: boolean) => void;
  readonly onShow: (path: string, part: Part | null, isOpen: boolean) => void;
}

/** Drawn again only where it says something else: an edit touches one row, a check a few. */
const TreeRow = memo(function TreeRow({ path, name, className, family, part, depth, hasChildren, isOpen, index, count, start, isSelected, isActive, severity, parameters, spoken, onClick, onOpen, onShow }: TreeRowProps) {
  const isTroubled = severity === "error" || severity === "warning";
  return (
    <div
      id={rowId(path)}
      role="treeitem"
      className={`tr${isSelected ? " on" : ""}${isActive ? " at" : ""}`}
      data-layer={part ? undefined : pathText(path)}
      data-group={part?.label}
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-posinset={index + 1}
      aria-setsize={count}
      style={{ top: start, paddingLeft: 8 + 16 * depth }}
      onClick={(event) => { onClick(event, path, part); }}
      onDoubleClick={() => { onShow(path, part, isOpen); }}
      title={part ? name : `${pathText(path)} · ${className}`}
    >
      {hasChildren ? (
        <button
          type="button"
          className="tw"
          tabIndex={-1}
          aria-label={t(isOpen ? "tree.close" : "tree.open")}
          onClick={(event) => {
            event.stopPropagation();
            onOpen(path, !isOpen);
          }}
        >
          <Icon name={isOpen ? "chevron-down" : "chevron-right"} small="xs" />
        </button>
      ) : (
        <span className="tw" />
      )}
      {!part && <Glyph family={family} bare />}
      <span className="cut" aria-hidden={part ? undefined : true}>{name}</span>
      {part && part.times > 0 && <span className="badge">×{part.times.toLocaleString("en")}</span>}
      <span className="meta" aria-hidden={part ? undefined : true}>
        {isTroubled && <SeverityIcon severity={severity} small="xs" />}
        {part ? t("reading.layers", { n: part.paths.length }) : !isTroubled && parameters !== null && parameters > 0 ? countText(parameters) : ""}
      </span>
      {spoken !== undefined && <span className="vh">{spoken}</span>}
    </div>
  );
});

/** A row as a box of the canvas is read: what it is, what it gives, and how many problems it has. */
function spokenOf({ path, name, className }: Row, facts: Facts): string {
  const outputs = facts.calls.get(path)?.[0]?.outputs;
  if (!outputs) return t("reading.says.sketch", { type: className, name });
  const said = { type: className, name, shape: outputs.map((output) => wireText(output.shape)).join(", ") };
  const n = facts.problems.get(path)?.length ?? 0;
  return n > 0 ? t("reading.says.problems", { ...said, n }) : t("reading.says", said);
}

function worstInside(paths: readonly string[], problems: Facts["problems"]): Severity | null {
  return problems.size === 0 ? null : worst(paths.flatMap((path) => problems.get(path) ?? []));
}

function rowId(path: string): string {
  return `layer-${path.replaceAll(/\s/g, "_")}`;
}
