"""Cut a font down to the characters that the pages print."""

import io
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

__all__ = ["font_with"]


def font_with(path: Path, characters: Iterable[str]) -> bytes | None:
    """Write a font that has these characters alone.

    Parameters
    ----------
    path : Path
        The whole font.
    characters : iterable of str

    Returns
    -------
    bytes or None
        The font as WOFF; None if it has none of them.
    """
    font = TTFont(path, recalcTimestamp=False)
    present = set(map(ord, characters)) & set(font.getBestCmap())
    if not present:
        return None
    options = subset.Options(flavor="woff", recalc_timestamp=False)
    options.drop_tables += ["FFTM"]  # FontForge's own notes, which fontTools would warn of
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=present)
    cutter.subset(font)
    file = io.BytesIO()
    subset.save_font(font, file, options)
    return file.getvalue()
