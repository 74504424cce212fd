"""Presets that plug-ins bring: found behind ours, never called, named where a name is taken."""

from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from experiments import known
from experiments.config import compose
from simulator.errors import UserError


def entry(package, home):
    made = EntryPoint(package, f"{package}.presets", known.PRESETS)
    vars(made)["dist"] = SimpleNamespace(name=home)
    return made


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """Install packages of presets: ``bring(qunlab_rain={"strategy/drizzle": "use: red_packet"})``."""

    def install(**packages):
        for package, presets in packages.items():
            for name, text in presets.items():
                file = tmp_path / package / "presets" / f"{name}.yaml"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
        found = [entry(package, package.replace("_", "-")) for package in packages]
        monkeypatch.setattr(known, "entry_points", lambda group: found if group == known.PRESETS else ())
        known.strangers.cache_clear()

    monkeypatch.syspath_prepend(tmp_path)
    yield install
    known.strangers.cache_clear()


def test_a_preset_of_a_plug_in_is_listed_and_composes(bring):
    bring(qunlab_rain={"community/rainy": "size: 77\nhorizon: {days: 9, follow_up: 3}\n"})
    assert "rainy" in known.presets("community")
    assert known.preset_file("community", "rainy").parent.name == "community"
    values = compose(["community=rainy"]).values
    assert (values["community"]["size"], values["days"]) == (77, 9)


def test_ours_are_never_replaced_and_both_distributions_are_named(bring):
    bring(qunlab_rain={"strategy/packet_rain": "use: red_packet\npurse: 1\n"})
    with pytest.warns(known.PresetWarning, match=r"'packet_rain' of qunlab-rain .* qunlab has a preset"):
        assert known.preset_file("strategy", "packet_rain").is_relative_to(known.OURS)


def test_of_two_strangers_the_first_has_the_name(bring):
    bring(qunlab_b={"strategy/wet": "use: red_packet\n"}, qunlab_a={"strategy/wet": "use: red_packet\n"})
    with pytest.warns(known.PresetWarning, match=r"'wet' of qunlab-b .* qunlab-a has a preset"):
        assert "qunlab_a" in known.preset_file("strategy", "wet").parts


def test_a_package_that_is_none_is_reported_and_stops_nothing(bring, monkeypatch):
    bring()
    monkeypatch.setattr(known, "entry_points", lambda group: [entry("qunlab_gone", "qunlab-gone")])
    known.strangers.cache_clear()
    with pytest.warns(known.PresetWarning, match=r"'qunlab_gone\.presets' is no package of presets"):
        assert "study_camp" in known.presets("community")


def test_what_would_be_called_is_refused_in_a_strangers_preset_too(bring):
    bring(qunlab_bad={"strategy/bad": "use: red_packet\n_target_: os.system\n"})
    with pytest.raises(UserError, match="_target_"):
        compose([])
