"""Check-in tables: what each cell says, and one clear line for a broken file."""

import pytest

from experiments.validation.cohorts import recognises, tables_in
from experiments.validation.cohorts.reading import DONE, EMPTY, MISSED, content_hash, read_cohorts
from experiments.validation.cohorts.rivals import cells
from simulator.errors import UserError

HEADER = "cohort,member_id,day,date_md,status\n"


def table(folder, *rows, header=HEADER, name="t.csv"):
    path = folder / name
    path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def member(name, statuses, cohort="a"):
    return [f"{cohort},{name},{day},8.{day + 1},{status}" for day, status in enumerate(statuses)]


def test_cells_say_done_missed_or_nothing(tmp_path) -> None:
    rows = member("m", ["done", "missed", "", "done"]) + member("n", ["missed", "done", "failed", ""])
    (one,) = read_cohorts([table(tmp_path, *rows)])
    assert one.told.T.tolist() == [[DONE, MISSED, EMPTY, DONE], [MISSED, DONE, MISSED, EMPTY]]
    assert one.removed.tolist() == [-1, 2]
    assert [one.there(day).tolist() for day in (2, 3)] == [[True, True], [True, False]]


def test_an_empty_cell_is_no_miss(tmp_path) -> None:
    (one,) = read_cohorts([table(tmp_path, *member("m", ["done", "", "done"]))])
    found = cells(one)
    assert found.day.tolist() == [0, 2]
    assert found.done.all()
    assert found.run.tolist() == [0, 1]
    assert found.before.tolist() == [0, 1]


def test_nothing_counts_after_a_removal(tmp_path) -> None:
    (one,) = read_cohorts([table(tmp_path, *member("m", ["failed", "done", "done"]))])
    assert one.told[:, 0].tolist() == [MISSED, EMPTY, EMPTY]
    assert cells(one).removal.tolist() == [True]


def test_order_of_rows_and_names_do_not_change_the_hash(tmp_path) -> None:
    first = member("m", ["done", "missed"]) + member("n", ["done", "done"])
    second = member("x", ["done", "done"], "z") + member("y", ["done", "missed"], "z")
    one, other = (
        read_cohorts([table(tmp_path, *rows, name=f"{k}.csv")])
        for k, rows in enumerate((first, second[::-1]))
    )
    assert content_hash(one) == content_hash(other)
    assert content_hash(one) != content_hash(read_cohorts([table(tmp_path, *first[:3])]))


def test_a_table_is_told_by_its_columns(tmp_path) -> None:
    assert recognises(HEADER.strip().split(","))
    assert not recognises(["group_id", "member_id", "ts"])
    path = table(tmp_path, *member("m", ["done"]))
    table(tmp_path, "1,2", header="a,b\n", name="other.csv")
    assert tables_in(tmp_path) == [path]


def test_semicolons_and_tabs_will_do(tmp_path) -> None:
    rows = member("m", ["done", "missed"])
    for mark in ";\t":
        lines = [row.replace(",", mark) for row in rows]
        (one,) = read_cohorts([table(tmp_path, *lines, header=HEADER.replace(",", mark))])
        assert one.told[:, 0].tolist() == [DONE, MISSED]


@pytest.mark.parametrize(
    ("rows", "header", "says"),
    [
        (["a,m,0,8.1,don"], HEADER, "line 2: status is 'don'; it must be done, missed, failed or empty."),
        (["a,m,x,8.1,done"], HEADER, "line 2: day is 'x'"),
        (["a,m,-1,8.1,done"], HEADER, "line 2: day is '-1'"),
        (["a,m,0,8.1,done", "a,m,0,8.1,missed"], HEADER, "line 3: a second cell of member 'm' on day 0"),
        ([",m,0,8.1,done"], HEADER, "line 2 names no cohort"),
        (["a,m,0"], HEADER, None),
        (["a,m,0,8.1"], "cohort,member_id,day,date_md\n", "it has no column 'status'"),
        ([], HEADER, "it has a header and no rows"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path, rows, header, says) -> None:
    path = table(tmp_path, *rows, header=header)
    if says is None:  # a short row: its missing cells are empty
        assert read_cohorts([path])[0].told.tolist() == [[EMPTY]]
        return
    with pytest.raises(UserError) as caught:
        read_cohorts([path])
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_one_line(tmp_path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(HEADER.encode() + b"\xff\xfe\x00a,m,0,8.1,done\n")
    with pytest.raises(UserError, match="cannot be read"):
        read_cohorts([path])
    assert tables_in(tmp_path) == [path]
