"""Clock times as people export them, read a whole column at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

#: What a reader may be told to write instead of a time that cannot be read.
ALLOWED = "unix seconds or milliseconds, 2024-03-05T21:04:11+08:00, 2024-03-05 21:04 or 2024/3/5 21:04:11"

_LATEST = 4_102_444_800.0  # 2100-01-01: later is a slip of the pen
_DAY = 86_400
_STAMP = (
    r"^(?P<y>\d{4})[-/.年](?P<mo>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?:[T\s]*(?P<h>\d{1,2})[:：时](?P<mi>\d{1,2})(?:[:：分](?P<s>\d{1,2})?(?:[.,]\d+)?秒?)?)?"
    r"\s*(?P<z>Z|z|UTC|GMT|(?:UTC|GMT)?(?P<sign>[-+])(?P<zh>\d{1,2})(?::?(?P<zm>\d{2}))?)?$"
)


@dataclass(frozen=True, eq=False)
class Times:
    """A column of times.

    Attributes:
        ts: Unix seconds, ``(n,)``; of a time without a zone, the seconds its wall clock would show in UTC.
        ok: Which could be read, ``(n,)``.
        utc_offset: Hours east of UTC that most of them name; None where none names a zone.
        local: True where they are wall-clock times with no zone at all.
    """

    ts: NDArray[np.int64]
    ok: NDArray[np.bool_]
    utc_offset: float | None = None
    local: bool = False


def parse(column: Any) -> Times:
    """Read a column (pyarrow array of any type) of times; what cannot be read is marked, never raised."""
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        seconds = column.cast(pa.timestamp("s", getattr(kind, "tz", None)), safe=False).cast(pa.int64())
        times = _numbers(seconds)
        return Times(times.ts, times.ok, local=getattr(kind, "tz", None) is None)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numbers(column)
    return _words(pc.utf8_trim_whitespace(column.cast(pa.string())))


def _numbers(column: Any) -> Times:
    """Unix seconds, milliseconds, microseconds or nanoseconds, told by their size."""
    value = column.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False)
    ok = np.isfinite(value) & (value > 0)
    value = np.where(ok, value, 0.0)
    for least, scale in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3)):
        value = np.where(value >= least, value / scale, value)
    ok &= value < _LATEST
    return Times(np.where(ok, np.floor(value), 0.0).astype(np.int64), ok)


def _words(text: Any) -> Times:
    """Times written out; a column may mix them with unix times."""
    digits = pc.match_substring_regex(text, r"^\d{1,19}(\.\d+)?$")
    unix = _numbers(pc.if_else(digits, text, None).cast(pa.float64()))
    if unix.ok.any() and unix.ts.max() < 100_000:  # a spreadsheet's day numbers: 45356.88 is no unix second
        unix = Times(unix.ts, np.zeros_like(unix.ok))
    if len(text) == 0 or pc.all(digits.fill_null(False)).as_py():
        return unix
    parts = pc.extract_regex(text, pattern=_STAMP)
    found = parts.is_valid().to_numpy(zero_copy_only=False)

    def part(name: str) -> NDArray[np.int64]:
        field = pc.struct_field(parts, name).fill_null("")
        number = pc.if_else(pc.equal(field, ""), "0", field)
        return number.cast(pa.int64()).to_numpy(zero_copy_only=False)

    year, month, day = part("y"), part("mo"), part("d")
    hour, minute, second = part("h"), part("mi"), part("s")
    found &= (year >= 1970) & (year < 2100) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(found, (year - 1970) * 12 + month - 1, 0)
    first, after = ((months + k).astype("datetime64[M]").astype("datetime64[D]") for k in (0, 1))
    length = (after - first).astype(np.int64)
    found &= (day <= length) & (hour < 24) & (minute < 60) & (second <= 60)
    wall = (first.astype(np.int64) + day - 1) * _DAY + hour * 3600 + minute * 60 + second

    west = pc.equal(pc.struct_field(parts, "sign").fill_null(""), "-").to_numpy(zero_copy_only=False)
    zoned = pc.not_equal(pc.struct_field(parts, "z").fill_null(""), "").to_numpy(zero_copy_only=False) & found
    east = np.where(west, -1, 1) * (part("zh") * 60 + part("zm"))
    usual = None
    if zoned.any():
        values, counts = np.unique(east[zoned], return_counts=True)
        usual = int(values[counts.argmax()])
        east = np.where(zoned, east, usual)  # the few without a zone are taken to mean the zone of the rest
    ts = np.where(found, wall - east * 60, unix.ts)
    ok = unix.ok | (found & (ts > 0))
    return Times(
        np.where(ok, ts, 0),
        ok,
        None if usual is None else usual / 60,
        local=usual is None and bool(found.sum() > unix.ok.sum()),
    )
