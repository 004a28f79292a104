import { useEditor, useModel, useUi } from "../editor";
import { Icon } from "../icons";
import { LayersTree } from "../panels/LayersTree";
import { Palette } from "../panels/Palette";
import type { LeftTab } from "../ui";
import { Tabs } from "./Tabs";

/** The palette and the Layers tree. */
export function LeftPanel({ onClose }: { readonly onClose?: () => void }) {
  const { ui } = useEditor();
  const tab = useUi((state) => state.leftTab);
  const count = useModel((state) => (state.document && state.revision >= 0 ? topLayers(state.document.records) : 0));
  return (
    <aside className="side l" aria-label="Add and layers">
      <Tabs<LeftTab>
        label="Left panel"
        panel="left-panel"
        chosen={tab}
        onChoose={(leftTab) => { ui.setState({ leftTab }); }}
        tabs={[{ key: "add", title: "Add" }, { key: "layers", title: <>Layers <span className="faint num">{count.toLocaleString("en")}</span></> }]}
      >
        {onClose && <button type="button" className="btn ghost icon sm end" aria-label="Close this panel" onClick={onClose}><Icon name="x" small /></button>}
      </Tabs>
      <div id="left-panel" role="tabpanel" aria-label={tab === "add" ? "Add" : "Layers"} className="panel">
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
