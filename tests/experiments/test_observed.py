import csv
import io
import math
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.observed import FEWEST, NOTES, STARTS, Kind, Log, Portrait, portrait, read_log, read_logs
from experiments.observed.bonds import DEGREE, SOURCES, answers
from experiments.observed.log import UNKNOWN, assemble
from experiments.observed.presence import presence, rates, visiting
from experiments.observed.rhythm import dispersion, life
from experiments.observed.times import parse
from simulator.errors import UserError
from simulator.members import Role

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
DAY = 86_400
MONDAY = 1_709_510_400  # 2024-03-04 00:00 UTC
PEOPLE = ["阿强", "小白白", "Ann, the 2nd", 'Bo "B"', "群主", "王五", "Li", "赵六", "Zoë", "钱七", "孙八"]


def rows(n: int = 120, step: int = 5_000) -> list[tuple[str, int]]:
    """Whole minutes, eleven people in turn with some disorder."""
    return [(PEOPLE[(i * i + i // 7) % 11], MONDAY + i * (step // 60 * 60)) for i in range(n)]


def log_of(member: list[str], ts: list[int], **columns: list[object]) -> Log:
    return assemble(pa.table({"member": member, "time": ts, **columns}), "")


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


# ---------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1709643851", "2024-03-05T13:04:11+00:00"),
        ("1709643851.9", "2024-03-05T13:04:11+00:00"),
        ("1709643851123", "2024-03-05T13:04:11+00:00"),
        ("1709643851123456", "2024-03-05T13:04:11+00:00"),
        ("2024-03-05 21:04", "2024-03-05T21:04:00+00:00"),
        ("2024/3/5 21:04:11", "2024-03-05T21:04:11+00:00"),
        ("2024.03.05 9:04", "2024-03-05T09:04:00+00:00"),
        (" 2024-03-05T21:04:11.123 ", "2024-03-05T21:04:11+00:00"),
        ("2024年3月5日 21:04", "2024-03-05T21:04:00+00:00"),
        ("2024年3月5日21时04分11秒", "2024-03-05T21:04:11+00:00"),
        ("2024-03-05", "2024-03-05T00:00:00+00:00"),
        ("2024-02-29 23:59:59", "2024-02-29T23:59:59+00:00"),
        ("2024-03-05T21:04:11Z", "2024-03-05T21:04:11+00:00"),
        ("2024-03-05T21:04:11+08:00", "2024-03-05T21:04:11+08:00"),
        ("2024-03-05 21:04 -0530", "2024-03-05T21:04:00-05:30"),
        ("2024-03-05 21:04 UTC+8", "2024-03-05T21:04:00+08:00"),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, moment: str) -> None:
    times = parse(pa.array([text]))
    assert times.ok.all()
    assert times.ts[0] == seconds(moment)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2024-02-30 10:00", "2023-02-29", "2024-13-01", "2024-03-05 24:01", "05/03/2024", "0"],
)
def test_what_is_no_time_is_marked_and_not_raised(text: str) -> None:
    assert parse(pa.array([text, "2024-03-05 21:04", None])).ok.tolist() == [False, True, False]


def test_a_spreadsheets_day_numbers_are_not_taken_for_seconds() -> None:
    assert not parse(pa.array(["45356.88", "45357.01"])).ok.any()


def test_the_zone_of_most_times_is_that_of_the_group() -> None:
    times = parse(
        pa.array(
            ["2024-03-05T21:04+08:00", "2024-03-05 21:05", "2024-03-05T13:06Z", "2024-03-05T21:07+08:00"]
        )
    )
    assert times.utc_offset == 8
    assert not times.local
    assert np.diff(times.ts).tolist() == [60, 60, 60]
    assert parse(pa.array(["2024-03-05 21:04"])).local
    assert not parse(pa.array(["1709643851"])).local


def test_typed_columns_are_times_too() -> None:
    moment = datetime(2024, 3, 5, 21, 4, tzinfo=timezone(timedelta(hours=8)))
    for column in (
        pa.array([moment], pa.timestamp("us", "Asia/Shanghai")),
        pa.array([moment.timestamp() * 1000]),
        pa.array([int(moment.timestamp())], pa.int32()),
    ):
        assert parse(column).ts.tolist() == [int(moment.timestamp())]
    wall = parse(pa.array([moment.replace(tzinfo=None)], pa.timestamp("ns")))
    assert wall.local
    assert wall.ts[0] == seconds("2024-03-05T21:04+00:00")


# --------------------------------------------------------------------------------------------------- reader


def test_a_full_log_is_read_column_by_column(tmp_path: Path) -> None:
    n = 40
    table = pa.table(
        {
            "note": ["ignored"] * n,
            "group_id": ["g"] * n,
            "member_id": [f"m{i % 11}" for i in range(n)],
            "ts": [MONDAY + 60 * i for i in range(n)],
            "type": ["message"] * (n - 2) + ["leave", "join"],
            "msg_id": list(range(100, 100 + n)),
            "thread_id": ["", "t1"] * (n // 2),
            "reply_to": [""] * 3 + ["101"] + [""] * (n - 4),
            "to_member": [""] * 4 + ["m2", "ghost"] + [""] * (n - 6),
            "n_chars": [5] * n,
        }
    )
    pq.write_table(table, tmp_path / "log.parquet")
    log = read_log(tmp_path / "log.parquet", "g")
    assert log.names == (*(f"m{i}" for i in range(11)), "ghost")
    assert log.member.tolist() == [i % 11 for i in range(n)]
    assert log.kind[-3:].tolist() == [Kind.MESSAGE, Kind.LEAVE, Kind.JOIN]
    assert np.flatnonzero(log.reply_to != UNKNOWN).tolist() == [3]
    assert log.reply_to[3] == 1
    assert log.to_member[4:7].tolist() == [2, 11, UNKNOWN]
    assert log.thread[:3].tolist() == [UNKNOWN, log.thread[1], UNKNOWN]
    assert log.thread[1] >= 0
    assert (log.chars == 5).all()
    assert (log.group, log.posters, log.rows, log.skipped, log.duplicates) == ("g", 11, n, 0, 0)
    assert log.end == MONDAY + 60 * (n - 1)


HEADS = [
    ("name", "time"),
    ("member", "ts"),
    ("Sender", "Timestamp"),
    ("user", "date"),
    ("昵称", "时间"),
    ("发送人", "时间"),
]
FORMATS = ["unix", "ms", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y年%m月%d日 %H:%M"]


@settings(max_examples=30, deadline=None)
@given(
    head=st.sampled_from(HEADS),
    form=st.sampled_from(FORMATS),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    said=st.text(st.sampled_from("你好, ;\t\"'\nabc"), max_size=12),
    order=st.randoms(use_true_random=False),
)
def test_every_dialect_says_the_same(
    tmp_path_factory, head, form, delimiter, encoding, newline, quoting, said, order
) -> None:
    events = rows()
    mixed = events.copy()
    order.shuffle(mixed)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerow(["内容", *head])
    for name, ts in mixed:
        shown = {"unix": str(ts), "ms": str(ts * 1000)}.get(
            form
        ) or f"{datetime.fromtimestamp(ts, UTC):{form}}"
        writer.writerow([said, name, shown])
    log = read_log(write(tmp_path_factory.mktemp("csv"), out.getvalue(), encoding))
    assert [(log.names[m], t) for m, t in zip(log.member, log.ts, strict=True)] == events
    assert log.names == tuple(dict.fromkeys(name for name, _ in events))
    assert log.skipped == 0


def test_equal_times_keep_message_numbers_else_the_order_of_the_file(tmp_path: Path) -> None:
    members = [f"m{i}" for i in range(12)]
    ts = [MONDAY] * 12
    assert log_of(members, ts).names == tuple(members)
    assert log_of(members, ts, id=list(range(12))[::-1]).names == tuple(members[::-1])
    newest_first = log_of(["c", "b", "a"], [MONDAY + 60, MONDAY + 60, MONDAY])
    assert newest_first.names == ("a", "b", "c")


def test_the_same_numbered_message_counts_once_and_bare_rows_all_count() -> None:
    members, ts = ["a", "b", "a"] * 2, [MONDAY, MONDAY + 1, MONDAY + 2] * 2
    once = log_of(members, ts, id=[7, 8, 9] * 2)
    assert (len(once.ts), once.duplicates, once.rows) == (3, 3, 6)
    assert log_of(members, ts, id=["x7", "x8", "x9"] * 2).duplicates == 3
    assert len(log_of(members, ts).ts) == 6


def test_rows_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    good = "".join(f"u{i % 10},{MONDAY + i}\n" for i in range(50))
    broken = ",1709510400\nu1,\nu2,soon\n   ,1709510401\n"
    ragged = "u1,2,3,4\n"
    log = read_log(write(tmp_path, "name,time\n" + good + broken + ragged))
    assert (log.skipped, log.rows, len(log.ts)) == (5, 55, 50)
    assert ("skipped", (5, 55)) in portrait(log).notes


def test_half_may_be_broken_and_no_more(tmp_path: Path) -> None:
    good = "".join(f"u{i % 10},{MONDAY + i}\n" for i in range(20))
    assert read_log(write(tmp_path, "name,time\n" + good + "u,soon\n" * 20)).skipped == 20
    with pytest.raises(UserError, match=r"21 of 41 rows .*'soon'.*unix seconds"):
        read_log(write(tmp_path, "name,time\n" + good + "u,soon\n" * 21))


def test_kinds_in_chinese_and_unknown_kinds() -> None:
    log = log_of(["a", "b", "c", "d"], [MONDAY + i for i in range(4)], kind=["消息", "进群", "退群", "公告"])
    assert (log.kind.tolist(), log.skipped) == ([0, 1, 2], 1)
    assert log_of(["a", "b"], [1, 2], kind=["1", "47"]).kind.tolist() == [0, 0]


def groups(folder: Path, parquet: bool = False) -> Path:
    """Three groups of 12, 11 and 3 people, bears joining often; tigers talk on when others stop."""
    who = [("lions", 12, 60), ("tigers", 11, 40), ("bears", 3, 30)]
    table = [
        (g, f"{g}{i % n}", MONDAY + i * (DAY if g == "tigers" else 600), "message")
        for g, n, messages in who
        for i in range(messages)
    ] + [("bears", "bears0", MONDAY + i, "join") for i in range(70)]
    names = ("group_id", "member_id", "ts", "type")
    if parquet:
        columns = dict(zip(names, map(list, zip(*table, strict=True)), strict=True))
        pq.write_table(pa.table(columns), folder / "groups.parquet")
        return folder / "groups.parquet"
    lines = "".join(f"{g},{m},{t},{k}\n" for g, m, t, k in table)
    return write(folder, ",".join(names) + "\n" + lines)


@pytest.mark.parametrize("parquet", [False, True])
def test_one_group_of_several_is_named(tmp_path: Path, parquet: bool) -> None:
    path = groups(tmp_path, parquet)
    with pytest.raises(
        UserError, match=r"^community.group is missing.* 3 groups.*'lions' \(60 messages\), 'tigers'"
    ):
        read_log(path)
    with pytest.raises(UserError, match=r"^community.group='lion': no such group. Did you mean 'lions'\?"):
        read_log(path, "lion")
    with pytest.raises(UserError, match=r"^community.group='bears': 3 people wrote in it; at least 10"):
        read_log(path, "bears")
    lions = read_log(path, "lions")
    assert (lions.group, lions.posters, len(lions.ts)) == ("lions", 12, 60)
    assert lions.end == MONDAY + 39 * DAY  # the file went on
    assert portrait(lions).life.silent == 39
    together = list(read_logs(path))
    assert [log.group for log in together] == ["lions", "tigers"]
    for log in together:
        alone = read_log(path, log.group)
        assert (log.names, log.end) == (alone.names, alone.end)
        np.testing.assert_array_equal(log.ts, alone.ts)


def test_a_group_that_has_no_column_cannot_be_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "name,time\n" + "".join(f"{m},{t}\n" for m, t in [("a", MONDAY)] * 20))
    with pytest.raises(UserError, match=r"^community.group='x': .* no column for groups"):
        read_log(path, "x")


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("log.csv", b"", "it is empty"),
        ("log.csv", b" \n\n", "it is empty"),
        ("log.csv", b"name,time\n", "no rows"),
        ("log.csv", b"name;time", "no rows"),
        ("log.csv", b"nom,heure\nx,1\n", r"no column for the member .*\[nom, heure\].*昵称"),
        ("log.csv", b"name,words\nx,1\n", "no column for the time"),
        ("log.csv", b"name,time\n" + b"a,banana\n" * 9, "9 of 9 rows .*'banana'"),
        ("log.csv", b"name,time\n" + b"a,1709510400\n" * 9, "1 person wrote in it; at least 10"),
        ("log.csv", b'name,time\n"a,1709510400\nb,1709510400', "1 of 1 rows"),
        ("log.csv", PNG, "neither a Parquet file nor CSV"),
        ("log.csv", b"\xff\xfe\xff", "neither a Parquet file nor CSV"),
        ("log.parquet", PNG, "not a Parquet file"),
        ("log.parquet", b"PAR1" + PNG + b"PAR1", "it cannot be read"),
        ("log.parquet", b"name,time\n", "not a Parquet file"),
    ],
)
def test_a_log_that_cannot_be_used_gets_one_line(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=says) as error:
        read_log(tmp_path / name)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("community.log=")


def test_a_log_that_is_not_there_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "chatlog.csv").touch()
    for path, says in (
        (tmp_path, "it is a folder"),
        (tmp_path / "chatlogs.csv", "no such file. Did you mean 'chatlog.csv'"),
        (tmp_path / "no" / "where.csv", "no such file"),
    ):
        with pytest.raises(UserError, match=says):
            read_log(path)


