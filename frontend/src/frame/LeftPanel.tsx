import { useEditor, useModel, useUi } from "../editor";
import { countText } from "../format";
import { Icon } from "../icons";
import { LayersTree } from "../panels/LayersTree";
import { Palette } from "../panels/Palette";
import type { LeftTab } from "../ui";
import { Tabs } from "./Tabs";
import { rich } from "../words/Rich";
import { t } from "../words/words";

/** The palette and the Layers tree. */
export function LeftPanel({ onClose }: { readonly onClose?: () => void }) {
  const { ui } = useEditor();
  const tab = useUi((state) => state.leftTab);
  const count = useModel((state) => (state.document && state.revision >= 0 ? topLayers(state.document.records) : 0));
  return (
    <aside className="side l" aria-label={t("panels.left.region")}>
      <Tabs<LeftTab>
        label={t("panels.left")}
        panel="left-panel"
        chosen={tab}
        onChoose={(leftTab) => { ui.setState({ leftTab }); }}
        tabs={[{ key: "add", title: t("panels.add") }, { key: "layers", title: <>{rich("panels.layers.count", { count: <span className="faint num">{countText(count)}</span> })}</> }]}
      >
        {onClose && <button type="button" className="btn ghost icon sm end" aria-label={t("panels.close")} onClick={onClose}><Icon name="x" small /></button>}
      </Tabs>
      <div id="left-panel" role="tabpanel" aria-label={t(`panels.${tab}`)} className="panel">
        {tab === "add" ? <Palette /> : <LayersTree />}
      </div>
    </aside>
  );
}

function topLayers(records: ReadonlyMap<string, unknown>): number {
  let count = 0;
  for (const key of records.keys()) if (key.startsWith("layer/") && !key.includes("/", 6)) count += 1;
  return count;
}
