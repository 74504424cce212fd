import re
from dataclasses import fields

import pytest

from experiments import known
from experiments.bibliography import sources
from experiments.cli import main
from experiments.commands.cards import SCHEDULE, _chinese, texts
from simulator.community import Community
from simulator.conformance import checks_for
from simulator.knobs import knobs
from simulator.metrics import METRICS
from simulator.registry import mechanisms, strategies
from simulator.schedule import SCHEDULE_WORDS
from simulator.stimuli import CHANNELS
from simulator.topology import TOPOLOGIES


@pytest.fixture
def card(capsys, monkeypatch):
    """The card of a name, as printed to a wide pipe, on one line."""
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def read(*words: str) -> str:
        capsys.readouterr()
        assert main(["explain", *words]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return re.sub(r"[ \t]+", " ", out)

    return read


@pytest.mark.parametrize("name", strategies())
def test_the_card_of_a_tactic(name, card):
    kind = strategies()[name]
    text = card(name, "lang=en")
    for word, (field, spec) in knobs(kind).items():
        default = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
        assert f"{word} {default} " in text
        assert spec.doc in text
        assert ", ".join(spec.choices) in text
    for word in SCHEDULE_WORDS:
        assert f"\n{word} " in text
    for channel in kind.uses:
        assert f"\n{channel} {CHANNELS[channel].doc}" in text
        hearers = [m for m, thing in mechanisms().items() if channel in thing.hears]
        assert ", ".join(hearers) in text
    for key in kind.evidence:
        assert sources()[key].says in text
        assert f"[seen: {sources()[key].seen}]" in text
    days = sum(kind().when.today(day) for day in range(60))
    assert f"acts on {days} of 60 campaign days" in text
    assert f"qunlab compare {name}" in text


@pytest.mark.parametrize("name", strategies())
def test_the_card_of_a_tactic_in_chinese(name, card):
    kind = strategies()[name]
    text = card(name, "lang=zh")
    assert kind.title["zh"] in text
    for _, spec in knobs(kind).values():
        assert texts(spec.doc, "zh") in text
        assert texts(spec.doc, "zh") != spec.doc
    assert card(kind.title["zh"], "lang=zh") == text


@pytest.mark.parametrize("name", mechanisms())
def test_the_card_of_a_mechanism_shows_its_equation_and_how_to_switch_it(name, card):
    kind = mechanisms()[name]
    text = card(name, "lang=en")
    for word, (field, spec) in knobs(kind).items():
        may_be = ", ".join(spec.choices) or f"{spec.low:g} – {spec.high:g}"
        default = field.default if spec.choices else f"{field.default:g}"
        assert f"\n{word} {default} {may_be} {spec.tag}" in text
        assert spec.source in text
    assert f"mechanism.{name}.on={'false' if kind.on_by_default else 'true'}" in text
    assert f"Acts in: {', '.join(kind().phases()) or '-'}" in text


def test_an_equation_is_printed_as_it_stands(card):
    assert "\n logit += w (H - H0); H <- H + c (1 - H) on a visit, H <- H - d H otherwise" in card("habit")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_the_card_of_a_metric(metric, card):
    text = card(metric.name, "lang=en")
    assert metric.formula in text
    assert metric.unit in text
    chinese = card(metric.name, "lang=zh")
    assert "算法" in chinese
    assert metric.formula not in chinese


@pytest.mark.parametrize("group", known.GROUPS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_preset_has_a_card(group, lang, card):
    for name in known.presets(group):
        text = card(name, f"lang={lang}")
        assert known.about(group, name, lang).replace("  ", " ") in text
        assert "qunlab compare" in text


def test_the_card_of_a_community_shows_every_setting(card):
    text = card("study_camp")
    assert "community.visiting owner 0.95, kol 0.75" in text
    assert "community.purpose_days 21" in text
    assert "community.log" not in text
    assert "community.members" in card("from_log")


def test_a_word_that_means_two_things_has_two_cards(card):
    text = card("overload")
    assert "mechanism.overload.on=false" in text
    assert "guardrail" in text


def test_without_a_name_everything_is_listed(card):
    text = card()
    for name in (
        *strategies(),
        *mechanisms(),
        *TOPOLOGIES,
        *(m.name for m in METRICS),
        "camp_21",
        "no_money",
    ):
        assert re.search(rf"\b{name}\b", text), name


def test_cards_fit_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["explain", "red_packet", "lang=en"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 60


def test_what_users_read_of_the_code_has_its_chinese_and_no_chinese_is_idle():
    plugins = (*strategies().values(), *mechanisms().values())
    said = {spec.doc for kind in plugins for _, spec in knobs(kind).values()}
    said |= {channel.doc for channel in CHANNELS.values()} | set(SCHEDULE.values())
    said |= {f.metadata["doc"] for f in fields(Community) if "doc" in f.metadata}
    said |= {spec.doc for kind in TOPOLOGIES.values() for _, spec in knobs(kind).values()}
    assert said - set(_chinese()) == set()
    assert set(SCHEDULE) == set(SCHEDULE_WORDS)
    units = {
        spec.unit
        for kind in (*strategies().values(), *mechanisms().values())
        for _, spec in knobs(kind).values()
    }
    units |= {channel.unit for channel in CHANNELS.values()} | {metric.unit for metric in METRICS}
    docs = {kind.__doc__.split("\n")[0] for kind in TOPOLOGIES.values()}
    kit = {check.claim for kind in plugins for check in checks_for(kind())}
    assert kit - set(_chinese()) == set()
    assert set(_chinese()) <= said | units | docs | kit
