import { FAMILIES, type Family } from "../family";
import { HEAT_STEPS } from "../heat";

export interface Colours {
  readonly [token: string]: string;
}
const TOKENS = ["canvas", "dot", "raised", "panel", "line", "line-2", "ink", "ink-2", "ink-3", "on-fill", "accent", "accent-fill", "accent-tint", "error", "error-tint", "warn", "warn-tint", "wire", "port"];

/** The theme's colours, read once a theme: a canvas cannot resolve light-dark() itself, a probe element can. */
export function readColours(root: HTMLElement): Colours {
  const probe = document.createElement("span");
  probe.hidden = true;
  root.append(probe);
  const read = (token: string): [string, string] => {
    probe.style.color = `var(--${token})`;
    return [token, getComputedStyle(probe).color];
  };
  const colours = Object.fromEntries([...TOKENS, ...FAMILIES.map((family: Family) => `f-${family}`), ...HEAT_STEPS.map((step) => `heat-${step}`)].map(read));
  probe.remove();
  return colours;
}