def test_parquet_with_columns_of_another_shape_gets_one_line(tmp_path: Path) -> None:
    pq.write_table(pa.table({"member_id": [["a"]], "ts": [{"x": 1}]}), tmp_path / "log.parquet")
    with pytest.raises(UserError, match=r"cannot be read|no name, time"):
        read_log(tmp_path / "log.parquet")


# ------------------------------------------------------------------------------------------------- portrait


def village(days: int = 60) -> Log:
    """`keeper` writes daily from the start, `sage` answers six novices by turns, each `mute` wrote twice."""
    member, ts, to = [], [], []

    def say(who: str, day: int, minute: int, whom: str = "") -> None:
        member.append(who)
        ts.append(MONDAY + day * DAY + 43_200 + minute * 60)
        to.append(whom)

    for day in range(days):
        say("keeper", day, 0)
        asks = f"novice{day % 6}"
        say(asks, day, 10)
        say(asks, day, 11)
        if day % 5 < 4:
            say("sage", day, 12, asks)
            say(asks, day, 13, "sage")
    for i in range(4):
        say(f"mute{i}", i, 20)
        say(f"mute{i}", days - 20 + i, 20)
    return log_of(member, ts, to=to)


def named(log: Log, **options: object) -> tuple[Portrait, dict[str, int]]:
    seen = portrait(log, display=True, **options)
    return seen, {name: i for i, name in enumerate(seen.names)}


