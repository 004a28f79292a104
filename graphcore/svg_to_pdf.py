"""An SVG on standard input as a PDF on standard output: vector, one page of the picture's size, text that stays text.

A program of its own for `graphcore.draw`, so that its time and memory are bounded like those of the program that draws.
"""

from __future__ import annotations

import re
import sys

MOST_SIDE = 14_400
"""Points of a page's side, beyond which PDF 1.7 (annex C.2) and Adobe's viewers have no page."""
_SIZE = re.compile(rb'<svg width="(\d+)pt" height="(\d+)pt"')
# Graphviz measures texts with the widths of Helvetica, which all but the last two have. A bare machine has the last.
_FAMILY = rb'font-family="Helvetica,sans-Serif"'
_FAMILIES = b'font-family="Helvetica, Arial, Liberation Sans, Arimo, Nimbus Sans, DejaVu Sans, Libertinus Serif"'
# No date: the same picture is the same file.
_PAGE = """#set document(date: none)
#set page(width: {width}pt, height: {height}pt, margin: 0pt)
#image("diagram.svg", width: 100%, height: 100%)
"""


def to_pdf(svg: bytes) -> bytes:
    """A picture that says its size, as a PDF.

    Raises:
        ValueError: it says no size.
        typst.TypstError: it is no picture.
    """
    import typst

    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("The picture says no size")
    width, height = (max(1, int(side)) for side in found.groups())
    scale = min(1, MOST_SIDE / max(width, height))
    page = _PAGE.format(width=width * scale, height=height * scale)
    files = {"main.typ": page.encode(), "diagram.svg": svg.replace(_FAMILY, _FAMILIES)}
    # No tags: the texts are texts. Typst's types leave out the dictionary of files that its documentation shows.
    pdf: bytes = typst.compile(files, format="pdf", pdf_tags=False)  # type: ignore[call-overload]
    return pdf


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(to_pdf(sys.stdin.buffer.read()))
    except (ImportError, ValueError, RuntimeError) as error:  # typst's errors are RuntimeErrors
        sys.exit(str(error))
