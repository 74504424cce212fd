"""The documents made from the code: complete, up to date, with citations that resolve."""

import re
from dataclasses import fields
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from experiments.bibliography import sources
from experiments.cli import main
from experiments.documents import markdown, parts
from experiments.documents.pages import pages
from simulator.community import Community
from simulator.errors import UserError
from simulator.knobs import knobs
from simulator.mechanism import PHASES
from simulator.members import COLUMNS
from simulator.metrics import METRICS
from simulator.registry import MECHANISMS, STRATEGIES
from simulator.scenario import Scenario
from simulator.simulation import Simulation
from simulator.stimuli import CHANNELS
from simulator.topology import TOPOLOGIES

DOCS = Path(__file__).parents[1] / "docs"
PAGES = pages()
ODD, EVIDENCE = PAGES["ODD.md"], PAGES["evidence.md"]
ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialization",
    "Input data",
    "Submodels",
)
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing",
    "Interaction", "Stochasticity", "Collectives", "Observation",
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_the_documents_say_what_the_code_says_now(name):
    held = (DOCS / name).read_text("utf-8") if (DOCS / name).is_file() else ""
    assert held == PAGES[name], (
        f"docs/{name} is stale: run 'qunlab odd' in the repository, look at what it changed"
    )


def test_the_same_code_gives_the_same_bytes():
    assert pages() == PAGES


def test_the_seven_elements_and_the_eleven_concepts_stand_in_order():
    assert tuple(re.findall(r"^## \d\. (.+)$", ODD, re.MULTILINE)) == ELEMENTS
    section = ODD.partition("## 4. ")[2].partition("## 5. ")[0]
    assert tuple(re.findall(r"^\*\*([\w ]+)\.\*\*", section, re.MULTILINE)) == CONCEPTS


def test_all_there_is_is_described():
    named = {*COLUMNS, *CHANNELS, *TOPOLOGIES, *(metric.name for metric in METRICS)}
    named |= {f.name for f in fields(Community) if "low" in f.metadata}
    named |= set(parts.ours(MECHANISMS)) | set(parts.ours(STRATEGIES))
    assert {name for name in named if f"`{name}`" not in ODD} == set()


@pytest.mark.parametrize("name", parts.ours(MECHANISMS))
def test_a_submodel_has_its_equations_phases_state_and_parameters(name):
    kind = parts.ours(MECHANISMS)[name]
    text = parts.mechanism(name)
    assert markdown.cite(text, "evidence.md") in ODD
    for paragraph in (parts._about(kind)).split("\n\n"):
        if paragraph.startswith(" "):
            assert f"```text\n{dedent(paragraph).strip()}\n```" in ODD
    for phase in kind().phases():
        assert f"- `{phase}`: " in text
        assert f"| `{phase}` | [{name}](#{parts.anchor(name)})" in ODD
    for key in (*kind.columns, *(f"{key}:tactic" for key in kind.cue_columns)):
        assert re.search(rf"^\| `{key}` \|.*\| {name} \|$", ODD, re.MULTILINE)
    for key, (field, spec) in knobs(kind).items():
        symbol = parts.notation().get(name, {}).get(key)
        called = f"`{key}` = `{symbol}`" if symbol else f"`{key}`"
        row = f"| {called} | {markdown.value(field.default)} | {parts.span(spec)} | {spec.unit} | {spec.tag}"
        assert row in text
        assert f"`{name}.{key}`" in EVIDENCE


@pytest.mark.parametrize("name", parts.ours(MECHANISMS))
def test_every_parameter_is_in_the_equations_or_the_words_beside_them(name):
    """By its name or by its symbol in notation.yaml: else nobody could build the mechanism again."""
    kind, symbols = parts.ours(MECHANISMS)[name], parts.notation().get(name, {})
    assert set(symbols) <= set(knobs(kind))
    for key in knobs(kind):
        ways = [symbols[key]] if key in symbols else [key, key.replace("_", " ")]
        assert any(re.search(rf"(?<![\w.]){re.escape(way)}(?!\w)", parts._about(kind)) for way in ways), key


def test_symbols_are_of_mechanisms_there_are():
    assert set(parts.notation()) <= set(parts.ours(MECHANISMS))


def test_submodels_come_in_the_order_of_the_day():
    def first(kind):
        return min((PHASES.index(p) for p in kind().phases() if p != "opening"), default=len(PHASES))

    order = [first(kind) for kind in parts.by_day().values()]
    assert order == sorted(order)


def test_the_plan_is_the_one_that_is_run():
    plan = parts.plan()
    for phase in PHASES:
        on = [
            n for n, kind in parts.ours(MECHANISMS).items() if kind.on_by_default and phase in kind().phases()
        ]
        line = next((line for line in plan.splitlines() if line.startswith(f"{phase} ")), "")
        assert all(re.search(rf"\b{name}\b", line) for name in on), phase


def test_every_parameter_has_one_place_among_the_evidence():
    named = re.findall(r"^\| `([\w.]+)` \|", EVIDENCE, re.MULTILINE)
    assert sorted(named) == sorted(
        f"{name}.{key}" for name, kind in parts.ours(MECHANISMS).items() for key in knobs(kind)
    )


def test_what_is_contested_is_listed_with_our_handling():
    section = EVIDENCE.partition("## Contested")[2].partition("\n## ")[0]
    assert [int(n) for n in re.findall(r"^(\d+)\. ", section, re.MULTILINE)] == list(range(1, 16))


