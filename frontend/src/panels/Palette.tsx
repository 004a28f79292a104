import { useMemo, useState } from "react";
import type { CatalogEntry } from "../api";
import { inputHint } from "../catalog";
import { useEditor, useModel, useUi } from "../editor";
import { familyOf, type Family } from "../family";
import { Glyph } from "../Glyph";
import { ranked } from "../matching";
import { Icon } from "../icons";
import { BLOCKS, ranksOf, type BlockKind } from "../intents/blocks";
import { addBlock, addLayer, DRAGGED, textsOfBlock, textsOfEntry } from "../newLayer";
import { classOf } from "../outline";
import { SearchField } from "./SearchField";
import { t } from "../words/words";

const COMMON = ["InputLayer", "Dense", "Conv2D", "MaxPooling2D", "Flatten", "BatchNormalization", "Activation", "Dropout", "Concatenate", "Add", "Embedding"];
const GROUP_FAMILIES = {
  core: "dense", convolution: "conv", pooling: "pool", normalization: "norm", activation: "activation", regularization: "regularise", reshaping: "reshape",
  merging: "merge", recurrent: "recurrent", attention: "attention", preprocessing: "preprocess", wrappers: "custom", operations: "op",
} as const satisfies Readonly<Record<string, Family>>;
type Group = keyof typeof GROUP_FAMILIES;

/** Every layer that a hand can add, by group. A click adds it after the selection. */
export function Palette() {
  const editor = useEditor();
  const catalog = useUi((state) => state.catalog);
  const [search, setSearch] = useState("");
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const offered = useMemo(() => (catalog ?? []).filter((entry) => entry.palette), [catalog]);
  const used = useUsed(offered);
  const wanted = search.trim().toLowerCase();
  const found = ranked(offered, search, textsOfEntry);
  const groups = [...new Set(offered.map((entry) => entry.group))].sort((a, b) => place(a) - place(b)).map((group) => [group, offered.filter((entry) => entry.group === group)] as const);
  const common = COMMON.flatMap((name) => offered.find((entry) => entry.name === name && entry.group !== "operations") ?? []).filter((entry) => !used.includes(entry));
  const add = (entry: CatalogEntry): void => {
    void addLayer(editor, entry);
  };
  const addOne = (kind: BlockKind): void => {
    if (!addBlock(editor, kind, { from: null, instead: [] })) editor.ui.notify(t("block.unfit", { block: t(`block.${kind}`), axes: ranksOf(kind).join(", ") }), t("block.unfit.how"));
  };
  const foundBlocks = wanted === "" ? [] : ranked(BLOCKS, search, textsOfBlock);
  const [first] = found;
  return (
    <>
      <SearchField label={t("palette.find")} value={search} onChange={setSearch} onEnter={() => { if (first && wanted !== "") add(first); }} />
      <div className="pals">
        {catalog === null && <p className="hintline">{t("palette.loading")}</p>}
        {wanted !== "" && found.map((entry) => <Offer key={entry.op} entry={entry} onAdd={add} />)}
        {foundBlocks.map((kind) => <BlockOffer key={kind} kind={kind} onAdd={addOne} />)}
        {wanted !== "" && found.length + foundBlocks.length === 0 && catalog !== null && <p className="hintline">{t("palette.no-match", { search })}</p>}
        {wanted === "" && catalog !== null && (
          <>
            {used.length > 0 && <Entries title={t("palette.used")} entries={used} onAdd={add} />}
            <Entries title={t("palette.common")} entries={common} onAdd={add} />
            <section aria-label={t("quick.blocks")}>
              <h3 className="pal-h">{t("quick.blocks")}<span className="cnt">{BLOCKS.length}</span></h3>
              {BLOCKS.map((kind) => <BlockOffer key={kind} kind={kind} onAdd={addOne} />)}
            </section>
            {groups.map(([group, entries]) => (
              <Folder
                key={group}
                group={group}
                entries={entries}
                isOpen={opened.has(group)}
                onToggle={() => { setOpened((before) => (before.has(group) ? new Set([...before].filter((other) => other !== group)) : new Set([...before, group]))); }}
                onAdd={add}
              />
            ))}
          </>
        )}
      </div>
      <p className="foot">{t("palette.foot")}</p>
    </>
  );
}

