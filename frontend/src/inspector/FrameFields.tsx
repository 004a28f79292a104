import { useState } from "react";
import { COMMANDS, titleOf } from "../commands";
import { roomOf, useEditor, useModel } from "../editor";
import { Icon } from "../icons";
import { colourFrame, commonFrame, framesOf, renameFrame, type Frame } from "../intents/frames";
import { OWN_COLOURS, type OwnColour } from "../intents/view";
import { Menu } from "../panels/Menu";
import { t } from "../words/words";

/** Name and colour of the frame that all of these layers lie in, and the way out of it. */
export function FrameFields({ paths }: { readonly paths: readonly string[] }) {
  const document = useModel((state) => state.document);
  useModel((state) => state.revision);
  const id = commonFrame(document, paths);
  const frame = id === null ? undefined : framesOf(document).get(id);
  return frame && <Fields key={`${frame.id} ${frame.name}`} frame={frame} />;
}

function Fields({ frame: { id, name, colour } }: { readonly frame: Frame }) {
  const editor = useEditor();
  const { store } = editor;
  const [text, setText] = useState(name);
  const commit = (): void => {
    const to = text.trim();
    if (to === "") setText(name);
    else if (to !== name) store.edit(t("edit.frame-name", { from: name, to }), (open) => renameFrame(open, id, to));
  };
  const set = (next: OwnColour | null): void => {
    store.edit(t("edit.frame-colour", { name }), (open) => colourFrame(open, id, next));
  };
  return (
    <section className="sec" aria-label={t("frame.title")}>
      <h3>{t("frame.title")}</h3>
      <div className="acts">
        <input data-field="frame" className="field grow" aria-label={t("command.frame-name")} title={titleOf("frame-name")} value={text} spellCheck={false} autoComplete="off" onChange={(event) => { setText(event.target.value); }} onBlur={commit} onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") {
            event.stopPropagation();
            setText(name);
          }
        }} />
        <div data-field="frame-colour">
          <Menu
            label={t("command.frame-colour")}
            title={titleOf("frame-colour")}
            className="btn ghost icon"
            items={() => [
              { id: "none", title: t("frame.no-colour"), ...(colour === null ? { note: "✓" } : {}), run: () => { set(null); } },
              ...OWN_COLOURS.map((one) => ({ id: one, title: t(`colour.${one}`), swatch: one, ...(colour === one ? { note: "✓" } : {}), run: () => { set(one); } })),
            ]}
          >
            <Icon name="palette" />
          </Menu>
        </div>
        <button type="button" className="btn ghost icon" title={titleOf("frame-dissolve")} aria-label={t("command.frame-dissolve")} onClick={() => { COMMANDS.find((command) => command.id === "frame-dissolve")?.run(roomOf(editor)); }}><Icon name="x" /></button>
      </div>
    </section>
  );
}
