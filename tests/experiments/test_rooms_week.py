"""First-week facts: what is in them, and that nothing later can be."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.validation.rooms.bank import community
from experiments.validation.rooms.logs import read, table, words
from experiments.validation.rooms.week import Room, lifetime

SHARED = Path(__file__).parents[3] / "shared" / "data"
DAY = 86_400
START = 1_600_000_000 // DAY * DAY


def write(path: Path, rows: list[tuple[str, str, float]]) -> Path:
    """A log of (room, member, day) messages."""
    rows = sorted(rows, key=lambda row: row[2])
    columns = {
        "group_id": [row[0] for row in rows],
        "member_id": [row[1] for row in rows],
        "ts": [START + int(row[2] * DAY) for row in rows],
        "type": ["message"] * len(rows),
        "msg_id": list(range(len(rows))),
    }
    pq.write_table(pa.table(columns), path)
    return path


WEEK = [("r", "a", 0.1), ("r", "b", 0.11), ("r", "a", 0.5), ("r", "c", 3.2), ("r", "a", 6.9)]


def only(path: Path) -> Room:
    (room,) = read(path).rooms
    return room


def test_facts_of_a_week(tmp_path: Path) -> None:
    room = only(write(tmp_path / "x.parquet", [*WEEK, ("r", "b", 9.0), ("r", "d", 60.0)]))
    week = room.week
    assert week.messages.tolist() == [[2, 0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0]]
    assert (week.posters, week.total, week.active, week.last, week.newcomers) == (3, 5, 3, 6, 1)
    assert week.first.tolist() == [0, 0, 3]
    assert len(week.a) > 0  # b wrote minutes after a
    later = room.later
    assert (later.watched, later.lived, later.died, later.messages) == (60, 10, True, 1)
    assert later.joined.tolist() == []


@pytest.mark.parametrize(
    "after",
    [
        [],
        [("r", "b", 7.0), ("r", "new", 7.5)],
        [("r", name, 7 + k / 50) for k, name in enumerate("abcdefgh" * 40)],
    ],
)
def test_nothing_after_day_seven_moves_the_room(tmp_path: Path, after: list[tuple[str, str, float]]) -> None:
    end = [("other", "z", 80.0)]
    plain = only_named(write(tmp_path / "a.parquet", [*WEEK, *end]), "r")
    other = only_named(write(tmp_path / "b.parquet", [*WEEK, *after, *end]), "r")
    assert community(plain.week, 20).plain() == community(other.week, 20).plain()
    assert plain.week.messages.tolist() == other.week.messages.tolist()


def test_a_change_within_the_week_does(tmp_path: Path) -> None:
    end = [("other", "z", 80.0)]
    plain = only_named(write(tmp_path / "a.parquet", [*WEEK, *end]), "r")
    other = only_named(write(tmp_path / "b.parquet", [*WEEK, ("r", "d", 6.95), *end]), "r")
    assert community(plain.week, 20).plain() != community(other.week, 20).plain()


def only_named(path: Path, name: str) -> Room:
    return next(room for room in read(path).rooms if room.name == name)


@pytest.mark.parametrize(
    ("days", "watched", "lived", "died"),
    [
        ([0], 15, 1, True),
        ([0], 14, 0, False),
        ([0, 14], 40, 15, True),
        ([0, 15], 40, 1, True),
        ([0, 10, 24], 30, 16, False),
        (list(range(30)), 30, 16, False),
    ],
)
def test_the_lifespan_rule(days: list[int], watched: int, lived: int, died: bool) -> None:
    talk = np.zeros(watched, bool)
    talk[days] = True
    assert lifetime(talk) == (lived, died)


def test_a_room_watched_for_less_than_a_week_is_left_out(tmp_path: Path) -> None:
    found = read(write(tmp_path / "x.parquet", [("old", "a", 0.0), ("young", "b", 20.0), ("old", "c", 26.5)]))
    assert [room.name for room in found.rooms] == ["old"]
    assert found.held == 2


def test_words_of_a_name_and_whom_a_notice_moved() -> None:
    assert words("NewYorkCity") == ["New", "York", "City"]
    assert words("d3") == ["d3"]
    (entry,) = table()
    born = entry.local - 30
    assert entry.until("NewYorkCity", born) == entry.local
    assert entry.until("GrandRapids", born) == entry.local  # holds "api"
    assert entry.until("TranslateHindi", born) == entry.everywhere
    assert entry.until("NewYorkCity", entry.local) == entry.everywhere


def test_the_notice_concerns_one_platform_only() -> None:
    (entry,) = table()
    some = [entry.born[0] + 10] * 9 + [entry.begins - 100]
    assert entry.applies(some, entry.ends + 5)
    assert not entry.applies(some, entry.ends - 5)  # a file that ends before
    assert not entry.applies([entry.begins - 100] * 5 + some[:3], entry.ends + 5)  # other rooms
    assert not entry.applies([entry.begins + 1] * 9, entry.ends + 5)  # begins too late


def test_letters_are_no_rooms(tmp_path: Path) -> None:
    columns = {
        "group_id": ["x"] * 4,
        "member_id": list("abab"),
        "ts": [START, START + 9, START + DAY, START + 30 * DAY],
    }
    pq.write_table(pa.table({**columns, "to_member": list("baba")}), tmp_path / "x.parquet")
    found = read(tmp_path / "x.parquet")
    assert found.letters
    assert not found.rooms


def test_published_figures_of_the_rooms() -> None:
    path = SHARED / "fcc_gitter_dev.parquet"
    if not path.exists():
        pytest.skip("no ../shared/data")
    found = read(path)
    assert len(found.rooms) == 259
    assert found.censored == "freecodecamp"
    lived = np.array([room.later.lived for room in found.rooms])
    assert (lived > 7).mean() == pytest.approx(0.56, abs=0.01)
    assert (lived > 30).mean() == pytest.approx(0.36, abs=0.02)
