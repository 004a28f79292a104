import { GLYPHS, type Family } from "./family";

/** The sign of a layer's family; `bare` leaves out the tinted square. */
export function Glyph({ family, bare = false }: { readonly family: Family; readonly bare?: boolean }) {
  return (
    <span className={`g f-${family}${bare ? " bare" : ""}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={GLYPHS[family]} />
      </svg>
    </span>
  );
}
