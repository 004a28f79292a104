import { useEditor, useModel, useUi } from "../editor";
import { Icon, type IconName } from "../icons";
import { problemCount, worst } from "../outline";
import type { BottomTab, Floating } from "../ui";
import { t, type PlainKey } from "../words/words";

interface Place {
  readonly title: PlainKey;
  readonly icon: IconName;
  readonly floating: Floating | null;
  readonly tab: BottomTab | null;
}

const PLACES: readonly Place[] = [
  { title: "panels.add", icon: "plus", floating: "add", tab: null },
  { title: "panels.layers", icon: "list-tree", floating: "layers", tab: null },
  { title: "panels.inspector", icon: "sliders-horizontal", floating: "inspector", tab: null },
  { title: "panels.problems", icon: "triangle-alert", floating: null, tab: "problems" },
];
const PHONE_PLACES: readonly Place[] = [
  { title: "panels.graph", icon: "workflow", floating: null, tab: null },
  { title: "panels.layers", icon: "list-tree", floating: "layers", tab: null },
  { title: "panels.inspector", icon: "sliders-horizontal", floating: "inspector", tab: null },
  { title: "panels.problems", icon: "triangle-alert", floating: null, tab: "problems" },
  { title: "panels.training", icon: "play", floating: null, tab: "training" },
];

/** The panels of a narrow window as icons; on a phone, as a bar at its foot. */
export function Rail({ isPhone }: { readonly isPhone: boolean }) {
  const { ui } = useEditor();
  const floating = useUi((state) => state.floating);
  const isBottomOpen = useUi((state) => state.isBottomOpen);
  const bottomTab = useUi((state) => state.bottomTab);
  const problems = useModel((state) => problemCount(state.report));
  const hasErrors = useModel((state) => worst(state.report?.diagnostics) === "error");
  const hasDocument = useModel((state) => state.document !== null);
  const isOn = ({ floating: panel, tab }: Place): boolean => {
    if (panel !== null) return floating === panel;
    if (tab !== null) return isBottomOpen && bottomTab === tab && !(isPhone && floating !== null);
    return floating === null && !isBottomOpen;
  };
  const go = (place: Place): void => {
    const wasOn = isOn(place);
    if (place.floating !== null) {
      ui.setState({ floating: wasOn ? null : place.floating, ...(place.floating === "inspector" ? {} : { leftTab: place.floating }), ...(isPhone ? { isBottomOpen: false } : {}) });
    } else if (place.tab !== null) {
      if (wasOn) ui.setState({ isBottomOpen: false });
      else ui.showTab(place.tab);
      if (isPhone) ui.setState({ floating: null });
    } else ui.setState({ floating: null, isBottomOpen: false });
  };
  return (
    <nav className={isPhone ? "footbar" : "rail"} aria-label={t("panels")}>
      {(isPhone ? PHONE_PLACES : PLACES).map((place) => (
        <button
          key={place.title}
          type="button"
          className={`btn ghost icon${isOn(place) ? " is-on" : ""}`}
          aria-pressed={isOn(place)}
          title={t(place.title)}
          disabled={!hasDocument && place.floating === "inspector"}
          onClick={() => { go(place); }}
        >
          <Icon name={place.icon} />
          <span className={isPhone ? undefined : "vh"}>{t(place.title)}</span>
          {place.tab === "problems" && problems > 0 && <> <i className={hasErrors ? "dotb" : "dotb warn"}>{problems}</i></>}
        </button>
      ))}
    </nav>
  );
}