@pytest.mark.parametrize("start", STARTS)
def test_a_plain_village_is_seen_as_it_is(start: str) -> None:
    seen, at = named(village(), start=start)
    check(seen)
    assert seen.role[at["keeper"]] == Role.OWNER
    assert seen.role[at["sage"]] == Role.KOL
    assert {seen.role[at[f"novice{i}"]] for i in range(6)} == {Role.NOVICE}
    assert {seen.role[at[f"mute{i}"]] for i in range(4)} == {Role.LURKER}
    assert seen.visiting[at["keeper"]] > seen.visiting[at["sage"]] > seen.visiting[at["novice0"]]
    assert seen.visiting[at["novice0"]] > seen.visiting[at["mute0"]]
    assert seen.messages[at["novice0"]] > seen.messages[at["keeper"]] >= 1
    assert seen.first_weekday == (0 if start == "birth" else 60 % 7)
    pairs = {(a, b): s for a, b, s in zip(seen.a, seen.b, seen.strength, strict=True)}
    for i in range(6):
        assert pairs[tuple(sorted((at["sage"], at[f"novice{i}"])))] > 0.5
    assert not seen.life.dead
    assert (seen.posters, seen.size, seen.span) == (12, 12, 60)
    # 2 or 3 voices on each of 28 days, and each of the four mutes once
    expected = (28 * 2 + sum(d % 5 < 4 for d in (range(28) if start == "birth" else range(32, 60))) + 4) / 28
    assert seen.voices == pytest.approx(expected)


