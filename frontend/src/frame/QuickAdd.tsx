import { Command as List } from "cmdk";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { CatalogEntry } from "../api";
import { useEditor, useModel, useUi } from "../editor";
import { familyOf } from "../family";
import { pathText, shapeText } from "../format";
import { Glyph } from "../Glyph";
import { Icon } from "../icons";
import { points, ranked } from "../matching";
import { addBlock, addByMenu, blocksOn, configOf, moduleOf, replaceByMenu, sourcesFor, textsOfBlock, textsOfEntry } from "../newLayer";
import { recentOps } from "../recent";
import { tryOut, type Trial } from "../tryOut";
import type { QuickAdd as Asked } from "../ui";
import { specsOf } from "../deeds";
import { t } from "../words/words";
import { readTyped, saidOf } from "./typedLayer";

const COMMON = ["Dense", "Conv2D", "MaxPooling2D", "BatchNormalization", "ReLU", "Flatten", "Dropout", "Add", "Concatenate", "InputLayer"];
const MOST_SHOWN = 40;

/** The menu of layers at the pointer: each with the shape that it would give, or why it does not fit. */
export function QuickAdd() {
  const asked = useUi((state) => state.quickAdd);
  return asked && <Menu key={`${asked.x} ${asked.y}`} asked={asked} />;
}

