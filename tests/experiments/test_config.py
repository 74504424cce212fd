from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import known, schema
from experiments.config import compose
from experiments.guard import check_folder, key_of
from simulator.community import Community
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.registry import mechanisms, strategies

KEYS = ("days", "community.size", "out", "mechanism.habit.growth", "strategy.red_packet.roles")


def refused(*overrides: str, folder: Path | None = None) -> str:
    """What is said of overrides that cannot be used."""
    with pytest.raises(UserError) as error:
        compose(overrides, folder)
    text = str(error.value)
    assert "\n" not in text
    assert "Traceback" not in text
    return text


@pytest.fixture
def folder(tmp_path):
    """A user's folder of presets, and a way to write one."""

    def write(path: str, text: str | bytes) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def test_what_is_run_when_nothing_is_said():
    made = compose()
    assert made.choices == {
        "community": "interest_group",
        "topology": "small_world",
        "mechanism": "literature",
        "engine": "local",
    }
    assert made.values["arms"] == ["red_packet", "uncertain_reward", "check_in_streak", "offline_meetup"]
    assert made.values["days"] == made.values["community"]["horizon"]["days"]


def test_every_knob_can_be_set_and_nothing_else_is_there():
    values = compose().values
    for name, kind in strategies().items():
        node = values["strategy"][name]
        assert set(knobs(kind)) <= set(node)
        assert {key: node[key] for key in knobs(kind)} == {k: f.default for k, (f, _) in knobs(kind).items()}
    for name, kind in mechanisms().items():
        assert set(values["mechanism"][name]) == {"on", *knobs(kind)}
        assert values["mechanism"][name]["on"] == kind.on_by_default
    own = {f.name for f in fields(Community)} - {"name", "topology", "ties", "founders"}
    assert set(values["community"]) == own | {"title", "horizon", *schema.LOG}


def test_overrides_reach_what_they_name():
    made = compose(
        [
            "community=study_camp", "community.size=200", "community.visiting.kol=0.5",
            "community.weekdays.sat=2", "topology=scale_free", "topology.m=3", "days=30", "replicates=1e3",
            "strategy.red_packet.purse=200", "strategy.red_packet.roles=[kol,novice]",
            "strategy.red_packet.weekdays=mon,fri",
            "mechanism=no_money", "mechanism.habit.on=false", "mechanism.habit.growth=0.1", "+seed=7",
            "out=/tmp/结果 1/a,b", "community.title.en=My own",
        ]
    )  # fmt: skip
    values = made.values
    assert made.choices["community"] == "study_camp"
    assert made.choices["topology"] == "scale_free"
    assert (values["days"], values["replicates"], values["seed"]) == (30, 1000, 7)
    assert values["community"]["size"] == 200
    assert values["community"]["visiting"]["kol"] == 0.5
    assert values["community"]["weekdays"]["sat"] == 2.0
    assert values["community"]["title"]["en"] == "My own"
    assert values["topology"] == {"use": "scale_free", "m": 3}
    assert values["strategy"]["red_packet"]["purse"] == 200.0
    assert values["strategy"]["red_packet"]["roles"] == ["kol", "novice"]
    assert values["strategy"]["red_packet"]["weekdays"] == "mon,fri"
    assert values["mechanism"]["rewards"]["on"] is False
    assert values["mechanism"]["habit"] == {"on": False, "weight": None, "growth": 0.1, "decay": None}
    assert values["out"] == "/tmp/结果 1/a,b"


def test_a_community_brings_its_days_its_network_and_yields_to_what_is_typed():
    camp = compose(["community=study_camp"])
    assert (camp.values["days"], camp.choices["topology"]) == (21, "planted")
    typed = compose(["topology=pyramid", "community=study_camp", "days=5"])
    assert (typed.values["days"], typed.choices["topology"]) == (5, "pyramid")


def test_an_experiment_brings_arms_and_community_and_yields_to_what_is_typed():
    for word in ("experiment=camp_21", "+experiment=camp_21"):
        made = compose([word])
        assert made.choices["community"] == "study_camp"
        assert "camp_check_in" in made.values["arms"]
    assert compose(["experiment=camp_21", "community=fan_group"]).choices["community"] == "fan_group"


def test_several_ablations_at_once():
    made = compose(["mechanism=[no_money,no_habit]"])
    assert made.choices["mechanism"] == "no_money+no_habit"
    assert not made.values["mechanism"]["rewards"]["on"]
    assert not made.values["mechanism"]["habit"]["on"]


