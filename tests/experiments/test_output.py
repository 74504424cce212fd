import csv
import io
import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from experiments import output
from experiments.output import FILES, manifest, prepare, write
from experiments.report import charts
from experiments.result import Arm, Failure
from experiments.tables import comparison_csv, runs_table, timeseries_tables
from simulator.errors import UserError
from simulator.metrics import BY_NAME
from tests.experiments.fakes import ARMS, fake_result

#: The columns that users of comparison.csv build on.
PROMISED = [
    "metric",
    "scenario",
    "baseline",
    "n_pairs",
    "baseline_mean",
    "mean",
    "diff",
    "diff_pct",
    "ci_low",
    "ci_high",
    "ci_low_luck",
    "ci_high_luck",
    "p_better",
    "verdict",
]


SMALL = {
    "replicates": 20,
    "twins": 8,
    "days": 20,
    "follow_up": 20,
    "failed": True,
    "arms": (ARMS[0], ARMS[1], ARMS[-1]),
    "metrics": [
        BY_NAME[name] for name in ("voices", "lifespan", "voices_after", "kol_loss", "cost", "hours")
    ],
}


@pytest.fixture(scope="module")
def result():
    return fake_result("en", **SMALL)


@pytest.fixture
def undrawn(monkeypatch):
    """No charts are drawn, for tests that look at other things."""
    for name in ("activity", "survival"):
        monkeypatch.setattr(charts, name, lambda *_: charts.Chart("<svg></svg>", b"png"))