def test_founders_of_a_birth_are_those_of_the_first_week_and_of_now_those_still_around() -> None:
    member = [f"early{i}" for i in range(6) for _ in range(3)] + [
        f"late{i}" for i in range(6) for _ in range(3)
    ]
    ts = [MONDAY + (i % 3) * DAY for i in range(18)] + [MONDAY + (70 + i % 3) * DAY for i in range(18)]
    log = log_of(member, ts)
    birth, now = portrait(log, start="birth", display=True), portrait(log, start="now", display=True)
    assert set(birth.names) == {f"early{i}" for i in range(6)}
    assert set(now.names) == {f"late{i}" for i in range(6)}
    assert birth.tenure.tolist() == [0] * 6
    assert now.tenure.tolist() == [3] * 6
    assert now.idle.tolist() == [1] * 6
    assert (birth.age, now.age) == (0, 73)
    assert birth.around == 7
    assert birth.window == (0, 27)
    assert now.window == (73 - now.around, 72)


def test_a_slow_group_gets_a_wider_window_and_says_so() -> None:
    member = [f"p{i}" for i in range(10)]
    seen = portrait(log_of(member, [MONDAY + i * 40 * DAY for i in range(10)]))
    codes = dict(seen.notes)
    assert codes["widened"] == (28, 224, 6)  # doubled thrice; at 160 days back stands the fifth
    assert (seen.around, seen.size) == (224, 6)


