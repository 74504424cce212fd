"""``qunlab status DIR``: how far the work behind a folder of results is, and what of it is not whole."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from experiments.cli import Call
from experiments.store.note import Note, read
from experiments.store.store import LOST, Store
from simulator.errors import UserError


def run(call: Call) -> int:
    """Look at the store, and say what is there."""
    folders = [word for word in call.words if not word.startswith("lang=")]
    if len(folders) != 1:
        raise UserError(call.say("status.which", list=", ".join(folders) or "–"))
    note = read(folders[0])
    store = Store(note.store)
    store.look(arm.ground for arm in note.arms)
    _show(call, Console(), folders[0], note, store)
    return 0


def _show(call: Call, console: Console, folder: str, note: Note, store: Store) -> None:
    say = call.say
    rows = [(arm.label, *_counted(store, arm.key)) for arm in note.arms]
    asked, done = note.numbers * len(rows), sum(min(row[1], note.numbers) for row in rows)
    lost = sum(row[3] for row in rows)
    console.print(say("status.command", command=note.command), soft_wrap=True, highlight=False)
    if rows:
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column(say("status.arm"), overflow="fold")
        for word in ("done", "failed", "lost"):
            table.add_column(say(f"status.{word}"), justify="right")
        for label, whole, failed, gone in rows:
            table.add_row(label, f"{min(whole, note.numbers)}/{note.numbers}", str(failed), str(gone))
        console.print(table)
    for path, why in store.broken.items():
        console.print(
            say("status.broken", file=path, why=say(f"status.why.{_WHY.get(why, 'other')}", text=why))
        )
    size = sum(path.stat().st_size for path in Path(note.store).rglob("*.parquet"))
    console.print(say("status.store", folder=note.store, size=f"{size / 2**20:.1f}"), soft_wrap=True)
    if rows and done >= asked and not lost and not store.broken:
        console.print(say("status.complete"))
    else:
        share = f"{100 * done / asked:.0f}" if asked else "–"
        console.print(say("status.left", share=share, folder=folder), soft_wrap=True)


#: Words for why a file is no whole part.
_WHY = {"cut short or changed": "cut", "not one of ours": "foreign", "of another format": "format"}


def _counted(store: Store, key: str) -> tuple[int, int, int]:
    """Runs under a key: done, of these failed, and lost with a worker."""
    failed = lost = 0
    for part in store.parts([key]):
        stages = part.stages[part.of_key[key]]
        gone = int((stages == LOST).sum())
        failed, lost = failed + sum(stage is not None for stage in stages) - gone, lost + gone
    return len(store.done(key)), failed, lost
