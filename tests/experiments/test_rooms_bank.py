"""Simulated rooms: what is drawn from a first week, and the whole way from files to sections."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from experiments.validation import real, rooms
from experiments.validation.rooms.bank import DAYS, simulate
from experiments.validation.rooms.committed import Committed, committed
from experiments.validation.rooms.founders import _Grid, draw, negative_binomial, pick
from experiments.validation.rooms.prior import MISSING, UNKNOWN, Vectors, design, quantiles
from experiments.validation.rooms.study import MODELS
from experiments.validation.rooms.week import KNOWN, Week
from simulator.errors import UserError

START = 1_600_000_000 // 86_400 * 86_400
NO_TIES = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32))


def week(*people: list[int]) -> Week:
    return Week(np.array(people, np.int64), 2, *NO_TIES)


def test_the_design_stays_in_its_ranges_and_half_of_it_is_the_model_as_it_stands() -> None:
    vectors = design(32)
    for name, unknown in UNKNOWN.items():
        assert (vectors[name][16:] >= unknown.low).all()
        assert (vectors[name] <= unknown.high).all()
    for name in MISSING:
        assert (vectors[name][:16] == 0).all()
        assert (vectors[name][16:] > 0).all()
    assert (vectors["theta"] == design(32)["theta"]).all()


def test_weighted_quantiles() -> None:
    assert quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), (0.5,)) == (2.0,)
    assert quantiles(np.array([1.0, 2.0]), np.array([1e-9, 1.0]), (0.5,))[0] == pytest.approx(2.0, abs=1e-6)


def test_counts_have_the_negative_binomial_of_scipy() -> None:
    mean, k = np.array([0.5, 3.0]), np.array([0.4, 2.0])
    assert negative_binomial(4, mean, k) == pytest.approx(stats.nbinom.logpmf(4, k, k / (k + mean)))


def test_a_persons_likelihood_sums_to_one_over_what_may_follow() -> None:
    """Seen first on day 5: whatever day 6 brings, the chances add up to that of day 5's count."""
    vectors = design(4)
    grid = _Grid.of(week([0] * 5 + [2, 0]), vectors, vectors["level"])
    total = sum(grid.posterior(np.array([2, m])).sum(axis=3) for m in range(4000))
    first = np.exp(negative_binomial(2, grid.level, grid.k))
    assert total / first[:, None, :] == pytest.approx(np.ones(total.shape), abs=0.02)


def test_who_fell_silent_is_more_likely_gone() -> None:
    vectors = design(16)
    drawn = draw(week([5, 5, 5, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 5]), vectors, 50, np.random.default_rng(1))
    assert drawn.gone[:, :, 0].mean() > 2 * drawn.gone[:, :, 1].mean()
    assert drawn.gone.shape == (16, 50, 2)


def test_more_new_writers_mean_more_strangers_and_a_busy_room_a_greater_effect() -> None:
    vectors, rng = design(16), np.random.default_rng(2)
    alone = draw(week([3, 0, 0, 0, 0, 0, 0]), vectors, 40, rng)
    busy = draw(week(*([[0] * k + [4] + [3] * (6 - k) for k in range(7)])), vectors, 40, rng)
    assert busy.strangers.mean() > 3 * alone.strangers.mean()
    assert busy.effect.mean() > alone.effect.mean() + 0.2


def test_draws_are_spread_evenly() -> None:
    found = pick(np.array([[1.0, 0.0, 3.0]]), 4, np.random.default_rng(3))
    assert sorted(found[0].tolist()) == [0, 2, 2, 2]


def test_a_room_depends_on_its_facts_alone() -> None:
    facts = week([4, 0, 2, 0, 0, 1, 0], [0, 1, 0, 0, 0, 0, 0])
    one, other = (simulate(facts, design(4), 2) for _ in range(2))
    assert (one.messages == other.messages).all()
    assert one.lived.shape == (4, 2)
    assert (one.lived >= facts.last + 1).all()
    assert (one.lived <= KNOWN + DAYS).all()
    assert (np.diff(one.wrote, axis=1) <= 0).all()
    assert (one.stayed <= one.could).all()


def test_a_vector_is_run_the_same_among_others() -> None:
    facts = week([4, 0, 2, 0, 0, 1, 0])
    vectors = design(4)
    none = {
        name: values * (0 if name in ("arrivals", *MISSING) else 1) for name, values in vectors.values.items()
    }
    none["arrivals"] = np.full(4, 1e-9)
    quiet = simulate(facts, Vectors(none), 2)
    assert quiet.wrote.sum() == 0  # nobody new where nobody arrives


_BANKS: dict[bytes, object] = {}


def _bank(one: Week) -> object:
    """A small bank of a first week, made once for all languages."""
    key = one.messages.tobytes() + one.a.tobytes() + one.b.tobytes() + bytes([one.weekday])
    if key not in _BANKS:
        _BANKS[key] = simulate(one, design(4), 2)
    return _BANKS[key]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ten small rooms, a broken file, one of another kind; a bank of four vectors."""
    luck = np.random.default_rng(4)
    rows = []
    for k in range(10):
        for day in range(int(luck.integers(1, 40))):
            rows += [(f"room{k}", f"p{luck.integers(0, 3 + k)}", k + day + luck.random())] * (day % 2 + 1)
    rows.sort(key=lambda row: row[2])
    names = ("group_id", "member_id", "ts")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    columns["ts"] = [START + int(86_400 * t) for t in columns["ts"]]
    columns["ts"][-1] = START + 200 * 86_400
    pq.write_table(pa.table(columns), tmp_path / "whatever.bin")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and then nothing")
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", "utf-8")
    monkeypatch.setattr(rooms, "FEWEST", 10)

    def small(weeks: list[Week], **_: object) -> list[object]:
        return [_bank(one) for one in weeks]

    even = {model: np.full(4, 0.25) for model in MODELS}
    monkeypatch.setattr(rooms, "simulate_all", small)
    monkeypatch.setattr(rooms, "committed", lambda: Committed(even, "none"))
    return tmp_path


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_files_to_sections(folder: Path, lang: str) -> None:
    first, left = real.score(real.gather(folder, lang), lang=lang, workers=1)
    assert first.key == "rooms:whatever.bin"
    assert first.data["rooms"] == 10
    assert set(first.data["left_out"]["saved"]) == set(MODELS)
    assert first.data["committed"]["in_sample"] is False
    assert all(picture.svg.startswith("<svg") for picture in first.pictures)
    assert len(first.pictures) >= 3
    assert left.key == "files"
    assert [note.split(":")[0].split("：")[0] for note in left.notes] == ["broken.parquet", "notes.csv"]


def test_too_few_rooms_get_a_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "FEWEST", 40)
    first, _ = real.score(real.gather(folder), workers=1)
    assert "40" in first.lead
    assert first.data["scored"] is False


def test_a_folder_with_nothing_in_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no chat log"):
        real.gather(tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        real.gather(tmp_path / "nowhere")


def test_what_is_committed_fits_the_design() -> None:
    kept = committed()
    assert set(kept.weights) == set(MODELS)
    for weights in kept.weights.values():
        assert len(weights) == 128
        assert weights.sum() == pytest.approx(1)
    assert kept.weights["model"][64:].sum() == 0
    assert len(kept.content) == 64