/** The layers that this model has already, most frequent first. */
function useUsed(offered: readonly CatalogEntry[]): CatalogEntry[] {
  const document = useModel((state) => state.document);
  const revision = useModel((state) => state.revision);
  return useMemo(() => {
    if (!document || revision < 0) return [];
    const counts = new Map<string, number>();
    for (const key of document.records.keys()) {
      if (!key.startsWith("layer/")) continue;
      const name = classOf(document, key.slice(6));
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return offered
      .filter((entry) => entry.group !== "operations" && counts.has(entry.name))
      .sort((a, b) => (counts.get(b.name) ?? 0) - (counts.get(a.name) ?? 0))
      .slice(0, 6);
  }, [document, revision, offered]);
}

function Entries({ title, entries, onAdd }: { readonly title: string; readonly entries: readonly CatalogEntry[]; readonly onAdd: (entry: CatalogEntry) => void }) {
  return (
    <section aria-label={title}>
      <h3 className="pal-h">{title}<span className="cnt">{entries.length}</span></h3>
      {entries.map((entry) => <Offer key={entry.op} entry={entry} onAdd={onAdd} />)}
    </section>
  );
}

function Folder({ group, entries, isOpen, onToggle, onAdd }: { readonly group: string; readonly entries: readonly CatalogEntry[]; readonly isOpen: boolean; readonly onToggle: () => void; readonly onAdd: (entry: CatalogEntry) => void }) {
  return (
    <section aria-label={titleOf(group)}>
      <button type="button" className="pal-g" aria-expanded={isOpen} onClick={onToggle}>
        <Icon name={isOpen ? "chevron-down" : "chevron-right"} small="xs" />
        <Glyph family={isKnown(group) ? GROUP_FAMILIES[group] : "op"} bare />
        {titleOf(group)}
        <span className="cnt">{entries.length}</span>
      </button>
      {isOpen && entries.map((entry) => <Offer key={entry.op} entry={entry} onAdd={onAdd} />)}
    </section>
  );
}

function Offer({ entry, onAdd }: { readonly entry: CatalogEntry; readonly onAdd: (entry: CatalogEntry) => void }) {
  return (
    <button type="button" className="pal" draggable onDragStart={(event) => { event.dataTransfer.setData(DRAGGED, entry.op); }} data-op={entry.op} title={entry.doc} onClick={() => { onAdd(entry); }}>
      <Glyph family={familyOf(entry.name)} />
      <span className="cut">{entry.name}</span>
      <span className="hint">{inputHint(entry)}</span>
    </button>
  );
}

/** Layers that people draw again and again, together: a click puts them on what is selected. */
function BlockOffer({ kind, onAdd }: { readonly kind: BlockKind; readonly onAdd: (kind: BlockKind) => void }) {
  const ranks = ranksOf(kind);
  return (
    <button type="button" className="pal" data-block={kind} onClick={() => { onAdd(kind); }}>
      <Glyph family="custom" />
      <span className="cut">{t(`block.${kind}`)}</span>
      <span className="hint">{ranks.length === 1 ? `${ranks[0] ?? ""}-D` : `≥${ranks[0] ?? ""}-D`}</span>
    </button>
  );
}

/** A group that we do not know yet is called as the catalog calls it. */
function titleOf(group: string): string {
  return isKnown(group) ? t(`group.${group}`) : group;
}

function isKnown(group: string): group is Group {
  return group in GROUP_FAMILIES;
}

function place(group: string): number {
  const at = Object.keys(GROUP_FAMILIES).indexOf(group);
  return at < 0 ? Infinity : at;
}
