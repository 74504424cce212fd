"""Make the chart font: `python -m experiments.report.fonts.subset NotoSansCJK-Regular.ttc`."""

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

FACE = "Noto Sans CJK SC"
FAMILY = "Qunlab Sans SC"  # a name of its own: a full Noto on the reader's machine must not be taken for it
TARGET = Path(__file__).with_name("QunlabSansSC-Regular.otf")

#: Beside the two Chinese sets: ASCII, Latin-1, punctuation, arrows, signs, shapes, fullwidth forms.
RANGES = (
    *((0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2027), (0x2030, 0x203A), (0x2190, 0x2193), (0x2200, 0x2265)),
    *((0x25A0, 0x25FF), (0x2600, 0x2606), (0x3000, 0x301C), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6)),
)


def characters() -> list[int]:
    """Code points of GB 2312 (6,763 hanzi), of level 1 of Big5 (5,401), and of ``RANGES``."""
    rows = (
        *(("gb2312", high, range(0xA1, 0xFF)) for high in range(0xA1, 0xF8)),
        *(("big5", high, range(0x40, 0xFF)) for high in range(0xA4, 0xC7)),
    )
    text = "".join(
        bytes((high, low)).decode(encoding, "ignore") for encoding, high, lows in rows for low in lows
    )
    return sorted({*map(ord, text), *(code for low, high in RANGES for code in range(low, high + 1))})


def make(collection: Path, target: Path = TARGET) -> None:
    """Cut the simplified Chinese face of a Noto Sans CJK collection down to ``characters()``, unhinted."""
    fonts: list[TTFont] = TTCollection(collection, lazy=True).fonts
    font = next(font for font in fonts if font["name"].getDebugName(1) == FACE)
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 4, 5, 6, 13, 14])
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    options.notdef_outline = True
    cut = subset.Subsetter(options)
    cut.populate(unicodes=characters())
    cut.subset(font)
    names = {1: FAMILY, 4: f"{FAMILY} Regular", 6: "QunlabSansSC-Regular"}
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.toUnicode())
    font["CFF "].cff.fontNames = [names[6]]
    top = font["CFF "].cff.topDictIndex[0]
    top.FullName, top.FamilyName = names[4], names[1]
    font.recalcTimestamp = False
    font.save(target)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
