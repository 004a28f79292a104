import { useReading, useEditor } from "../editor";
import { bytesText, shortText } from "../format";
import { HEATS, HEAT_STEPS, type Heat } from "../heat";
import type { Colour } from "../reading";
import { t, type PlainKey } from "../words/words";

const COLOURS: readonly (readonly [Colour, PlainKey])[] = [
  ["kind", "colour.kind"], ["problems", "reading.colour.problems"], ...HEATS.map((heat) => [heat, `colour.${heat}`] as const),
  ["names", "reading.colour.names"], ["dtype", "reading.colour.dtype"], ["frozen", "reading.colour.frozen"], ["masks", "reading.colour.masks"],
];

/** What the boxes are coloured by. */
export function Colouring() {
  const { reading } = useEditor();
  const colour = useReading((state) => state.colour);
  const numbers = useReading((state) => state.numbers);
  return (
      <select className="field colouring" aria-label={t("colour.by")} title={t("colour.by")} value={colour} onChange={(event) => { reading.setState({ colour: event.target.value as Colour }); }}>
        {COLOURS.map(([key, title]) => <option key={key} value={key}>{t(title)}</option>)}
        {numbers && <option value="numbers">{t("reading.colour.numbers", { name: numbers.name })}</option>}
      </select>
  );
}

/** What the colours say. */
export function Legend() {
  const legend = useReading((state) => state.legend);
  const colour = useReading((state) => state.colour);
  if (!legend) return null;
  if (legend.kind === "classes") {
    return (
      <ul className="legend classes float" data-covers="foot" aria-label={t("reading.colour.classes")}>
        {legend.classes.map(({ token, label }) => <li key={label}><i style={{ background: `var(--${token})` }} />{label}</li>)}
      </ul>
    );
  }
  const [least, most] = [legend.least, legend.most].map((amount) => amountText(amount, colour));
  return (
    <span className="legend num float" data-covers="foot" role="img" aria-label={t(colour === "numbers" ? "reading.colour.numbers.legend" : "colour.legend", { least: least ?? "", most: most ?? "" })}>
      <span>{least}</span>
      {HEAT_STEPS.map((step) => <i key={step} style={{ background: `var(--heat-${step})` }} />)}
      <span>{most}</span>
    </span>
  );
}

function amountText(amount: number, colour: Colour): string {
  return colour === ("activation_bytes" satisfies Heat) ? bytesText(amount) : shortText(amount);
}

