import re
from pathlib import Path

import numpy as np
import pytest

from experiments import known
from experiments.bibliography import references, sources
from experiments.build import StudyWarning
from experiments.config import compose
from experiments.documents.pages import keys_cited
from experiments.messages import LANGUAGES
from experiments.study import Study
from experiments.validation.targets import patterns
from simulator.knobs import TAGS, knobs
from simulator.registry import make_mechanisms, mechanisms, strategies
from simulator.topology import TOPOLOGIES

COMMUNITIES = [name for name in known.presets("community") if name != "from_log"]
PLUGINS = (*strategies().values(), *mechanisms().values())
CITED = {spec.source for kind in PLUGINS for _, spec in knobs(kind).values() if spec.source}
CITED |= {key for kind in strategies().values() for key in kind.evidence}
CITED |= {key for pattern in patterns().values() for key in pattern.sources}


def test_the_presets_that_a_strategist_looks_for_are_there():
    wanted = {"interest_group", "study_camp", "customer_group", "fan_group", "cold_start", "silent_group"}
    assert wanted | {"aging_group", "from_log"} <= set(known.presets("community"))
    assert set(known.presets("topology")) == set(TOPOLOGIES)
    assert {"literature", "no_money"} <= set(known.presets("mechanism"))
    assert {"first_look", "camp_21"} <= set(known.presets("experiment"))


@pytest.mark.parametrize("group", known.GROUPS)
def test_every_preset_says_what_it_is_in_both_languages(group):
    for name in known.presets(group):
        assert re.search("[\u4e00-\u9fff]", known.about(group, name, "zh")), name
        assert known.about(group, name, "en").isascii(), name
        assert known.about(group, name, "en").rstrip().endswith((".", "?", "N", ")")), name


@pytest.mark.parametrize("name", COMMUNITIES)
def test_every_community_can_be_simulated(name):
    study = Study.of("red_packet", community=name, replicates=2)
    community = study.scenarios[0].community
    assert community.name == study.group == name
    assert set(study.group_title) == set(LANGUAGES)
    assert (np.bincount(community.roles(), minlength=4) > 0).all()
    awake = 1 - community.muted
    counts = np.bincount(community.roles(), minlength=4) * np.array([1, awake, awake, awake])
    daily = community.size if name == "check_in_cohort" else community.size / 2 + 5  # a camp comes every day
    assert 1 <= counts @ np.array(community.visiting) <= daily
    assert study.scenarios[0].horizon > 14


def test_sizes_and_days_are_what_their_names_say():
    camp = compose(["community=study_camp"]).values
    assert (camp["days"], camp["community"]["purpose_days"]) == (21, 21)
    assert compose(["community=customer_group"]).values["community"]["size"] == 500
    assert compose(["community=study_camp", "community.size=90"]).values["community"]["cap"] == 90


@pytest.mark.parametrize("name", known.presets("experiment"))
def test_every_experiment_can_be_run(name, recwarn):
    study = Study.of(experiment=name, replicates=3, lang="en")
    assert study.labels[0] == "baseline"
    assert study.labels[-1] == "placebo"
    assert len(study.labels) > 3
    assert study.name != name  # it has a title
    assert study.config["title"]["zh"] != study.name
    assert not [warning for warning in recwarn if issubclass(warning.category, StudyWarning)]


@pytest.fixture(scope="module")
def doses():
    """Every dose and every tactic beside one another: the study, and its tactics by arm."""
    study = Study.of(*strategies(), *known.presets("strategy"), community="study_camp", days=60)
    return study, {scenario.label: scenario.strategies for scenario in study.scenarios[1:-1]}


@pytest.mark.parametrize("name", known.presets("strategy"))
def test_every_dose_differs_from_the_tactic_it_uses(name, doses):
    study, held = doses
    node = study.config["strategy"][name]
    use = node["use"]
    assert use in strategies()
    assert set(node["title"]) == set(LANGUAGES)
    ((label, plain),), ((same, dose),) = held[use], held[name]
    assert label == same == use  # so that both doses share their luck
    assert plain != dose
    assert study.arm_titles[name] == node["title"]


@pytest.mark.parametrize("name", known.presets("mechanism"))
def test_every_ablation_changes_something_and_literature_nothing(name):
    study = Study.of("red_packet", mechanism=name)
    changed = study.scenarios[0].mechanisms
    assert bool(changed) == (name != "literature")
    on, off = make_mechanisms(changed)
    assert {m.name for m in on} | {m.name for m in off} == set(mechanisms())


@pytest.mark.parametrize("name", known.presets("topology"))
def test_every_network_keeps_its_own_defaults(name):
    study = Study.of("red_packet", topology=name)
    community = study.scenarios[0].community
    assert community.topology == name
    assert dict(community.ties) == {key: f.default for key, (f, _) in knobs(TOPOLOGIES[name]).items()}


def test_every_source_cited_is_in_the_bibliography_and_none_is_idle():
    assert set(sources()) == CITED | keys_cited()


@pytest.mark.parametrize("source", sources().values(), ids=str)
def test_a_source_says_how_it_was_seen_and_where(source):
    assert source.seen in TAGS
    assert source.seen not in ("LQ", "A", "D")  # content farms are not evidence, assumptions no source
    assert source.url.startswith("http")
    assert source.authors or source.title
    assert source.says.endswith((".", ")"))
    assert source.reference.endswith(source.url.rstrip("."))
    assert "\n" not in source.reference


def test_references_are_those_asked_for_and_known():
    assert list(references(["yuan2024", "nobody1999", "deci1999"])) == ["deci1999", "yuan2024"]


def test_presets_hold_no_path_and_no_call():
    for file in known.OURS.rglob("*.yaml"):
        text = file.read_text("utf-8")
        assert "_target_" not in text
        assert not re.search(r"(^|\s)/(home|tmp|root|work|Users)\b", text), file


def test_our_folder_is_the_package():
    assert Path(known.OURS, "config.yaml").is_file()