@pytest.mark.parametrize(
    "words", [["experiment=camp_21", "community.size=77"], ["mechanism=[no_money,no_habit]"]]
)
def test_what_cfg_prints_is_a_preset_that_does_the_same_again(words, folder):
    made = compose([*words, "strategy.daily_packets.purse=3"])
    again = compose(["experiment=mine"], folder("experiment/mine.yaml", made.yaml()))
    assert again.values == made.values
    for group in ("community", "topology"):
        assert again.choices[group] == made.choices[group]


def test_the_users_folder_is_searched_first(folder):
    place = folder("community/mine.yaml", "defaults: [study_camp, _self_]\nsize: 33\ntitle: {zh: 我的群}\n")
    folder("community/fan_group.yaml", "size: 7\n")
    folder("strategy/tiny.yaml", "use: red_packet\npurse: 1\n")
    folder("strategy/red_packet.yaml", "purse: 33\n")
    mine = compose(["community=mine"], place)
    assert (mine.values["community"]["size"], mine.values["days"]) == (33, 21)
    assert mine.choices["topology"] == "planted"
    assert mine.values["strategy"]["tiny"]["purse"] == 1.0
    assert mine.values["strategy"]["red_packet"]["purse"] == 33.0
    assert compose(["community=fan_group"], place).values["community"]["size"] == 7
    assert compose(["community=fan_group"]).values["community"]["size"] != 7
    assert "tiny" in known.tactics(place)
    assert "tiny" not in known.tactics()


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("community=stdy_camp", "There is no community 'stdy_camp'. Did you mean 'study_camp'?"),
        ("communty=study_camp", "There is no setting 'communty'. Did you mean 'community'?"),
        ("community.sise=200", "Did you mean 'community.size'?"),
        ("purse=200", "Did you mean 'strategy.red_packet.purse'?"),
        ("size=200", "Did you mean 'community.size'?"),
        ("strategy.red_pcket.purse=2", "Did you mean 'strategy.red_packet.purse'?"),
        ("strategy.red_packet.purs=2", "Did you mean 'strategy.red_packet.purse'?"),
        ("mechanism.habits.on=false", "Did you mean 'mechanism.habit.on'?"),
        ("community.founders=3", "There is no setting 'community.founders'."),
        ("community.size.x=3", "There is no setting 'community.size.x'."),
        ("zzz.qqq=1", "A knob is set in its arm"),
        ("topology.zz=9", "There is no setting 'topology.zz'."),
        ("community.weekdays.xyz=3", "There is no setting 'community.weekdays.xyz'."),
        ("++community.sise=3", "There is no setting 'community.sise'."),
        ("+zzz=3", "There is no setting 'zzz'."),
        ("experiment=zz", "There is no experiment 'zz'. Known: "),
        ("community=study_camp,fan_group", "choose one of them"),
        ("community=", "There is no community ''."),
        ("strategy=festival_packets", "a strategy is an arm; type 'qunlab compare festival_packets'"),
        ("days=x", "days is 'x'; it must be a whole number."),
        ("days=3.5", "days is '3.5'; it must be a whole number."),
        ("days=1,2", "days is '1,2'; it must be a whole number."),
        ("days=", "days is ''; it must be a whole number."),
        ("days=null", "days must have a value"),
        ("days=true", "days is 'True'; it must be a whole number."),
        ("days=${nothing}", "Interpolation key 'nothing' not found"),
        ("replicates=" + "9" * 30, "a number of 30 digits"),
        ("community.size=[1,2]", "it must be a whole number"),
        ("community.visiting=0.5", "holds owner, kol, novice, lurker"),
        ("community.visiting.kol=true", "it must be a number"),
        ("community.title=Hi", "community.title"),
        ("mechanism.habit.on=maybe", "it must be true or false"),
        ("mechanism.rewards.phi=hello", "it must be a number"),
        ("arms=red_packet", "arms must be a list"),
        ("strategy.festival_packets.use=check_in_streak", "cannot be set"),
        ("topology.use=pyramid", "cannot be set"),
        ("~days", "nothing can be taken out"),
        ("=3", "is neither an arm nor key=value"),
        ("a b=3", "is neither an arm nor key=value"),
        ("days", "is neither an arm nor key=value"),
        ("community@foo=study_camp", "is neither an arm nor key=value"),
    ],
)
def test_a_mistake_is_one_line_that_helps(word, says):
    assert says in refused(word)


@pytest.mark.parametrize(
    "word",
    [
        "hydra.run.dir=x", "+hydra.x=1", "++hydra.x=1", "hydra/launcher=joblib", "+hydra/launcher=joblib",
        "hydra=x", "community@hydra.x=study_camp", "~hydra",
    ],
)  # fmt: skip
def test_hydra_itself_cannot_be_reached(word):
    assert "cannot be set" in refused(word) or "taken out" in refused(word)


