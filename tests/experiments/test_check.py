"""`qunlab check`: what it prints, what it returns, and one line for every mistake."""

import pytest

from experiments.bibliography import sources, sources_of
from experiments.cli import main
from simulator.errors import UserError

STRATEGY = '''"""A stranger's tactic."""

from dataclasses import dataclass

from simulator.strategy import Award, Strategy, knob


@dataclass(frozen=True, kw_only=True)
class {kind}(Strategy):
    """Thanks for coming."""

    name = "{name}"
    title = {{"en": "Thanks", "zh": "感谢"}}
    uses = frozenset({{"praise", "hours"}})
    evidence = ("{key}",)

    hours: float = knob(0.5, low=0, high=24, off=0.0, unit="hours", doc="work")

    def award(self, day, whom, came, memory):
        return Award(praise={praise}, hours=self.hours) if self.hours else Award()
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A folder to stand in, with a package of two strategies and a bibliography."""

    def make(name):
        folder = tmp_path / name
        folder.mkdir()
        sound = {"kind": "Thanks", "name": "thanks", "key": "doe2020", "praise": "1.0 * (came & whom)"}
        rude = {"kind": "Rude", "name": "rude", "key": "deci1999", "praise": "-1.0"}
        (folder / "__init__.py").write_text("")
        (folder / "thanks.py").write_text(STRATEGY.format(**sound))
        (folder / "rude.py").write_text(STRATEGY.format(**rude))
        (folder / "lost.py").write_text("import a_library_that_nobody_has")
        (folder / "bibliography.yaml").write_text("doe2020: {seen: S, says: Thanks help.}\n")
        return folder

    monkeypatch.chdir(tmp_path)
    return make


def told(capsys, *words):
    status = main(["check", *words])
    out, err = capsys.readouterr()
    return status, " ".join(out.split()), " ".join(err.split())


def test_a_strategy_of_ones_own_is_checked_from_where_one_stands(package, capsys):
    package("kit_sound")
    status, out, _ = told(capsys, "kit_sound.thanks:Thanks", "lang=en")
    assert status == 0
    assert "kit_sound.thanks:Thanks: all 25 checks passed" in out
    assert "✓ citations Every source it cites is in the bibliography." in out


def test_what_is_wrong_is_said_and_the_status_is_one(package, capsys):
    package("kit_rude")
    status, out, _ = told(capsys, "kit_rude.rude:Rude", "kit_rude.thanks:Thanks", "lang=en")
    assert status == 1
    assert "from nought up. No: praise is -1 on day 0" in out
    assert "- padding_irrelevant Not run: doses comes first" in out
    assert "kit_rude.thanks:Thanks: all 25 checks passed" in out
    status, out, _ = told(capsys, "kit_rude.rude:Rude", "lang=zh")
    assert status == 1
    assert "没有检查：doses comes first" in out
    assert "引用的来源都在文献表里。" in out


@pytest.mark.parametrize("name", ["offline_meetup", "线下见面", "levels_badges", "habit"])
def test_what_is_installed_is_checked_by_name(name, capsys):
    status, out, _ = told(capsys, name, "lang=en")
    assert status == 0
    assert "checks passed" in out
    if name == "levels_badges":
        assert "~ books_balance Fails as expected: points" in out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "Name what is to be checked: a strategy, a mechanism, package.module:Class, or all."),
        (["red_packe"], "There is no plug-in 'red_packe'. Did you mean 'red_packet'?"),
        (["no.such:Thing"], "no.such does not import: ModuleNotFoundError: No module named 'no'"),
        (["kit_wrong.lost:Lost"], "kit_wrong.lost does not import: ModuleNotFoundError"),
        (["kit_wrong.thanks:Thank"], "has no strategy or mechanism 'Thank'. Did you mean 'Thanks'?"),
        (["simulator.strategy:Strategy"], "simulator.strategy has no strategy or mechanism 'Strategy'."),
        (["red_packet", "fast=yes"], "'fast=yes'"),
    ],
)
def test_a_mistake_gets_one_line(package, capsys, words, line):
    package("kit_wrong")
    status, out, err = told(capsys, *words, "lang=en")
    assert (status, out) == (2, "")
    assert line in err
    assert "Traceback" not in err


# Bibliographies of plug-ins ---------------------------------------------------------------------------------


def test_a_plug_ins_own_sources_come_first_and_ours_are_known(package, monkeypatch, tmp_path):
    folder = package("kit_cites")
    (folder / "bibliography.yaml").write_text("deci1999: {seen: S, says: Something else.}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    mine = sources_of("kit_cites.thanks")
    assert mine["deci1999"].says == "Something else."
    assert set(mine) == set(sources())
    assert sources_of("strategies.praise") is sources()
    assert sources_of("json") == sources()


def test_a_bibliography_that_is_none_is_told(package, monkeypatch, tmp_path):
    folder = package("kit_spoilt")
    (folder / "bibliography.yaml").write_text("doe2020: [1, 2]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UserError, match=r"^kit_spoilt/bibliography.yaml is no bibliography: "):
        sources_of("kit_spoilt.thanks")
