import numpy as np
import pytest

from experiments.from_log import community_of, newcomers, visits
from experiments.messages import load
from experiments.observed import NOTES, portrait, read_log, read_logs
from experiments.study import Study
from simulator.errors import UserError
from simulator.members import Role
from simulator.simulation import Simulation

DAYS, PEOPLE = 60, 24


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Sixty days of a made-up group: people write with chance 0.6 to 0.03 a day, 1 to 6 messages a time."""
    rng = np.random.default_rng(3)
    rows = ["name,time"]
    for day in range(DAYS):
        for person in range(PEOPLE):
            if rng.random() < 0.6 * 0.88**person:
                for _ in range(1 + rng.poisson(4 - person / 8)):
                    stamp = np.datetime64("2024-03-04T08:00:00") + np.timedelta64(day, "D")
                    stamp += np.timedelta64(int(rng.integers(0, 50_000)), "s")
                    rows.append(f"p{person},{str(stamp).replace('T', ' ')}")
    file = tmp_path_factory.mktemp("logs") / "my group.csv"
    file.write_text("\n".join(rows))
    return file


def study(log, **more) -> Study:
    return Study.of(
        "red_packet", community="from_log", **{"community.log": str(log)}, days=10, follow_up=5, **more
    )


def test_a_community_has_the_people_of_the_log(log):
    made = study(log)
    community = made.scenarios[0].community
    seen = portrait(read_log(log))
    assert community.size == seen.size == len(community.founders.role)
    assert (np.bincount(community.roles(), minlength=4) == np.bincount(seen.role, minlength=4)).all()
    assert np.bincount(community.roles())[Role.OWNER] == 1
    assert made.portrait["members"] == seen.size
    assert made.group == "from_log"
    assert made.scenarios[0].mechanisms["disposition"] == {"group_spread": 0.0}


def test_the_opening_days_are_as_lively_as_the_log_says(log):
    made = study(log)
    seen = portrait(read_log(log))
    record = Simulation(made.scenarios[0], range(48), 1).run(5)
    assert record.daily["voices"].mean() == pytest.approx(seen.voices, rel=0.25)
    assert record.daily["messages"].mean() == pytest.approx(seen.messages_a_day, rel=0.4)


def test_silent_members_are_added_and_change_little(log):
    few, many = study(log), study(log, **{"community.members": 150})
    assert many.scenarios[0].community.size == 150
    assert many.portrait["silent"] == 150 - few.scenarios[0].community.size
    before, after = (
        Simulation(s.scenarios[0], range(32), 1).run(3).daily["voices"].mean() for s in (few, many)
    )
    assert after == pytest.approx(before, rel=0.35)


def test_visits_are_chances_and_messages_are_not_negative(log):
    for members in (None, 500):
        seen = portrait(read_log(log), members)
        visiting, messages = visits(seen)
        assert ((visiting > 0) & (visiting < 1)).all()
        assert (messages > 0).all()
        assert (visiting >= np.minimum(seen.visiting, 0.98) * 0.999).all() or members
        assert newcomers(seen) >= 0


def test_what_the_log_does_not_tell_can_be_set(log):
    community = study(log, **{"community.interest": 0.9, "community.arrivals": 3.5}).scenarios[0].community
    assert community.interest == 0.9
    assert community.arrivals == 3.5


def test_by_role_fields_are_the_log_s_own_means(log):
    seen = portrait(read_log(log))
    community = community_of(seen, {}, 30)
    visiting, messages = visits(seen)
    kols = seen.role == Role.KOL
    assert community.messages[Role.KOL] == pytest.approx(messages[kols].mean())
    assert visiting[kols].min() <= community.visiting[Role.KOL] <= visiting[kols].max()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "community.log is missing"),
        ({"community.log": "/nowhere/x.csv"}, "no such file"),
        ({"community.size": 50}, "community.size comes from the log"),
        ({"community.visiting.kol": 0.5}, "community.visiting comes from the log"),
        ({"community.start": "tomorrow"}, "There is no community.start 'tomorrow'"),
        ({"community.members": 3}, "community.members"),
        ({"community.utc_offset": 99}, "community.utc_offset"),
        ({"community.group": "other"}, "community.group"),
    ],
)
def test_what_cannot_be_is_one_line(settings, says, log):
    given = {"community.log": str(log), **settings} if settings else {}
    with pytest.raises(UserError) as error:
        Study.of("red_packet", community="from_log", **given)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_settings_of_a_log_need_a_log():
    with pytest.raises(UserError, match=r"community\.members is for a community from a log"):
        Study.of("red_packet", **{"community.members": 30})


def test_facts_are_told_in_both_languages(log):
    english, chinese = (study(log, lang=lang) for lang in ("en", "zh"))
    assert list(english.portrait) == list(chinese.portrait)
    assert {f"portrait.{word}" for word in english.portrait} <= set(load("en")[0])
    assert "community.members=N" in english.portrait["notes"]
    assert "从没发过言" in chinese.portrait["notes"]
    assert english.scenarios[0].hash == chinese.scenarios[0].hash


def test_every_note_has_its_words():
    assert {f"seen.{code}" for code in NOTES} == {key for key in load("en")[0] if key.startswith("seen.")}


@pytest.mark.shared
@pytest.mark.parametrize("name", ["fcc_gitter_dev", "lean_zulip", "college_msg", "qtox_irc"])
def test_every_real_group_makes_a_community(name, shared):
    for log in read_logs(shared / "data" / f"{name}.parquet"):
        for start in ("now", "birth"):
            seen = portrait(log, start=start)
            community = community_of(seen, {}, 90)
            assert community.size == seen.size, log.group
            assert community.slots >= community.size
            assert community.arrivals > 0 or seen.arrivals == 0
