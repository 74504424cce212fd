"""Conditions on what an operator sees: how they are written, when they hold, what does not happen then."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.doses import only_where
from simulator.errors import UserError
from simulator.measure import measure
from simulator.reference import ReferenceModel
from simulator.schedule import When, Who
from simulator.simulation import Simulation
from simulator.stimuli import BOOKS, CHANNELS, Award, Entry, Offer, Prospect
from simulator.strategy import Strategy
from simulator.triggers import METRICS, Trigger, Watch, check_nodes, read_triggers
from tests.lockstep import lockstep
from tests.worlds import SMALL, Says, differences, only, reseat, rows, scenario, script, simulate

# As users write them ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "triggers"),
    [
        ("voices<3", [Trigger("voices", "<", 3)]),
        ("voices<3 for 2 days cooldown 7", [Trigger("voices", "<", 3, 2, 7)]),
        ("  voices  <  3  cooldown 7 days for 2  ", [Trigger("voices", "<", 3, 2, 7)]),
        ("voices＜3 for 2天 cooldown 7天", [Trigger("voices", "<", 3, 2, 7)]),
        ("quiet>=3", [Trigger("quiet", ">=", 3)]),
        ("quiet≥3", [Trigger("quiet", ">=", 3)]),
        ("exits＞＝1", [Trigger("exits", ">=", 1)]),
        ("messages<=0.5 for 1 day", [Trigger("messages", "<=", 0.5)]),
        ("dormant>50%", [Trigger("dormant", ">", 0.5)]),
        ("dormant＞0.5", [Trigger("dormant", ">", 0.5)]),
        ("since(gift)>=3", [Trigger("since", ">=", 3, of="gift")]),
        ("since（red_packet 2）＞＝3", [Trigger("since", ">=", 3, of="red_packet 2")]),
        ("voices<3 and quiet>=2", [Trigger("voices", "<", 3), Trigger("quiet", ">=", 2)]),
        (
            "since(salt and pepper)>1 and joined>0, visitors<9",
            [
                Trigger("since", ">", 1, of="salt and pepper"),
                Trigger("joined", ">", 0),
                Trigger("visitors", "<", 9),
            ],
        ),
        ("[voices<3,'quiet>=2 for 2']", [Trigger("voices", "<", 3), Trigger("quiet", ">=", 2, 2)]),
        (["voices<3", "quiet>=2"], [Trigger("voices", "<", 3), Trigger("quiet", ">=", 2)]),
        ({"metric": "voices", "below": 3}, [Trigger("voices", "<", 3)]),
        (
            [{"metric": "dormant", "at_least": "0.5", "days": 2, "cooldown": 7}, Trigger("voices", ">", 1)],
            [Trigger("dormant", ">=", 0.5, 2, 7), Trigger("voices", ">", 1)],
        ),
        ({"metric": "since", "above": 2, "of": "gift"}, [Trigger("since", ">", 2, of="gift")]),
        ({"metric": "joined", "at_most": 2}, [Trigger("joined", "<=", 2)]),
        (None, []),
        ("", []),
        ([], []),
    ],
)
def test_what_a_trigger_reads(text, triggers):
    assert list(read_triggers(text)) == triggers


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([metric for metric in METRICS if metric != "since"]) | st.just("since"),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.floats(0, 1) | st.integers(0, 1),
    st.integers(1, 400),
    st.integers(0, 400),
)
def test_the_text_of_a_trigger_gives_it_again(metric, op, level, days, cooldown):
    trigger = Trigger(metric, op, level, days, cooldown, "a node" if metric == "since" else "")
    if "e-" not in str(trigger):
        assert Trigger.read(str(trigger)) == trigger


def test_triggers_are_plain_text_in_what_is_hashed():
    triggered = Says.make(triggers="voices＜3 for 2 days, quiet>=1")
    assert triggered.plain()["triggers"] == ["voices<3 for 2 days", "quiet>=1"]
    assert Says.make(**{k: v for k, v in triggered.plain().items() if k != "name"}) == triggered
    assert triggered.when == When(triggers=("voices<3 for 2 days", Trigger("quiet", ">=", 1)))
    plain, told = scenario([("says", Says())]), scenario([("says", triggered)])
    assert plain.hash != told.hash


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "voicess<3",
            "There is no trigger metric 'voicess'. Did you mean 'voices'? Known: voices, messages, ",
        ),
        ("talk>1", "There is no trigger metric 'talk'. Known: voices, "),
        ("voices", "a trigger reads 'voices<3 for 2 days cooldown 7': one of voices, messages, visitors, "),
        ("voices=3", "a trigger reads 'voices<3 for 2 days cooldown 7'"),
        ("voices<-3", "a trigger reads 'voices<3 for 2 days cooldown 7'"),
        ("voices<3 four 2", "a trigger reads 'voices<3 for 2 days cooldown 7'"),
        ("voices<3 for 2 for 3", "a trigger reads 'voices<3 for 2 days cooldown 7'"),
        ("voices<3 for 1.5 days", "a trigger reads 'voices<3 for 2 days cooldown 7'"),
        ("voices<3 for 0 days", "The trigger on voices has days 0; it must be a whole number from 1."),
        ("voices<1.2.3", "its level is '1.2.3'; it must be a number."),
        ("dormant>50", "The trigger on dormant has level 50; it must be a share from 0 to 1."),
        ("since>=3", "A trigger on since needs the tactic it looks at, as in since(red_packet)>=3."),
        ("voices(gift)<3", "The trigger on voices names 'gift'; only since(NODE) looks at a tactic."),
        (3, "a trigger reads 'voices<3 for 2 days cooldown 7'"),
        ({"metric": "voices"}, "it needs a metric and one of below, at_most, above, at_least."),
        ({"metric": "voices", "below": 3, "above": 1}, "it needs a metric and one of below, at_most, "),
        ({"metric": "voices", "belov": 3}, "there is no 'belov'. Did you mean 'below'? Known: metric, "),
        (
            {"metric": "voices", "below": 3, "days": 1.5},
            "says.triggers.days is 1.5; it must be a whole number.",
        ),
        ({"metric": "voices", "below": 3, "cooldown": -1}, "The trigger on voices has cooldown -1; it must "),
    ],
)
def test_a_mistake_gets_one_line_that_names_field_and_text(text, message):
    with pytest.raises(UserError) as error:
        Says.make(triggers=text)
    assert str(error.value).startswith("says.triggers holds ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_an_operator_that_is_none_is_refused():
    with pytest.raises(UserError, match=r"^The trigger on voices compares by '=='; use <, <=, > or >=\.$"):
        Trigger("voices", "==", 3)


def test_a_node_that_is_no_tactic_of_the_arm_is_refused_before_anything_runs():
    waits = Says.make(triggers="since(opning)>=3")
    with pytest.raises(UserError) as error:
        scenario([("opening", Says()), ("wake", waits)], label="camp")
    assert str(error.value) == (
        "Arm 'camp': wake waits on since(opning), but no tactic of the arm is called 'opning'. "
        "Did you mean 'opening'? Known: opening, wake."
    )


@pytest.mark.parametrize("ring", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "a", "d": "a"}])
def test_tactics_that_wait_for_one_another_could_never_act(ring):
    tactics = [(label, Says.make(triggers=f"since({node})>=1")) for label, node in ring.items()]
    with pytest.raises(UserError, match=r"^Arm 'camp': no tactic of .* can ever act, for each waits for the"):
        check_nodes(tactics, "camp")


# When they hold ---------------------------------------------------------------------------------------------


def acts(triggers, days, label="it", **others):
    """On which days a tactic acts, row by row, where yesterdays are told: ``{metric: (rows, days)}``."""
    tactics = [(label, Says.make(triggers=triggers)), *others.items()]
    table = {name: np.atleast_2d(np.asarray(series, float)) for name, series in days.items()}
    shape = next(iter(table.values())).shape
    for name in ("messages", "messages_owner"):
        table.setdefault(name, np.zeros(shape))
    watch, seen = Watch(tactics, shape[0], shape[1] + 1), np.zeros((shape[0], shape[1] + 1), bool)
    for day in range(shape[1] + 1):
        yesterday = {name: series[:, day - 1] for name, series in table.items()} if day else {}
        seen[:, day] = watch.today(day, yesterday).get(label, False)
    return [np.flatnonzero(row).tolist() for row in seen]


@pytest.mark.parametrize(
    ("trigger", "voices", "days"),
    [
        ("voices<3", [3, 2, 3, 0, 0], [2, 4, 5]),
        ("voices<=3", [3, 2, 4, 0, 0], [1, 2, 4, 5]),
        ("voices>2", [3, 2, 3, 0, 0], [1, 3]),
        ("voices>=2", [3, 2, 1, 0, 0], [1, 2]),
        ("voices<3 for 2 days", [2, 2, 2, 5, 1, 1], [2, 3, 6]),
        ("voices<3 for 3 days", [2, 2, 2, 2, 5, 1, 1, 1], [3, 4, 8]),
        ("voices<3 cooldown 2", [0] * 9, [1, 4, 7]),
        ("voices<3 cooldown 1", [0] * 6, [1, 3, 5]),
        ("voices<3 for 2 days cooldown 3", [0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0], [2, 6, 10]),
        ("voices<3 cooldown 7", [0] * 9, [1, 9]),
        ("voices<3 and voices>0", [0, 1, 2, 3, 1], [2, 3, 5]),
        ("voices<3 cooldown 1, voices<2 cooldown 3", [0] * 9, [1, 5, 9]),
    ],
)
def test_level_duration_and_cooldown(trigger, voices, days):
    assert acts(trigger, {"voices": voices}) == [days]


def test_nothing_is_known_on_day_nought():
    everything = " and ".join(f"{metric}>=0" for metric in METRICS if metric != "since")
    told = {metric: [1, 1, 1] for metric in METRICS if metric not in ("since", "quiet")}
    assert acts(everything, told) == [[1, 2, 3]]


def test_quiet_counts_whole_days_without_a_message_by_anyone_but_the_owner():
    messages, owner = [0, 9, 4, 4, 0, 5, 3, 7, 1], [0, 0, 4, 4, 0, 5, 3, 2, 0]
    told = {"messages": messages, "messages_owner": owner}
    assert acts("quiet>=1", told) == [[1, 3, 4, 5, 6, 7]]
    assert acts("quiet>=3", told) == [[5, 6, 7]]
    assert acts("quiet<1", told) == [[2, 8, 9]]
    assert acts("quiet>=2 for 2 days", told) == [[5, 6, 7]]
    assert acts("quiet>=2", {"messages": [0] * 4}) == [[2, 3, 4]]  # from the opening on


def test_since_counts_days_from_the_last_act_and_never_holds_before_the_first():
    told = {"voices": [0] * 9}
    assert acts("since(gift)>=0", told, gift=Says.make(days=[20])) == [[]]
    assert acts("since(gift)>=2", told, gift=Says.make(days=[3])) == [[5, 6, 7, 8, 9]]
    assert acts("since(gift)>=2", told, gift=Says.make(days=[3, 7])) == [[5, 6, 7, 9]]
    assert acts("since(gift)<=1", told, gift=Says.make(days=[3, 7])) == [[4, 8]]
    assert acts("since(gift)>=2 and since(gift)<=2", told, gift=Says.make(days=[3, 7])) == [[5, 9]]
    for label in "az":  # the order of labels does not matter: what acts today was not seen yet
        assert acts("since(gift)<=0", told, label=label, gift=Says()) == [[]]
        assert acts("since(gift)<=1", told, label=label, gift=Says()) == [list(range(1, 10))]


def test_what_waits_for_a_triggered_tactic_waits_in_each_replicate():
    told = {"voices": [[9, 0, 9, 9, 9], [9, 9, 9, 0, 9], [9] * 5]}
    gift = Says.make(triggers="voices<3")
    assert acts("since(gift)>=2", told, gift=gift) == [[4, 5], [], []]
    assert acts("since(gift)>=1", told, gift=gift) == [[3, 4, 5], [5], []]


def test_calendar_and_triggers_must_both_hold():
    told = scenario([("it", Says.make(triggers="voices<3 for 2", every=2, stop=7))])
    watch = Watch(told.strategies, 1, told.days)
    none = {name: np.zeros(1) for name in ("voices", "messages", "messages_owner")}
    assert [day for day in range(12) if watch.today(day, none if day else {})] == [2, 4, 6]


def test_a_cooldown_counts_from_acting_and_not_from_holding():
    told = {"voices": [0] * 9}
    tactics = [("it", Says.make(triggers="voices<3 cooldown 2", days=[2, 3, 5, 6]))]
    watch = Watch(tactics, 1, 10)
    none = {name: np.zeros(1) for name in ("messages", "messages_owner", *told)}
    assert [day for day in range(10) if watch.today(day, none if day else {})] == [2, 5]


# In a run ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Loud(Strategy):
    """Speaks into every channel, to some more than to others, asks what joining costs, and keeps count."""

    name: ClassVar[str] = "loud"
    title: ClassVar[dict[str, str]] = {"en": "Loud", "zh": "吵"}
    uses: ClassVar[frozenset[str]] = frozenset(CHANNELS)
    evidence: ClassVar[tuple[str, ...]] = ()
    remembers: ClassVar[dict[str, type]] = {"run": np.int16, "acts": np.int16}

    def entry(self):
        return Entry(fee=100.0, screening=5.0, ceremony=20.0)

    def offer(self, day, whom, memory):
        some = day.draws.uniform("offer")
        near = np.where(some < 0.4, (8 * some).astype(np.int32), -1)
        prospects = (Prospect(4 * some, 0.5), Prospect(20.0, some / 4))
        return Offer(
            prompt=some, announced=9 * some, prospects=prospects, run=memory["run"],
            topics=1.0, help=0.5, circles=near,
        )  # fmt: skip

    def award(self, day, whom, came, memory):
        u = day.draws.uniform("award")
        memory["run"][:] = np.where(u < 0.8, memory["run"] + 1, 0)
        memory["acts"] += 1
        tables = np.where(u < 0.3, (10 * u).astype(np.int32), -1) if day.index % 3 == 1 else None
        return Award(
            reward=5 * u, packet=8 * u * came, praise=u, badges=u, welcome=0.1, care=20 * u, content=5.0,
            coaching=60 * u, purpose=u, noise=20.0, order=0.1, tokens=np.floor(4 * u), gatherings=tables,
            invitations=np.floor(1.3 * u), removals=u < 0.002, guests=2.0, income=1.0,
            cost=day.total(5 * u * whom), hours=0.5,
        )  # fmt: skip


#: Triggers that hold in some replicates and not in others.
FICKLE = ("voices<9", "messages>12 cooldown 1", "joined>0", "visitors<14 for 2 days cooldown 3")


def fickle(**more):
    """A loud tactic for each, and one that waits for the first."""
    each = [(f"loud {n}", Loud.make(triggers=text, **more)) for n, text in enumerate(FICKLE)]
    return [*each, ("late", Loud.make(triggers="since(loud 0)>=2 cooldown 2", roles="novice+lurker"))]


def ledgers(record):
    return {(label, kind): s for label, book in record.ledger.items() for kind, s in book.items()}


def test_each_replicate_decides_for_itself_and_alone_as_in_a_batch():
    told = {"days": 14, "follow_up": 3}
    batch = simulate(fickle(), replicates=range(5), **told)
    acted = {label: book["acted"] for label, book in batch.ledger.items()}
    assert all(set(np.unique(series)) == {0.0, 1.0} for series in acted.values())
    assert any((series != series[:1]).any() for series in acted.values())
    for replicate in range(5):
        alone, part = simulate(fickle(), replicates=[replicate], **told), rows(batch, [replicate])
        assert differences(alone, part) == []
        for at, series in ledgers(alone).items():
            assert series.tobytes() == np.ascontiguousarray(ledgers(part)[at]).tobytes(), at


def test_slots_do_not_matter_to_what_is_decided():
    told = scenario(fickle(top=9, near_kol=True, share=0.7), days=12)
    plain, moved = Simulation(told, range(3), 5), Simulation(told, range(3), 5)
    rng = np.random.default_rng(2)
    for _ in range(3):
        for simulation in (plain, moved):
            simulation.run(4)
            simulation.world.came[:] = False  # whom newcomers meet is the one thing kept by slot
        reseat(moved, rng)
    assert differences(plain.run(), moved.run()) == []


def test_the_order_of_tactics_does_not_matter():
    given = fickle()
    assert differences(simulate(given), simulate(given[::-1])) == []


def test_a_trigger_that_always_holds_is_none_and_one_that_never_holds_is_the_baseline():
    always, plain = Loud.make(triggers="voices>=0", start=1), Loud.make(start=1)
    one, other = simulate([("loud", always)]), simulate([("loud", plain)])
    assert differences(one, other) == []
    assert all((ledgers(one)[at] == series).all() for at, series in ledgers(other).items())
    never = simulate([("loud", Loud.make(triggers="voices>9999"))])
    assert differences(never, simulate()) == []
    assert not any(series.any() for series in ledgers(never).values())


def test_where_it_does_not_act_nothing_is_given_booked_or_remembered():
    sim = Simulation(scenario([("loud", Loud.make(triggers="voices<9"))], days=12), range(5), 5)
    partly = 0
    for _ in range(12):
        w = sim.world
        before = {name: w.members[f"loud:{name}"].copy() for name in Loud.remembers}
        people, idle = w.members.id.copy(), np.ones(5, bool)
        sim.step()
        for shown in w.offers:
            idle = ~shown.acts
            assert not shown.whom[idle].any()
        partly += 0 < idle.sum() < 5
        same = idle[:, None] & (people == w.members.id)
        for name, old in before.items():
            assert (w.members[f"loud:{name}"][same] == old[same]).all()
            assert idle.all() or (w.members["loud:acts"][~idle] > 0).any()
        booked = sim._ledger[-1].get("loud", {})
        assert not any(column[idle].any() for column in booked.values())
        assert all((booked["acted"][~idle] == 1).all() for _ in booked)
        for name, channel in CHANNELS.items():
            if channel.side == "award" and name not in ("gatherings", "removals"):
                given = w.given_to_all(name) if channel.reaches == "group" else w.given(name)
                assert given is None or not given[idle].any(), name
    assert partly > 3


def test_novelty_counts_only_where_it_acted(monkeypatch):
    told = [("says", Says.make(triggers="voices<1"))]
    told[0] = ("says", replace(told[0][1], shown=Offer(prompt=1.0)))
    script(monkeypatch, came=np.ones((9, 30)), posts=np.zeros((9, 30)))
    alone = only("novelty", "attendance", "conversation")
    sim = Simulation(scenario(told, mechanisms=alone, days=9), range(2), 5)
    sim.step()
    sim.world.daily["voices"][:] = 0, 1  # what was seen of day 0 differs
    sim.step()
    seen = sim.world.cue("seen", sim.world.tactics[0])
    assert (seen[0, :30] == 1).all()
    assert not seen[1].any()


def test_a_talk_that_stops_sets_it_off_and_the_ledger_says_so(monkeypatch):
    came, posts = np.ones((12, 30), int), np.zeros((12, 30), int)
    posts[[0, 1, 5], 3] = 1  # not the owner, who sits in slot 0
    posts[:, 0] = 2
    script(monkeypatch, came=came, posts=posts)
    says = replace(Says.make(triggers="quiet>=2 cooldown 2"), given=Award(cost=3.0))
    record = simulate(
        [("says", says)],
        days=12,
        follow_up=3,
        mechanisms=only("attendance", "conversation"),
        replicates=(0, 1),
    )
    acted = [1 if day in (4, 8, 11) else 0 for day in range(15)]
    assert record.ledger["says"]["acted"].tolist() == [acted, acted]
    assert (record.ledger["says"]["cost"] == 3 * record.ledger["says"]["acted"]).all()
    assert tuple(record.ledger["says"]) == BOOKS


def test_terms_of_joining_hold_where_and_when_the_tactic_acts():
    sim = Simulation(scenario([("loud", Loud.make(triggers="voices<9"))], days=12), range(5), 5)
    assert sim.world.joining() is None  # of founders nothing is asked
    for _ in range(8):
        sim.step()
        acting = sim.world.acting.get("loud")
        terms = sim.world.joining()
        assert (terms is None) == (acting is None)
        if acting is not None:
            assert (terms[0] == 100.0 * acting).all()


@pytest.mark.parametrize("replicate", [1, 2])
def test_the_reference_decides_alike(replicate):
    told = scenario(fickle(), days=25, follow_up=3)
    outcome = lockstep(told, replicate, 5, batch=(7, 8))
    assert outcome.wrong == [], f"day {outcome.days}"
    assert outcome.followed <= 1
    acted = [label for day in outcome.model.ledger for label in day]
    counts = {label: acted.count(label) for label, _ in told.strategies}
    assert sum(0 < count < 25 for count in counts.values()) >= 4, counts


def test_the_reference_addresses_alike():
    chosen = [
        ("top", Loud(who=Who(top=6, roles=("kol", "novice")))),
        ("near", Loud(who=Who(near_kol=True))),
        ("some", Loud(who=Who(share=0.4), when=When(phases=("growth",), life=40))),
    ]
    outcome = lockstep(scenario(chosen, days=20, follow_up=2), 3, 6, batch=(4,))
    assert outcome.wrong == [], f"day {outcome.days}"


# Doses ------------------------------------------------------------------------------------------------------

_NAN, _INF = float("nan"), float("inf")


def wide(value):
    array = np.zeros((2, SMALL.slots))
    array[1, 7] = value
    return array


@pytest.mark.parametrize(
    ("side", "channel", "dose", "value"),
    [
        ("given", "reward", -1.0, "-1"),
        ("given", "praise", wide(-3), "-3"),
        ("given", "care", wide(_NAN), "nan"),
        ("given", "packet", wide(_INF).astype(np.float32), "inf"),
        ("given", "tokens", wide(-2).astype(np.int64), "-2"),
        ("given", "cost", np.array([1.0, -0.5]), "-0.5"),
        ("given", "hours", _NAN, "nan"),
        ("given", "content", np.float32(-2), "-2"),
        ("given", "gatherings", np.full((2, SMALL.slots), -2), "-2"),
        ("shown", "prompt", wide(-0.25), "-0.25"),
        ("shown", "run", -1, "-1"),
        ("shown", "prospects", (Prospect(5.0), Prospect(wide(-4))), "-4"),
        ("shown", "prospects", (Prospect(5.0, -0.5),), "-0.5"),
    ],
)
def test_a_dose_below_nought_or_not_finite_is_refused(side, channel, dose, value):
    says = replace(Says(), **{side: {"given": Award, "shown": Offer}[side](**{channel: dose})})
    simulation = Simulation(scenario([("says", says)]), range(2), 5)
    with pytest.raises(UserError) as error:
        simulation.step()
    assert str(error.value) == (
        f"Strategy 'says' gives {value} in channel {channel!r}; a dose must be a finite number of "
        f"{CHANNELS[channel].unit} from {-1 if channel == 'gatherings' else 0}."
    )


@pytest.mark.parametrize("says", [{"given": Award(reward=-1.0)}, {"shown": Offer(prompt=float("inf"))}])
def test_the_reference_refuses_it_too(says):
    model = ReferenceModel(scenario([("says", replace(Says(), **says))]), 1, 5)
    with pytest.raises(
        UserError, match=r"^Strategy 'says' gives (-1|inf) in channel '(reward|prompt)'; a dose"
    ):
        model.step()


def test_nowhere_is_no_dose_below_nought():
    nobody = np.full((2, SMALL.slots), -1)
    says = replace(Says(), given=Award(gatherings=nobody), shown=Offer(circles=nobody))
    assert Simulation(scenario([("says", says)]), range(2), 5).run().days == 16


def test_stimuli_are_nought_where_a_tactic_does_not_act():
    acts, two = np.array([True, False]), np.array([[1, 2, 3], [4, 5, 6]])
    award = only_where(
        Award(care=2.0, praise=two > 1, gatherings=two, cost=3, order=np.array([0.1, 0.2])), acts
    )
    assert award.care.tolist() == [[2.0], [0.0]]
    assert award.praise.tolist() == [[False, True, True], [False, False, False]]
    assert award.gatherings.tolist() == [[1, 2, 3], [-1, -1, -1]]
    assert (award.cost.tolist(), award.order.tolist()) == ([3, 0], [0.1, 0.0])
    assert award.tokens is None
    offer = only_where(Offer(run=0.0, circles=two, prospects=(Prospect(two, np.array([0.1, 0.2])),)), acts)
    assert (offer.run, offer.prompt) == (0.0, None)  # plain nought says that nothing is said
    assert offer.circles.tolist() == [[1, 2, 3], [-1, -1, -1]]
    assert offer.prospects[0].amount.tolist() == [[1, 2, 3], [0, 0, 0]]
    assert offer.prospects[0].chance.tolist() == [0.1, 0.0]


def test_what_is_said_where_it_does_not_act_is_not_looked_at(monkeypatch):
    """A tactic may divide by an audience that is empty only because it does not act."""
    says = Says.make(triggers="voices<1")
    shown = Offer(prompt=wide(_NAN), prospects=(Prospect(np.array([3.0, _NAN]), 0.5),))
    says = replace(says, shown=shown, given=Award(cost=np.array([1.0, _NAN]), care=wide(_NAN)))
    script(monkeypatch, came=np.ones((9, 30)), posts=np.zeros((9, 30)))
    sim = Simulation(scenario([("says", says)], mechanisms=only("attendance", "conversation")), range(2), 5)
    sim.step()
    sim.world.daily["voices"][:] = 0, 1
    sim.step()
    assert sim._ledger[-1]["says"]["cost"].tolist() == [1.0, 0.0]
    assert not sim.world.given("care").any()
    assert measure(sim.world)["cost"].tolist() == [1.0, 0.0]