@pytest.mark.parametrize(
    "word",
    [
        "strategy.red_packet._target_=os.system", "+_target_=os.system", "days._partial_=true",
        "community.title={_target_:os.system}", "community.visiting={kol:{_target_:os.system}}",
        "arms=[{_target_:os.system}]",
    ],
)  # fmt: skip
def test_nothing_that_would_be_called_can_be_typed(word):
    assert "is not allowed" in refused(word)


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("community/x.yaml", "_target_: os.system\n", "'_target_' is not allowed"),
        ("strategy/x.yaml", "use: red_packet\ntitle: {_target_: os.system}\n", "'_target_' is not allowed"),
        ("elsewhere/deep/x.yaml", "a: [{b: {_target_: os.system}}]\n", "'_target_' is not allowed"),
        ("experiment/x.yaml", "# @package _global_\nhydra: {run: {dir: x}}\n", "cannot be set"),
        ("experiment/x.yaml", "# @package hydra\nrun: {dir: x}\n", "cannot be set"),
        ("experiment/x.yaml", "# @package hydra.run\ndir: x\n", "cannot be set"),
        ("experiment/x.yaml", "defaults:\n  - override /hydra/launcher: x\n", "cannot be set"),
        ("experiment/x.yaml", "defaults: [/hydra/launcher/x]\n", "cannot be set"),
        ("config.yaml", "hydra: {searchpath: [pkg://os]}\n", "cannot be set"),
        ("community/x.yaml", "size: [\n", "is not valid YAML: line 2"),
        ("community/x.yaml", "- 3\n", "must hold 'key: value' lines"),
        ("community/x.yaml", b"\xff\xfe\x00", "is not UTF-8 text"),
    ],
)
def test_a_file_that_may_not_be_is_refused_even_where_nobody_asked_for_it(path, text, says, folder):
    place = folder("community/good.yaml", "size: 3\n")
    folder(path, text)
    message = refused(folder=place)
    assert says in message
    assert path in message


def test_aliases_that_multiply_are_read_once(folder):
    lines = ["a: &a [x, x]"]
    for one, other in pairwise("abcdefghi"):
        lines.append(f"{other}: &{other} [{', '.join([f'*{one}'] * 9)}]")
    check_folder(folder("community/bomb.yaml", "\n".join(lines)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("size: abc\n", "community.size is 'abc'; it must be a whole number."),
        ("sise: 3\n", "There is no setting 'community.sise'. Did you mean 'community.size'?"),
        ("visiting: 0.5\n", "community.visiting holds owner, kol, novice, lurker"),
        ("defaults: [nope]\n", "names community 'nope', which is not there"),
        ("size: ${nope}\n", "nope"),
        ("size: 3\nsize: 4\n", "YAML"),
        ("defaults: 3\n", "do not fit together"),
    ],
)
def test_a_wrong_preset_is_one_line(text, says, folder):
    assert says in refused("community=mine", folder=folder("community/mine.yaml", text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("purse: 3\n", "'use' is missing"),
        ("use: red_paket\n", "There is no strategy 'red_paket'. Did you mean 'red_packet'?"),
        ("use: red_packet\npurs: 3\n", "There is no setting 'strategy.mine.purs'."),
        ("use: red_packet\npurse: lots\n", "strategy.mine.purse is 'lots'; it must be a number."),
    ],
)
def test_a_wrong_dose_is_one_line(text, says, folder):
    assert says in refused(folder=folder("strategy/mine.yaml", text))


def test_on_needs_no_quotes_in_a_file(folder):
    place = folder("mechanism/mine.yaml", "habit: {on: false}\nsocial_pull:\n  on: yes\n")
    values = compose(["mechanism=mine"], place).values["mechanism"]
    assert not values["habit"]["on"]
    assert values["social_pull"]["on"]


def test_settings_of_another_application_are_left_alone():
    from hydra.core.global_hydra import GlobalHydra

    before = GlobalHydra.instance().is_initialized()
    compose()
    assert GlobalHydra.instance().is_initialized() == before


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=20))
def test_any_word_is_an_override_or_one_line(word):
    complaint = ""
    try:
        key, _ = key_of(word)
    except UserError as error:
        complaint = str(error)
    assert "\n" not in complaint
    assert complaint or key


@settings(deadline=None, max_examples=10)
@given(st.sampled_from(KEYS), st.text(max_size=12))
def test_any_value_is_taken_or_refused_in_one_line(key, text):
    complaint = ""
    try:
        compose([f"{key}={text}"])
    except UserError as error:
        complaint = str(error)
    assert "\n" not in complaint.replace(text, "")


def test_the_yaml_printed_is_plain():
    assert yaml.safe_load(compose().yaml())["community"]["size"] == compose().values["community"]["size"]
