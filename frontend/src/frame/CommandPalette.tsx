import { Command as List } from "cmdk";
import { useEffect, useMemo, useRef, useState } from "react";
import type { CatalogEntry, Diagnostic } from "../api";
import { COMMANDS, goTo, goToView, keyText, type Command } from "../commands";
import { roomOf, useEditor, useModel, useUi } from "../editor";
import { familyOf } from "../family";
import { outputsText, pathText, shapeText } from "../format";
import { Glyph } from "../Glyph";
import { Icon } from "../icons";
import { keptViews } from "../intents/view";
import { purposesOf, ranked } from "../matching";
import { addLayer } from "../newLayer";
import { classOf, factsOf, pathOf } from "../outline";
import { SeverityIcon } from "../panels/ProblemBlock";
import { addressIn, addressText, tensorsIn } from "../tensors";
import { rich } from "../words/Rich";
import { t } from "../words/words";

// A list that is read at a glance: who looks for one of a thousand types another letter.
const [MOST_EACH, MOST_ALONE] = [6, 60];

/** Every command, layer of the catalog, layer of the model and problem in one list: `>`, `@` and `#` ask for one kind. */
export function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const editor = useEditor();
  const root = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState(useUi((state) => state.asked));
  const state = useModel((now) => now);
  const catalog = useUi((now) => now.catalog);
  useEffect(() => {
    root.current?.showModal();
    root.current?.querySelector("input")?.focus();
  }, []);
  const kind = [">", "@", "#"].find((one) => text.startsWith(one)) ?? "";
  const query = text.slice(kind.length).trim();
  const most = kind === "" ? MOST_EACH : MOST_ALONE;
  const shows = (one: string): boolean => kind === "" || kind === one;
  const { document: open, report, revision } = state;
  const paths = useMemo(() => (open && revision >= 0 ? [...open.records.keys()].filter((key) => key.startsWith("layer/")).map((key) => key.slice(6)) : []), [open, revision]);
  const commands = shows(">") ? ranked(COMMANDS.filter((command) => command.enabled(state) && !command.isOfMenu), query, (command) => [t(command.title), command.id]).slice(0, most) : [];
  const entries = kind === "" && query !== "" ? ranked((catalog ?? []).filter((entry) => entry.palette), query, (entry) => [entry.name, ...entry.aliases, ...purposesOf(entry.name)]).slice(0, most) : [];
  const layers = shows("@") && open && (query !== "" || kind === "@") ? ranked(paths, query, (path) => [pathText(path), classOf(open, path)]).slice(0, most) : [];
  const problems = shows("#") && (query !== "" || kind === "#") ? ranked(report?.diagnostics ?? [], query, (problem) => [problem.message, problem.code, problem.slug]).slice(0, most) : [];
  const tensors = report && query !== "" && (kind === "#" || addressIn(query) !== null) ? tensorsIn(report, query, most) : [];
  const views = shows("#") && open && revision >= 0 && (query !== "" || kind === "#") ? ranked([...keptViews(open)], query, ([name]) => [name]).slice(0, most) : [];
  const count = views.length + tensors.length + commands.length + entries.length + layers.length + problems.length;
  const run = (deed: () => void): void => {
    // First the dialog, then the deed: what it focuses must not lie behind a dialog.
    root.current?.close();
    onClose();
    deed();
  };
  return (
    <dialog ref={root} className="dialog palette" aria-label={t("command.commands")} onClose={onClose} onClick={(event) => { if (event.target === root.current) root.current.close(); }}>
      <List label={t("command.commands")} shouldFilter={false} loop>
        <div className="cask">
          <Icon name="search" />
          <List.Input value={text} onValueChange={setText} placeholder={t("commands.ask")} autoFocus />
          <span className="faint num">{t("commands.count", { n: count })}</span>
        </div>
        <List.List className="clist">
          {count === 0 && <p className="hintline">{t("commands.none", { text })}</p>}
          {entries.length > 0 && (
            <List.Group heading={t("commands.add")}>
              {entries.map((entry) => <AddItem key={entry.op} entry={entry} onRun={() => { run(() => { void addLayer(editor, entry); }); }} />)}
            </List.Group>
          )}
          {layers.length > 0 && open && (
            <List.Group heading={t("commands.layers")}>
              {layers.map((path) => (
                <List.Item key={path} value={`layer ${path}`} className="mi" onSelect={() => { run(() => { goTo(roomOf(editor), path, "centre"); }); }}>
                  <Glyph family={familyOf(classOf(open, path))} bare />
                  <span className="cut">{pathText(path)}</span>
                  <span className="faint cut">{classOf(open, path)}</span>
                  <span className="k mono">{outputsText(factsOf(report).calls.get(path)?.[0])}</span>
                </List.Item>
              ))}
            </List.Group>
          )}
          {views.length > 0 && (
            <List.Group heading={t("reading.show.places")}>
              {views.map(([name, bookmark]) => (
                <List.Item key={name} value={`view ${name}`} className="mi" data-view={name} onSelect={() => { run(() => { goToView(roomOf(editor), bookmark); }); }}>
                  <Icon name="map" small />
                  <span className="cut">{name}</span>
                </List.Item>
              ))}
            </List.Group>
          )}
          {tensors.length > 0 && (
            <List.Group heading={t("commands.tensors")}>
              {tensors.map((tensor) => (
                <List.Item key={addressText(tensor)} value={`tensor ${addressText(tensor)}`} className="mi" data-tensor={addressText(tensor)} onSelect={() => { run(() => { goTo(roomOf(editor), tensor.path, "centre", tensor.nodeIndex); }); }}>
                  <Icon name="arrow-right" small />
                  <span className="cut mono">{addressText(tensor)}</span>
                  <span className="k mono">{shapeText(factsOf(report).calls.get(tensor.path)?.find((node) => node.node_index === tensor.nodeIndex)?.outputs[tensor.tensorIndex]?.shape ?? null)}</span>
                </List.Item>
              ))}
            </List.Group>
          )}
          {problems.length > 0 && (
            <List.Group heading={t("commands.problems")}>
              {problems.map((problem, i) => <ProblemItem key={i} problem={problem} at={i} onRun={() => { run(() => { showProblem(problem); }); }} />)}
            </List.Group>
          )}
          {commands.length > 0 && (
            <List.Group heading={t("commands.commands")}>
              {commands.map((command) => <CommandItem key={command.id} command={command} onRun={() => { run(() => { command.run(roomOf(editor)); }); }} />)}
            </List.Group>
          )}
        </List.List>
        <footer className="cfoot">
          <span>{rich("commands.foot", { up: <kbd>↑</kbd>, down: <kbd>↓</kbd>, enter: <kbd>Enter</kbd> })}</span>
          <span className="end">{rich("commands.kinds", { commands: <kbd>{">"}</kbd>, layers: <kbd>@</kbd>, problems: <kbd>#</kbd> })}</span>
        </footer>
      </List>
    </dialog>
  );
  function showProblem(problem: Diagnostic): void {
    editor.ui.showTab("problems");
    const path = pathOf(problem);
    if (path !== null) goTo(roomOf(editor), path, "centre");
  }
}

function CommandItem({ command, onRun }: { readonly command: Command; readonly onRun: () => void }) {
  return (
    <List.Item value={`command ${command.id}`} className="mi" data-command={command.id} onSelect={onRun}>
      <Icon name="chevron-right" small />
      <span className="cut">{t(command.title)}</span>
      <Keys of={command} />
    </List.Item>
  );
}

/** The first key of a command, stroke by stroke. */
export function Keys({ of: { keys } }: { readonly of: Command }) {
  const [first] = keys;
  if (first === undefined) return null;
  return <span className="k">{first.split(" ").map((stroke) => <kbd key={stroke}>{keyText(stroke)}</kbd>)}</span>;
}

function AddItem({ entry, onRun }: { readonly entry: CatalogEntry; readonly onRun: () => void }) {
  return (
    <List.Item value={`add ${entry.op}`} className="mi" data-op={entry.op} onSelect={onRun}>
      <Glyph family={familyOf(entry.name)} bare />
      <span className="cut">{entry.name}</span>
      <span className="k mono cut">{entry.doc}</span>
    </List.Item>
  );
}

function ProblemItem({ problem, at, onRun }: { readonly problem: Diagnostic; readonly at: number; readonly onRun: () => void }) {
  return (
    <List.Item value={`problem ${at}`} className="mi" data-code={problem.code} onSelect={onRun}>
      <SeverityIcon severity={problem.severity} small />
      <span className="cut">{problem.message}</span>
      <span className="k mono">{problem.code}</span>
    </List.Item>
  );
}
