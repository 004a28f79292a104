import { useRef } from "react";
import { COMMANDS, goToView, keysOf } from "../commands";
import { factsOf } from "../outline";
import { roomOf, useEditor, type Editor } from "../editor";
import { Icon } from "../icons";
import { keptViews } from "../intents/view";
import { numbersOf } from "../numbers";
import { t, type PlainKey } from "../words/words";
import { Menu, type MenuItem } from "../panels/Menu";

/** How the model is looked at: what the keys do as well, numbers of one's own, views that are kept. */
export function ShowMenu() {
  const editor = useEditor();
  const file = useRef<HTMLInputElement>(null);
  const items = (): MenuItem[] => {
    const { document } = editor.store.getState();
    return [
      ...commands(editor, "reading.show.groups", ["group", "open-groups", "close-groups"]),
      ...commands(editor, "reading.show.wires", ["labels", "unit", "show-to", "show-from", "show-between", "show-all"]),
      { id: "numbers", title: t("reading.show.numbers.open"), note: t("reading.show.numbers.note"), heading: t("reading.show.numbers"), run: () => file.current?.click() },
      ...commands(editor, "reading.show.places", ["keep-view", "views"]),
      ...(document ? [...keptViews(document)] : []).map(([name, bookmark]): MenuItem => ({ id: `view ${name}`, title: name, run: () => { goToView(roomOf(editor), bookmark); } })),
    ];
  };
  return (
    <>
      <Menu label={t("reading.show")} items={items}><Icon name="list-tree" small /><span className="wide">{t("reading.show")}</span></Menu>
      <input
        ref={file}
        type="file"
        className="vh"
        tabIndex={-1}
        aria-label={t("reading.show.numbers.input")}
        accept=".json,.csv,.tsv,.txt"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          if (chosen) void layOver(editor, chosen);
          event.target.value = "";
        }}
      />
    </>
  );
}

function commands(editor: Editor, heading: PlainKey, ids: readonly string[]): MenuItem[] {
  const state = editor.store.getState();
  return ids.flatMap((id, i) => {
    const command = COMMANDS.find((one) => one.id === id);
    return command ? [{ id, title: t(command.title), note: keysOf(id), isDisabled: !command.enabled(state), ...(i === 0 ? { heading: t(heading) } : {}), run: () => { command.run(roomOf(editor)); } }] : [];
  });
}

/** Colours layers by a file's numbers, and says which of its layers the model does not have. */
async function layOver({ store, reading, ui }: Editor, file: File): Promise<void> {
  const numbers = numbersOf(file.name, await file.text());
  if (!numbers) {
    ui.notify(t("reading.show.numbers.none", { file: file.name }), t("reading.show.numbers.how", { example: '{"conv1": 1.5}' }));
    return;
  }
  const { calls } = factsOf(store.getState().report);
  const strangers = [...numbers.values.keys()].filter((path) => !calls.has(path)).length;
  if (strangers > 0) ui.notify(t("reading.show.numbers.unknown", { n: strangers, file: file.name }));
  reading.setState({ numbers, colour: "numbers" });
}