function Menu({ asked }: { readonly asked: Asked }) {
  const editor = useEditor();
  const { store, ui } = editor;
  const catalog = useUi((state) => state.catalog);
  const [text, setText] = useState("");
  const [showsMisfits, setShowsMisfits] = useState(false);
  const [trials, setTrials] = useState<ReadonlyMap<string, Trial>>(new Map());
  /** Enter was pressed before the catalog came, which does it then. */
  const [awaited, setAwaited] = useState<How | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const offered = useMemo(() => (catalog ?? []).filter((entry) => entry.palette), [catalog]);
  const sources = useMemo(() => sourcesFor(store.getState(), asked), [store, asked]);
  const report = useModel((state) => state.report);
  const specs = useMemo(() => sources.map(specsOf({ report })), [sources, report]);
  const isReplacing = asked.instead.length > 0;
  const [spec] = specs;
  // Typed arguments change what comes out: the one class that is meant is tried with them.
  const typed = useMemo(() => readTyped(text), [text]);
  const args = typed.args;
  const tried = args.length === 0 ? null : (offered.find((entry) => isCalled(entry, typed.query))?.name ?? null);
  useEffect(() => {
    const known = specs.flatMap((one) => (one?.shape ? [{ shape: one.shape, dtype: one.dtype }] : []));
    if (known.length === 0 || known.length < specs.length) return;
    let isWanted = true;
    // While it is not known what fits, all can be chosen: the menu must not wait for the service.
    tryOut(offered, known, (entry) => ({ ...configOf(entry), ...(entry.name === tried ? saidOf(entry, args).config : {}) }), moduleOf).then((found) => { if (isWanted) setTrials(found); }, () => undefined);
    return () => { isWanted = false; };
  }, [offered, specs, tried, args]);
  useLayoutEffect(() => {
    // The menu stays inside the window, wherever it was asked for.
    const menu = root.current;
    if (!menu) return;
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(asked.x, innerWidth - width - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(asked.y, innerHeight - height - 8))}px`;
  });
  const close = (): void => {
    ui.setState({ quickAdd: null });
    document.querySelector<HTMLElement>('[data-testid="canvas"]')?.focus({ preventScroll: true });
  };
  useEffect(() => {
    const onDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) ui.setState({ quickAdd: null });
    };
    document.addEventListener("pointerdown", onDown, true);
    return () => { document.removeEventListener("pointerdown", onDown, true); };
  }, [ui]);
  const recent = recentOps();
  const place = (entry: CatalogEntry): number => {
    const at = recent.indexOf(entry.op);
    if (at >= 0) return at;
    const common = entry.op.startsWith("layers.") ? COMMON.indexOf(entry.name) : -1;
    return common >= 0 ? 100 + common : 1000;
  };
  const sorted = [...offered].sort((a, b) => place(a) - place(b));
  const answers = ranked(sorted, typed.query, textsOfEntry);
  const isMisfit = (entry: CatalogEntry): boolean => { const trial = trials.get(entry.op); return trial !== undefined && "reason" in trial; };
  const fitting = answers.filter((entry) => !isMisfit(entry));
  const misfits = answers.filter(isMisfit);
  const blocks = isReplacing || asked.onto ? [] : ranked(blocksOn(spec?.shape ?? null, sources.length > 0), text, textsOfBlock);
  // Who types sees at once why what was typed is not there.
  const [best] = answers;
  const shownMisfits = showsMisfits || (text !== "" && best !== undefined && isMisfit(best)) ? misfits.slice(0, MOST_SHOWN) : [];
  // Who types what a block is called wants the block, though a layer has that purpose too.
  const [block] = blocks;
  const isBlockFirst = text !== "" && block !== undefined && points(textsOfBlock(block), text) >= (best ? points(textsOfEntry(best), text) : 0);
  const [source] = sources;
  const isCall = text.includes("(");
  const choose = (entry: CatalogEntry, how: How): void => {
    close();
    if (isReplacing) replaceByMenu(editor, entry, asked.instead);
    else void addByMenu(editor, entry, how === "branch" && source ? { from: source, onto: null, place: asked.place } : asked, how !== "free", saidOf(entry, args));
  };
  useEffect(() => {
    if (catalog === null || awaited === null) return;
    setAwaited(null);
    const entry = isCall ? offered.find((one) => isCalled(one, typed.query)) : best;
    if (entry) choose(entry, awaited);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, with what was typed by then
  }, [catalog]);
  const ask = isReplacing ? t("quick.replace") : source ? t(asked.onto ? "quick.on-wire" : "quick.after", { name: pathText(source.path), shape: shapeText(spec?.shape ?? null) }) : t("quick.any");
  const group = (title: string, entries: readonly CatalogEntry[]) => entries.length > 0 && (
    <List.Group heading={title}>
      {entries.map((entry) => <Row key={entry.op} entry={entry} said={args.length > 0 ? saidOf(entry, args).odd : []} trial={trials.get(entry.op)} onChoose={() => { choose(entry, "follow"); }} />)}
    </List.Group>
  );
  const ofBlocks = blocks.length > 0 && (
    <List.Group heading={t("quick.blocks")}>
      {blocks.map((kind) => (
        <List.Item key={kind} value={`block ${kind}`} className="mi" data-block={kind} onSelect={() => { close(); addBlock(editor, kind, asked); }}>
          <Icon name="workflow" small />
          <span className="cut">{t(`block.${kind}`)}</span>
        </List.Item>
      ))}
    </List.Group>
  );
  const isRecent = (entry: CatalogEntry): boolean => recent.includes(entry.op);
  const [first, rest] = text === "" ? [fitting.filter(isRecent), fitting.filter((entry) => !isRecent(entry))] : [[], fitting];
  return (
    <div ref={root} className="menu quick" role="dialog" aria-label={t("quick.label")} data-state={trials.size > 0 || specs.length === 0 ? "ready" : "loading"}>
      <List label={t("quick.label")} shouldFilter={false} loop onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          close();
        } else if (event.key === "Enter" && (catalog === null || isCall || ((event.shiftKey || event.ctrlKey || event.metaKey) && !isReplacing))) {
          if (catalog === null) {
            event.preventDefault();
            setAwaited(howOf(event));
            return;
          }
          const chosen = root.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.dataset.op;
          // A call names its class: it is that one, whatever the list shows by now.
          const entry = offered.find((one) => (isCall ? isCalled(one, typed.query) : one.op === chosen));
          if (!entry) return;
          event.preventDefault();
          choose(entry, howOf(event));
        }
      }}>
        <div className="find">
          <Icon name="search" small />
          <List.Input value={text} onValueChange={(next) => { setText(next); setAwaited(null); }} placeholder={ask} aria-label={ask} autoFocus />
        </div>
        <List.List className="qlist">
          {catalog === null && <p className="hintline">{t("palette.loading")}</p>}
          {isBlockFirst && ofBlocks}
          {group(t("quick.recent"), first.slice(0, 6))}
          {group(text === "" ? t("quick.common") : t("quick.found"), rest.slice(0, MOST_SHOWN))}
          {!isBlockFirst && ofBlocks}
          {rest.length > MOST_SHOWN && <p className="mh">{t("count.shown", { n: rest.length - MOST_SHOWN })}</p>}
          {misfits.length > 0 && shownMisfits.length === 0 && <List.Item value="misfits" className="mi faint" onSelect={() => { setShowsMisfits(true); }}>{t("quick.misfits", { n: misfits.length })}<span className="k">{t("quick.why")}</span></List.Item>}
          {group(t("quick.misfits", { n: misfits.length }), shownMisfits)}
          {fitting.length + misfits.length + blocks.length === 0 && catalog !== null && <p className="hintline">{t("palette.no-match", { search: text })}</p>}
        </List.List>
        {!isReplacing && source && !asked.onto && <p className="foot">{t("quick.foot")}</p>}
      </List>
    </div>
  );
}

/** A layer that follows takes the place of the wire; one that branches leaves it; a free one has none. */
type How = "follow" | "branch" | "free";

function howOf({ shiftKey, ctrlKey, metaKey }: Pick<KeyboardEvent, "shiftKey" | "ctrlKey" | "metaKey">): How {
  return shiftKey ? "free" : ctrlKey || metaKey ? "branch" : "follow";
}

function isCalled(entry: CatalogEntry, query: string): boolean {
  return [entry.name, ...entry.aliases].some((name) => name.toLowerCase() === query.toLowerCase()) || (query === "Input" && entry.name === "InputLayer");
}

function Row({ entry, said, trial, onChoose }: { readonly entry: CatalogEntry; readonly said: readonly string[]; readonly trial: Trial | undefined; readonly onChoose: () => void }) {
  // The row begins with the class already.
  const why = trial && "reason" in trial ? trial.reason.replace(new RegExp(`^${entry.name} `), "") : null;
  const reason = said.length > 0 ? t("quick.odd", { args: said.join(", ") }) : why;
  return (
    <List.Item value={`layer ${entry.op}`} className={`mi${reason === null ? "" : " misfit"}`} data-op={entry.op} title={reason ?? entry.doc} onSelect={onChoose}>
      <Glyph family={familyOf(entry.name)} bare />
      <span className="cut">{entry.name}</span>
      <span className={`k${reason === null ? " mono" : " cut"}`}>{reason ?? (trial && "shape" in trial ? trial.shape : "")}</span>
    </List.Item>
  );
}