@pytest.fixture(scope="module")
def written(result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    write(result, folder)
    return folder


def complaint(call, *args, **kwargs):
    with pytest.raises(UserError) as error:
        call(*args, **kwargs)
    assert "\n" not in str(error.value)
    return str(error.value)


# The folder


def test_all_files_and_nothing_else_is_written(written):
    assert sorted(path.name for path in written.iterdir()) == sorted(FILES)


def test_the_same_result_gives_the_same_bytes(result, written, tmp_path):
    write(fake_result("en", **SMALL), tmp_path / "again")
    for name in set(FILES) - {"manifest.json"}:
        assert (tmp_path / "again" / name).read_bytes() == (written / name).read_bytes(), name
    mine, other = (
        json.loads((at / "manifest.json").read_text("utf-8")) for at in (written, tmp_path / "again")
    )
    differing = {key for key in mine if mine[key] != other[key]}
    assert differing <= {"written", "commit"}


def test_files_of_others_stay_and_old_results_are_replaced(result, tmp_path, undrawn):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "report.html").write_text("old")
    write(result, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_write_that_fails_leaves_the_old_result_whole_and_no_litter(result, tmp_path, undrawn, monkeypatch):
    for name in FILES:
        (tmp_path / name).write_text("old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "manifest", full)  # the last of the files
    assert "No space left on device" in complaint(write, result, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert {(tmp_path / name).read_text() for name in FILES} == {"old"}


def test_prepare_makes_the_folder_and_leaves_nothing_in_it(tmp_path):
    assert prepare(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_prepare_finds_what_is_in_the_way(tmp_path):
    (tmp_path / "file").write_text("")
    assert "is a file" in complaint(prepare, tmp_path / "file")
    assert "is a file" in complaint(prepare, tmp_path / "file" / "below")
    (tmp_path / "out" / "report.html").mkdir(parents=True)
    assert "report.html is a folder" in complaint(prepare, tmp_path / "out")
    assert "out is empty" in complaint(prepare, " ")
    assert "cannot write there" in complaint(prepare, "a\0b")
    assert "文件夹" in complaint(prepare, tmp_path / "file", "zh")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder nobody may write to")
def test_prepare_finds_that_it_may_not_write():
    assert "cannot write there" in complaint(prepare, "/proc/self/nowhere")


def test_prepare_finds_a_full_disk(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=3 * 2**20))
    assert "has 3 MB free and about 20 MB are needed" in complaint(prepare, tmp_path)
    assert "about 700 MB" in complaint(prepare, tmp_path, room=700 * 2**20)


# comparison.csv


def test_comparison_has_the_promised_columns_first_and_a_row_per_metric_and_arm(result):
    rows = list(csv.DictReader(io.StringIO(comparison_csv(result).decode("utf-8"))))
    assert list(rows[0])[: len(PROMISED)] == PROMISED
    assert len(rows) == len(result.comparison.effects)
    for row, effect in zip(rows, result.comparison.effects, strict=True):
        assert (row["metric"], row["scenario"], row["verdict"]) == (
            effect.metric,
            effect.scenario,
            effect.verdict,
        )
        assert int(row["n_pairs"]) == effect.n_pairs
        if np.isfinite(effect.diff):
            assert float(row["diff"]) == pytest.approx(effect.diff, rel=1e-9)
        else:
            assert row["diff"] == ""
    assert "nan" not in comparison_csv(result).decode("utf-8").lower().replace("nan_", "")


# runs.parquet and timeseries.parquet


def test_runs_has_a_row_for_every_run_failed_and_twin_ones_too(result):
    rows = runs_table(result).to_pylist()
    assert len(rows) == len(result.arms) * (20 + 8)
    assert len({row["run_id"] for row in rows}) == len(rows)
    assert [row["scenario"] for row in rows[:: 20 + 8]] == list(result.labels)
    twins = [row for row in rows if row["twin"]]
    assert [row["replicate"] for row in twins[:8]] == list(range(8))
    (failed,) = (row for row in rows if row["status"] == "failed")
    assert (failed["scenario"], failed["replicate"], failed["twin"]) == ("red_packet", 3, False)
    assert failed["error"] == "day 12 bonding: FloatingPointError: <b>overflow</b> in tie 7"
    assert failed["voices"] is None
    assert failed["lifespan"] is None
    assert failed["lifespan_censored"] is None
    for row in rows:
        if row["status"] == "done":
            assert row["error"] is None
            assert row["voices"] is not None
            assert 0 <= row["lifespan"] <= result.tau
            assert not row["lifespan_censored"] or row["lifespan"] == result.tau


def test_the_twin_of_a_failed_run_is_not_failed(result):
    twin = replace(result, failures=(Failure(3, "red_packet", "opening", "x", True),))
    failed = [row for row in runs_table(twin).to_pylist() if row["status"] == "failed"]
    assert [(row["replicate"], row["twin"]) for row in failed] == [(3, True)]


def test_timeseries_has_a_row_per_scenario_replicate_and_day(result, written):
    table = pq.read_table(written / "timeseries.parquet")
    assert table.num_rows == len(result.arms) * 20 * result.horizon
    assert table.column_names == ["scenario", "replicate", "day", *result.series]
    voices = table["voices"].to_numpy().reshape(len(result.arms), 20, result.horizon)
    np.testing.assert_array_equal(voices, result.series["voices"])
    assert table["scenario"].combine_chunks().unique().to_pylist() == list(result.labels)
    last = table.slice(table.num_rows - 1).to_pylist()[0]
    assert (last["scenario"], last["replicate"], last["day"]) == ("placebo", 19, result.horizon - 1)
    assert table.schema.metadata is None  # no library's version in it
    assert sum(part.num_rows for part in timeseries_tables(result)) == table.num_rows


# manifest.json


def test_the_manifest_says_what_made_the_files(result, written):
    found = json.loads((written / "manifest.json").read_text("utf-8"))
    assert found["seed"] == result.seed
    assert found["command"] == result.command
    assert [one["hash"] for one in found["scenarios"]] == [arm.hash for arm in result.arms]
    assert found["versions"]["numpy"] == np.__version__
    assert found["config"]["community"] == "interest_group"
    assert (found["replicates"], found["twins"], found["failures"], found["interrupted"]) == (20, 8, 1, False)


def test_the_manifest_takes_any_plain_value(result):
    odd = {
        "nan": float("nan"),
        "array": np.arange(3),
        "np": np.float32(0.5),
        "set": ("a", 1),
        3: None,
        "yes": True,
    }
    text = output._json(manifest(replace(result, config=odd, asked=30)))
    found = json.loads(text)
    assert found["config"] == {
        "nan": None,
        "array": [0, 1, 2],
        "np": 0.5,
        "set": ["a", 1],
        "3": None,
        "yes": True,
    }
    assert found["interrupted"] is True


def test_a_label_that_utf8_cannot_hold_does_not_stop_anything(tmp_path, undrawn):
    arms = (ARMS[0], Arm("broken \udc80 label", "9" * 16), ARMS[-1])
    odd = fake_result(**SMALL | {"arms": arms, "failed": False})
    write(odd, tmp_path)
    assert "broken ? label" in (tmp_path / "comparison.csv").read_text("utf-8")
    assert "broken ? label" in (tmp_path / "report.html").read_text("utf-8")
    assert pq.read_table(tmp_path / "runs.parquet")["scenario"][28].as_py() == "broken ? label"
