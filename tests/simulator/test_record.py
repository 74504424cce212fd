"""The record of a run: what it holds, what it leaves out, and what is needed to make it again."""

import dataclasses
import json

import numpy as np
import pytest

from simulator.measure import LIFE
from simulator.scenario import MODEL_VERSION
from simulator.simulation import Simulation
from tests.worlds import FOUR, SMALL, differences, only, scenario, simulate, tactics


def test_a_record_knows_what_was_run():
    told = scenario(tactics("red_packet"), label="red")
    record = Simulation(told, [4, 9], 7).run()
    assert record.scenario is told
    assert record.seed == 7
    assert record.replicates.tolist() == [4, 9]
    assert record.days == told.horizon
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.seed = 8


def test_the_manifest_is_plain_and_names_every_ingredient():
    record = simulate(tactics(*FOUR), label="four", replicates=(2, 5), seed=9)
    manifest = json.loads(json.dumps(record.manifest()))
    assert manifest["hash"] == record.scenario.hash
    assert manifest["scenario"] == json.loads(json.dumps(record.scenario.plain()))
    assert (manifest["label"], manifest["seed"], manifest["replicates"]) == ("four", 9, [2, 5])
    assert manifest["model_version"] == MODEL_VERSION
    assert {"qunlab", "mesa", "numpy", "numba", "networkx", "scipy"} <= set(manifest["packages"])
    assert manifest["python"].count(".") == 2


def test_the_manifest_holds_no_clock_and_no_place():
    """Two runs of one scenario on one machine have one manifest."""
    assert simulate().manifest() == simulate().manifest()


def test_shapes_and_types():
    record = simulate(tactics("red_packet"))
    assert all(s.shape == (3, 16) and s.dtype == np.float64 for s in record.daily.values())
    assert set(record.members) == {"replicate", "row", "left", *LIFE}
    assert set(record.ledger) == {"red_packet"}
    assert {s.shape for s in record.ledger["red_packet"].values()} == {(3, 16)}


def test_people_are_listed_by_replicate_and_id():
    table = simulate(replicates=(3, 1)).members
    order = np.lexsort((table["id"], table["replicate"]))
    assert (order == np.arange(len(order))).all()
    assert (np.bincount(table["replicate"])[[1, 3]] >= SMALL.size).all()


def test_lifespan_asks_for_talk_by_others_than_the_owner():
    record = simulate(tactics(*FOUR), days=30, follow_up=0)
    life, censored, limit = record.lifespan()
    talk = record.daily["messages"] > record.daily["messages_owner"]
    assert limit == 16
    assert (life[censored] == 16).all()
    assert [talk[r, : int(life[r])].any() or life[r] == 0 for r in range(3)] == [True] * 3
    assert not any(talk[r, int(life[r]) : int(life[r]) + 14].any() for r in range(3) if not censored[r])
    assert (life == record.summary()["lifespan"]).all()


def test_what_is_not_defined_is_not_a_number():
    """Without follow-up, questions, newcomers of a month or KOLs there is nothing to take a share of."""
    quiet = dataclasses.replace(SMALL, kols=0.0, questions=(0.0,) * 4)
    summary = simulate(community=quiet, days=5, follow_up=0).summary()
    undefined = {name for name, values in summary.items() if np.isnan(values).any()}
    assert undefined == {
        "voices_after", "answered_share", "retention_7", "retention_30", "member_lifespan", "awakening_rate",
        "kol_loss",
    }  # fmt: skip


def test_shares_lie_between_nought_and_one():
    summary = simulate(tactics(*FOUR), days=45).summary()
    for name in (
        "voice_share", "kol_novice_share", "answered_share", "dau_mau", "retention_1", "retention_7",
        "retention_30", "conversion_rate", "awakening_rate", "exits", "dormant", "gini", "kol_loss", "energy",
    ):  # fmt: skip
        assert ((summary[name] >= 0) & (summary[name] <= 1)).all(), name


def test_a_record_can_be_made_again_from_its_scenario():
    one = simulate(tactics(*FOUR), replicates=(6,), seed=3)
    two = Simulation(one.scenario, one.replicates.tolist(), one.seed).run()
    assert differences(one, two) == []
    assert one.ledger.keys() == two.ledger.keys()


def test_with_nobody_about_there_is_a_record_all_the_same():
    record = simulate(mechanisms=only())
    assert not record.daily["visitors"].any()
    life, censored, _ = record.lifespan()
    assert life.tolist() == [0.0] * 3
    assert not censored.any()