def test_who_left_is_not_around_but_a_connection_that_ended_is_no_leaving() -> None:
    base = village()
    names = [base.names[m] for m in base.member]
    ts, kind = base.ts.tolist(), ["message"] * len(names)
    gone = assemble(
        pa.table({"member": [*names, "sage"], "time": [*ts, ts[-1] + 1], "kind": [*kind, "leave"]}), ""
    )
    assert "sage" not in named(gone)[1]
    assert "sage" in named(gone, start="birth")[1]
    flaps = [("sage", t + i, k) for t in ts[:40] for i, k in enumerate(("join", "leave"))]
    extra, when, what = (list(column) for column in zip(*flaps, strict=True))
    flaky = assemble(
        pa.table(
            {
                "member": [*names, *extra, "sage"],
                "time": [*ts, *when, ts[-1] + 1],
                "kind": [*kind, *what, "leave"],
            }
        ),
        "",
    )
    seen, at = named(flaky)
    assert "sage" in at
    assert "connections" in dict(seen.notes)
    assert seen.joins == 0  # one person, who was new on the first day only


def test_newcomers_are_counted_once_and_not_in_the_first_days() -> None:
    base = village(28)
    names = [base.names[m] for m in base.member] + ["new0", "new1", "new1"]
    ts = [*base.ts.tolist(), MONDAY + 20 * DAY, MONDAY + 21 * DAY, MONDAY + 22 * DAY]
    assert portrait(log_of(names, ts)).arrivals == pytest.approx(2 / 21)
    assert portrait(log_of(names, ts), start="birth").arrivals == pytest.approx(2 / 21)


def test_silent_members_are_added_as_lurkers_rarer_than_anyone() -> None:
    log = village()
    bare, full = portrait(log), portrait(log, members=100, display=True)
    assert dict(bare.notes)["silent_invisible"] == ()
    assert dict(full.notes)["silent_added"] == (88, 100)
    assert (full.size, full.silent) == (100, 88)
    assert (full.role[12:] == Role.LURKER).all()
    assert (full.visiting[12:] <= bare.visiting.min()).all()
    assert (full.visiting[12:] > 0).all()
    assert full.names[12:] == ("",) * 88
    np.testing.assert_array_equal(full.visiting[:12], bare.visiting)
    np.testing.assert_array_equal(full.role[:12], bare.role)
    assert max(full.b) < 12
    for members in (11, 0, -3, 12.5, "many", True, 10**9):
        with pytest.raises(UserError, match=r"^community.members=.*whole number from 12"):
            portrait(log, members=members)


def test_who_joined_and_never_wrote_is_mentioned() -> None:
    base = village()
    names = [base.names[m] for m in base.member] + ["shy0", "shy1"]
    kind = ["message"] * len(base.ts) + ["join"] * 2
    log = log_of(names, [*base.ts.tolist(), MONDAY, MONDAY], kind=kind)
    assert dict(portrait(log).notes)["silent_seen"] == (2,)
    assert portrait(log).size == 12


def test_an_unknown_start_and_an_offset_off_the_map() -> None:
    with pytest.raises(UserError, match=r"community.start 'brith'. Did you mean 'birth'\?"):
        portrait(village(), start="brith")
    for offset in (15, -13, math.nan, "8"):
        with pytest.raises(UserError, match=r"^community.utc_offset=.*-12 to 14"):
            portrait(village(), utc_offset=offset)


def test_names_stay_inside_unless_asked_for() -> None:
    log = village()
    assert portrait(log).names == ()
    assert "keeper" not in repr(portrait(log, display=True))
    assert "keeper" not in repr(log)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(40)), names=st.permutations([f"n{i}" for i in range(11)]))