def test_every_source_is_in_the_bibliography_with_its_address():
    section = EVIDENCE.partition("Bibliography\n")[2]
    for key, source in sources().items():
        assert f'<a id="{key}"></a>' in section
        assert f"<{source.url}>" in section
        assert markdown.escaped(source.says) in section


def test_whoever_is_named_is_in_the_bibliography():
    for text in (ODD.partition("## References")[0], EVIDENCE.partition("Bibliography\n")[0]):
        assert markdown.strangers(text) == []


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    anchors = {page: set(re.findall(r'<a id="([^"]+)">', text)) for page, text in PAGES.items()}
    for file, anchor in re.findall(r"\]\(([\w.]*)#([\w-]+)\)", PAGES[name]):
        assert anchor in anchors[file or name], (file, anchor)
    for file in re.findall(r"\]\(([\w.]+)\)", PAGES[name]):
        assert (DOCS / file).is_file() or file in PAGES, file
    assert "@" not in re.sub(r"https?://\S+", "", PAGES[name])


def test_docstrings_become_markdown():
    text = markdown.prose(
        "A ``word``, a :class:`~simulator.members.Role`, x * y and a *sign.\n\n    z = a * b\n      + c\n\n"
        "Lally et al. (2010) say so, Ross and\nDeutsch 2026 too, and Nobody (1999)."
    )
    assert text == (
        "A `word`, a `Role`, x * y and a \\*sign.\n\n```text\nz = a * b\n  + c\n```\n\n"
        "[Lally et al. (2010)](@lally2010) say so, [Ross and Deutsch 2026](@ross2026) too, and Nobody (1999)."
    )
    assert markdown.strangers(text) == ["Nobody (1999)"]
    assert markdown.cited(text) == {"lally2010", "ross2026"}


def test_citations_resolve_or_complain():
    assert markdown.cite("See [@shen2015].", "e.md") == "See [Shen et al. (2015)](e.md#shen2015)."
    with pytest.raises(UserError, match=r"cites 'shen2016', which is not in .* 'shen2015'"):
        markdown.cite("[@shen2016]")


def test_bars_do_not_break_a_table():
    assert markdown.table(("a", "b"), [("x|y", 1)]) == "| a | b |\n| --- | --- |\n| x\\|y | 1 |"


def test_numbers_that_are_no_parameters_are_told_where_they_are_explained():
    assert "Share of days with a message above which a lurker becomes a novice. 0.15" in parts.mechanism(
        "learning"
    )


def test_the_opening_is_as_it_is_told():
    """The numbers that the words of element 5 hold, against many founders of one community."""
    community = Community(size=4000, owners=4, kols=0.25, novices=0.25, alignment=0.7, age=50, muted=0.3)
    world = Simulation(Scenario(community=community, uncertainty="luck"), [0]).world
    m, role = {name: column[0, :4000] for name, column in world.members.items()}, world.members.role[0, :4000]
    others = role > 0

    def bare(name, middle):
        return (np.log(m[name] / (1 - m[name])) - np.log(middle / (1 - middle))) / 0.894

    for z in (bare("discipline", 0.4), bare("alignment", 0.7), (m["interest"] - community.interest) / 0.12,
              (m["expertise"] - np.array(community.expertise)[role])[role == 3] / 0.12,
              m["effect"][others] / world.trait("person_spread")[0]):  # fmt: skip
        assert z.mean() == pytest.approx(0, abs=0.08)
        assert z.std() == pytest.approx(1, rel=0.06)
    assert (m["effect"][~others] == 0).all()
    shape = world.trait("rate_shape")[0]
    assert m["rate"].mean() == pytest.approx(1, rel=0.08)
    assert m["rate"].var() == pytest.approx(1 / shape, rel=0.2)
    sent = m["invitations"] + m["invited"]
    assert sent.mean() == pytest.approx(community.invitations, rel=0.2)
    assert sent.var() == pytest.approx(community.invitations, rel=0.2)
    assert set(m["joined"][~others]) == {-50}
    assert m["joined"][others].mean() == pytest.approx(-25, abs=1)
    assert m["muted"][others].mean() == pytest.approx(0.3, abs=0.03)
    assert not m["muted"][~others].any()
    spoken = np.array(community.visiting) * (1 - np.exp(-np.array(community.messages))) / 2
    assert m["speaking"] == pytest.approx(spoken[role])


def test_the_command_writes_and_checks(tmp_path, capsys):
    assert main(["odd", f"out={tmp_path}", "lang=en"]) == 0
    assert {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()} == PAGES
    assert main(["odd", f"out={tmp_path}", "check", "lang=en"]) == 0
    (tmp_path / "ODD.md").write_text("old", "utf-8")
    capsys.readouterr()
    assert main(["odd", f"out={tmp_path}", "check", "lang=en"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert f"{tmp_path / 'ODD.md'}; 'qunlab odd' writes" in err
    assert "evidence.md" not in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chek"], "'chek' is one too many"),
        (["out="], "'out=' is one too many"),
        (["out=README.md/x"], "cannot write to README.md/x"),
        (["lang=zn"], "lang"),
    ],
)
def test_mistakes_are_one_line(words, told, capsys, monkeypatch):
    monkeypatch.chdir(DOCS.parent)
    assert main(["odd", *words]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
