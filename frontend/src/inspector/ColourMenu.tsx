import { useEditor, useModel } from "../editor";
import { pathText } from "../format";
import { Icon } from "../icons";
import { OWN_COLOURS, ownColours, setColour, type OwnColour } from "../intents/view";
import { t } from "../words/words";
import { Menu } from "../panels/Menu";

/** Gives layers a colour of their own, or takes it back. The command `colour` opens it. */
export function ColourMenu({ paths }: { readonly paths: readonly string[] }) {
  const { store } = useEditor();
  const now = useModel(({ document }) => ownColours(document).get(paths[0] ?? "") ?? null);
  const set = (colour: OwnColour | null): void => {
    const [first = ""] = paths;
    const title = paths.length === 1 ? t("edit.colour", { name: pathText(first) }) : t("edit.colour-many", { n: paths.length });
    store.edit(title, (open) => setColour(open, paths, colour));
  };
  return (
    <div data-field="colour">
      <Menu
        label={t("command.colour")}
        title={t("command.colour")}
        className="btn ghost icon"
        items={() => [
          { id: "kind", title: t("colour.none"), ...(now === null ? { note: "✓" } : {}), run: () => { set(null); } },
          ...OWN_COLOURS.map((colour) => ({ id: colour, title: t(`colour.${colour}`), swatch: colour, ...(now === colour ? { note: "✓" } : {}), run: () => { set(colour); } })),
        ]}
      >
        <Icon name="palette" />
      </Menu>
    </div>
  );
}