def test_neither_names_nor_the_order_of_the_file_change_a_portrait(
    order: list[int], names: list[str]
) -> None:
    member, ts = [i * 7 % 11 for i in range(40)], [MONDAY + (i // 3) * 40_000 for i in range(40)]
    plain = portrait(log_of([f"m{m}" for m in member], ts, id=list(range(40))))
    mixed = portrait(log_of([names[member[i]] for i in order], [ts[i] for i in order], id=list(order)))
    for field in ("role", "messages", "visiting", "tenure", "idle", "ordinal", "a", "b", "strength"):
        np.testing.assert_array_equal(getattr(plain, field), getattr(mixed, field), field)
    assert (plain.arrivals, plain.weekdays, plain.life) == (mixed.arrivals, mixed.weekdays, mixed.life)


# -------------------------------------------------------------------------------------------- its ingredients


@pytest.mark.parametrize(
    ("columns", "source"),
    [
        ({"to": ["", "a", "", "b"]}, "addressed"),
        ({"id": [1, 2, 3, 4], "reply": ["", "1", "", "2"]}, "reply"),
        ({"thread": ["x", "x", "y", "x"]}, "thread"),
        ({}, "follows"),
    ],
)
def test_whom_a_message_answers_by_the_best_evidence_there_is(columns: dict[str, list], source: str) -> None:
    later = 3600 if source in ("addressed", "reply", "thread") else 60
    ts = [MONDAY, MONDAY + later, MONDAY + 2 * later, MONDAY + 3 * later]
    log = log_of(["a", "b", "b", "a"], ts, **columns)
    found = answers(log)
    assert {SOURCES[h] for h in found.how} == {source}
    assert [(log.names[s], log.names[t]) for s, t in zip(found.source, found.target, strict=True)] == [
        ("b", "a"),
        ("a", "b"),
    ]


def test_better_evidence_wins_and_nobody_answers_himself() -> None:
    ts = [MONDAY + 60 * i for i in range(4)]
    log = log_of(["a", "b", "c", "c"], ts, to=["", "", "a", "c"], id=[1, 2, 3, 4], reply=["", "", "2", "3"])
    found = answers(log)
    told = zip(found.source, found.target, found.how, strict=True)
    said = [(log.names[s], log.names[t], SOURCES[h]) for s, t, h in told]
    assert said == [("b", "a", "follows"), ("c", "a", "addressed")]


def test_the_gap_lies_between_ten_and_thirty_minutes_and_parts_conversations() -> None:
    def gap(pauses: list[int]) -> int:
        return answers(log_of(["a", "b"] * len(pauses), np.cumsum([MONDAY, *pauses * 2][:-1]).tolist())).gap

    assert gap([20] * 10) == 600
    assert gap([3000] * 10) == 1800
    assert gap([900] * 10) == 900
    assert gap([20, 20, 700, 1000, 1400]) == 1000
    assert gap([20, 900, 900, 900, 7200]) == 900  # two hours are no pause in a conversation
    two = log_of(["a", "b", "c"], [MONDAY, MONDAY + 60, MONDAY + 90_000])
    assert len(answers(two).source) == 1
    assert answers(two).follows == pytest.approx(1 / 3)


def test_dates_without_clock_times_say_nothing_on_who_follows_whom(tmp_path: Path) -> None:
    lines = "".join(f"u{i % 11},2024-03-{1 + i % 28:02d}\n" for i in range(200))
    seen = portrait(read_log(write(tmp_path, "name,date\n" + lines)))
    assert "dates_only" in dict(seen.notes)
    assert (seen.gap, seen.follows, len(seen.a)) == (0, 0.0, 0)


def test_ties_grow_with_answers_and_fade_with_days() -> None:
    def tie(answers: int, days: int) -> float:
        rest = [f"p{i % 9}" for i in range(28 * 9)]
        when = [MONDAY + (days + 1 + i // 9) * DAY + i % 9 * 7200 for i in range(28 * 9)]
        pair, then = ["a", "b"] * answers, [MONDAY + i * 30 for i in range(2 * answers)]
        back, last = ["a", "b"], [when[-1] + 9000, when[-1] + 20_000]
        seen, at = named(
            log_of(pair + rest + back, then + when + last, to=["b", "a"] * answers + [""] * (len(rest) + 2))
        )
        ends = sorted((at["a"], at["b"]))
        return sum(s for a, b, s in zip(seen.a, seen.b, seen.strength, strict=True) if [a, b] == ends)

    assert 0 < tie(2, 10) < tie(6, 10) < 1
    assert tie(6, 60) < tie(6, 10)
    assert tie(1, 400) == 0


def test_there_are_at_most_so_many_ties_a_person_and_everyone_keeps_a_best_one() -> None:
    rng = np.random.default_rng(5)
    who = rng.integers(0, 60, 6000)
    seen = portrait(log_of([f"p{w}" for w in who], (MONDAY + np.arange(6000) * 200).tolist()))
    assert len(seen.a) == DEGREE * seen.size // 2
    assert set(seen.a) | set(seen.b) == set(range(seen.size))


def test_a_weak_tie_that_is_somebodys_only_one_outlives_the_weakest_of_many() -> None:
    rng = np.random.default_rng(6)
    core = [(f"c{i}", f"c{j}") for i in range(30) for j in range(30) if i != j]
    edge = [(f"e{i}", f"c{i}") for i in range(10)]
    pairs = [core[k] for k in rng.permutation(len(core) * 3) % len(core)] + edge
    who, to = (list(column) for column in zip(*pairs, strict=True))
    seen, at = named(log_of(who, (MONDAY + np.arange(len(who)) * 300).tolist(), to=to))
    assert len(seen.a) == DEGREE * seen.size // 2
    for i in range(10):
        assert at[f"e{i}"] in set(seen.a) | set(seen.b)


@pytest.mark.parametrize(("silent", "dead"), [(13, False), (14, True)])
def test_a_group_dies_of_fourteen_silent_days_whatever_its_owner_writes(silent: int, dead: bool) -> None:
    days = [*range(10), 10 + silent]
    member = [p for _ in days for p in ("a", "b")] + ["owner"] * (11 + silent)
    ts = [MONDAY + d * DAY for d in days for _ in range(2)] + [MONDAY + d * DAY for d in range(11 + silent)]
    log = log_of(member, ts)
    found = life(presence(log, 0), log.names.index("owner"))
    assert found.censored is not dead
    assert found.lifespan == (9 if dead else 10 + silent)
    assert found.longest == silent
    assert not found.dead  # it woke again on the last day
    early = log_of(member[:20] + member[22:], ts[:20] + ts[22:])
    end = life(presence(early, 0), early.names.index("owner"))
    assert end.dead is (silent + 1 >= 14)
    assert end.silent == silent + 1


def test_now_on_a_dead_group_is_its_last_active_window() -> None:
    base = village(40)
    whole = assemble(
        pa.table({"member": [base.names[m] for m in base.member], "time": base.ts}),
        "",
        end=MONDAY + 200 * DAY,
    )
    seen = portrait(whole)
    assert dict(seen.notes)["dead"] == (161, 14)
    assert (seen.age, seen.span) == (40, 201)
    assert seen.window == (12, 39)
    assert seen.voices > 2
    np.testing.assert_array_equal(seen.visiting, portrait(base).visiting)


def test_a_stray_message_years_later_does_not_bring_a_dead_group_back() -> None:
    base = village(40)
    names = [base.names[m] for m in base.member] + ["keeper", "sage", "novice0", "mute0"]
    ts = [*base.ts.tolist(), *(MONDAY + (500 + i) * DAY for i in range(4))]
    seen = portrait(assemble(pa.table({"member": names, "time": ts}), "", end=MONDAY + 600 * DAY))
    assert (seen.age, seen.window, seen.life.silent) == (40, (12, 39), 97)
    fifth = assemble(pa.table({"member": [*names, "new"], "time": [*ts, ts[-1]]}), "", end=MONDAY + 600 * DAY)
    assert portrait(fifth).age == 504


def test_days_are_cut_where_the_group_lives() -> None:
    member = [f"p{i % 11}" for i in range(200)]
    late = [MONDAY + 7 * DAY * (i // 11) + 20 * 3600 + i % 11 * 60 for i in range(200)]  # Monday 20:00 UTC
    utc, china = portrait(log_of(member, late)), portrait(log_of(member, late), utc_offset=8)
    assert int(np.argmax(utc.weekdays)) == 0
    assert int(np.argmax(china.weekdays)) == 1
    assert np.mean(china.weekdays) == pytest.approx(1)


def test_the_zone_in_the_file_is_used_and_wall_clocks_are_left_alone(tmp_path: Path) -> None:
    def peak(zone: str, **options: float) -> Portrait:
        lines = [f"p{i % 11},2024-03-{4 + 7 * (i % 4):02d}T02:{i % 60:02d}{zone}\n" for i in range(200)]
        return portrait(read_log(write(tmp_path, "name,time\n" + "".join(lines))), **options)

    assert int(np.argmax(peak("+08:00").weekdays)) == 0
    assert int(np.argmax(peak("Z").weekdays)) == 0
    assert int(np.argmax(peak("Z", utc_offset=-8).weekdays)) == 6
    local = peak("", utc_offset=-8)
    assert int(np.argmax(local.weekdays)) == 0
    assert "wall_clock" in dict(local.notes)


def test_visiting_is_shrunk_the_more_the_fewer_the_days() -> None:
    same, mean, _ = visiting(np.full(50, 10), np.full(50, 40))
    np.testing.assert_allclose(same, mean, rtol=1e-3)
    assert mean == pytest.approx(0.25, abs=0.001)
    p, mean, weight = visiting(np.array([0, 1, 20, 38, 0, 40]), np.array([40, 1, 40, 40, 0, 40]))
    np.testing.assert_allclose(
        p, (np.array([0, 1, 20, 38, 0, 40]) + mean * weight) / (np.array([40, 1, 40, 40, 0, 40]) + weight)
    )
    assert 0 < p[0] < mean < p[1] < p[3] < p[5] < 1
    assert p[4] == pytest.approx(mean)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 200)), min_size=1, max_size=60),
)
def test_rates_keep_the_volume_of_talk_and_never_fall_under_one(days: list[tuple[int, int]]) -> None:
    member, messages = (np.array(column) for column in zip(*days, strict=True))
    rate = rates(member, messages, 9)
    x = np.bincount(member, minlength=9)
    assert (rate >= 1).all()
    assert np.isfinite(rate).all()
    assert (x * rate).sum() >= messages.sum() * (1 - 1e-9)
    if (rate > 1).all():
        assert (x * rate).sum() == pytest.approx(messages.sum())


def test_rates_trust_a_person_the_more_the_steadier_people_are() -> None:
    member = np.repeat([0, 1], 30)
    steady = rates(member, np.where(member == 0, 2, 20), 2)
    np.testing.assert_allclose(steady, [2, 20], rtol=0.15)
    noisy = rates(member, np.tile([1, 2, 40], 20), 2)
    assert noisy[0] == pytest.approx(noisy[1])


def test_dispersion_is_that_of_the_messages_after_the_first() -> None:
    mean, variance, k = dispersion(np.array([1, 1, 1, 9]))
    assert (mean, variance) == (3, 12)
    assert k == pytest.approx(4 / 10)
    assert dispersion(np.array([1, 1]))[2] == 50


# ------------------------------------------------------------------------------------------------- real logs


def check(seen: Portrait) -> None:
    n = seen.size
    assert (seen.role == Role.OWNER).sum() == 1
    assert 1 <= (seen.role == Role.KOL).sum() <= max(1, round(n / 10))
    for column in (seen.messages, seen.visiting, seen.tenure, seen.idle, seen.ordinal, seen.role):
        assert len(column) == n
        assert np.isfinite(column).all()
    assert (seen.messages >= 1).all()
    assert ((seen.visiting > 0) & (seen.visiting < 1)).all()
    assert (seen.tenure >= 0).all()
    assert ((seen.idle >= 0) & (seen.idle <= np.maximum(seen.tenure, 0))).all()
    assert all(x < y for x, y in pairwise(seen.ordinal.tolist()))
    assert (seen.a < seen.b).all()
    assert (seen.a >= 0).all()
    assert (seen.b < n).all()
    assert len(set(zip(seen.a.tolist(), seen.b.tolist(), strict=True))) == len(seen.a) <= DEGREE * n / 2
    assert ((seen.strength > 0) & (seen.strength <= 1)).all()
    assert seen.arrivals >= 0
    assert len(seen.weekdays) == 7
    assert np.mean(seen.weekdays) == pytest.approx(1)
    assert min(seen.weekdays) > 0
    assert sum(seen.talk) == pytest.approx(1)
    assert 0 <= seen.follows <= 1
    numbers = (seen.messages_mean, seen.messages_variance, seen.messages_k, seen.voices, seen.messages_a_day)
    assert np.isfinite(numbers).all()
    assert seen.messages_k > 0
    assert np.isfinite(seen.weekly_voices).all()
    assert {code for code, _ in seen.notes} <= set(NOTES)
    for code, values in seen.notes:
        assert NOTES[code].format(*values)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "groups"), [("fcc_gitter_dev", 125), ("lean_zulip", 74), ("qtox_irc", 1), ("college_msg", 1)]
)
def test_every_real_group_has_a_portrait(name: str, groups: int) -> None:
    path = SHARED / f"{name}.parquet"
    if not path.exists():
        pytest.skip("the real logs are not beside the project")
    count = 0
    for log in read_logs(path):
        count += 1
        assert log.posters >= FEWEST
        assert log.skipped == 0
        for start in STARTS:
            check(portrait(log, start=start))
    assert count == groups
