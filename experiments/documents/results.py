"""``docs/results.md``: every table that a command writes, made from what declares it."""

from collections.abc import Iterable

from experiments.documents.markdown import escaped, table
from experiments.frames import Column, Frame
from experiments.frontier import FRAME as FRONTIER
from experiments.store.part import PART
from experiments.tables import COMPARISON, RUNS, TIMESERIES
from simulator.metrics import METRICS

#: What a kind of column holds.
KINDS = {
    "text": "text",
    "whole": "whole number",
    "number": "number",
    "yes/no": "true or false",
    "list": "list of numbers",
    "table": "list of rows",
}


def frames() -> tuple[Frame, ...]:
    """Every frame, by command."""
    from experiments.best import frame as best
    from experiments.designs import frames as designs
    from experiments.optimise import frames as optimise
    from experiments.pilot import frames as pilot
    from experiments.robust import frames as robust
    from experiments.selftest import frame as selftest
    from experiments.sweeps import frames as sweeps

    return (
        *(COMPARISON, FRONTIER, RUNS, TIMESERIES, PART),
        *(designs.DOSES, designs.INTERACTIONS),
        *(sweeps.SWEEP, sweeps.POINTS),
        *(best.FRAME, robust.ARMS, robust.FLIPS),
        *(optimise.FINALISTS, optimise.TRIALS),
        *(pilot.POWERS, selftest.FRAME),
    )


def tables() -> list[dict[str, str]]:
    """What the page says of each frame."""
    return [
        {
            "file": frame.file,
            "command": frame.command,
            "row": f"{frame.row['en']}. {frame.row['zh']}。",
            "columns": table(("Column", "Type", "Unit", "Meaning", "含义"), map(_row, frame.columns)),
            "more": f"And {frame.more['en']}. 另有：{frame.more['zh']}。" if frame.more else "",
        }
        for frame in frames()
    ]


def metrics() -> str:
    """The metric table."""
    rows: Iterable[tuple[str, ...]] = (
        (f"`{m.name}`", escaped(m.formula), m.window, m.unit, "yes" if m.daily else "", m.kind)
        for m in METRICS
    )
    return table(("Metric", "How it is made", "Window", "Unit", "By day", "Kind"), rows)


def _row(column: Column) -> tuple[str, ...]:
    kind = KINDS[column.kind] + (", may be empty" if column.empty else "")
    return f"`{column.name}`", kind, column.unit, escaped(column.en), column.zh
