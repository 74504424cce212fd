"""The words of When and Who in arms, settings and presets: however they are typed, the same in the end."""

import warnings

import pytest
import yaml

from experiments.arms import read_arm
from experiments.build import plan, study_from
from simulator.errors import UserError
from simulator.schedule import When, Who

TWO = ("voices<3 for 2 days cooldown 7", "quiet>=3")


def tactic(arm, *overrides):
    """The first tactic of an arm."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = study_from(plan([arm], overrides, None))
    return study.scenarios[1].strategies[0][1]


@pytest.mark.parametrize(
    "arm",
    [
        "red_packet(triggers=['voices<3 for 2 days cooldown 7','quiet>=3'])",
        "red_packet(triggers='voices<3 for 2 cooldown 7 and quiet>=3')",
        "red_packet(triggers=voices<3 for 2 cooldown 7 and quiet>=3)",
        "红包（triggers='voices＜3 for 2天 cooldown 7天，quiet＞＝3'）",
    ],
)
def test_triggers_in_an_arm(arm):
    assert tactic(arm).when == When(every=3, triggers=TWO)
    again = read_arm(read_arm(arm).text)  # as it is shown, it can be typed
    assert again.terms[0].settings == read_arm(arm).terms[0].settings


@pytest.mark.parametrize(
    "override",
    [
        "strategy.red_packet.triggers=['voices<3 for 2 days cooldown 7','quiet>=3']",
        "strategy.red_packet.triggers='voices<3 for 2 days cooldown 7 and quiet>=3'",
        "strategy.red_packet.triggers=voices<3 for 2 days cooldown 7, quiet>=3",
    ],
)
def test_triggers_as_a_setting(override):
    assert tactic("red_packet", override).when == When(every=3, triggers=TWO)


def test_every_word_in_an_arm():
    arm = (
        "red_packet(phases=growth+maturity,life=90,every=2,triggers=dormant>=50%,"
        "roles=novice+lurker,tiers=silent,tenure_min=3,tenure_max=50,top=20,near_kol=true,share=0.5)"
    )
    made = tactic(arm)
    assert made.when == When(every=2, phases=("growth", "maturity"), life=90, triggers=("dormant>=0.5",))
    assert made.who == Who(("novice", "lurker"), ("silent",), 3, 50, 20, near_kol=True, share=0.5)


def test_a_preset_holds_them_all_and_what_is_kept_of_a_run_gives_them_again(tmp_path):
    (tmp_path / "strategy").mkdir()
    node = {
        "use": "red_packet",
        "triggers": [{"metric": "voices", "below": 3, "days": 2, "cooldown": 7}, "quiet>=3"],
        "phases": ["decline"],
        "life": 20,
        "near_kol": True,
        "share": 0.25,
    }
    (tmp_path / "strategy" / "rescue.yaml").write_text(yaml.safe_dump(node))
    arms = ("rescue(top=9)", "rescue(triggers='',phases='',share=1)")
    told = plan(arms, [], tmp_path)
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "again.yaml").write_text(told.settings.yaml())
    first, second = (study_from(one) for one in (told, plan([], ["experiment=again"], tmp_path)))
    assert [one.hash for one in first.scenarios] == [one.hash for one in second.scenarios]
    (_, made), (_, bare) = (scenario.strategies[0] for scenario in second.scenarios[1:3])
    assert made.when == When(every=3, triggers=TWO, phases=("decline",), life=20)
    assert made.who == Who(top=9, near_kol=True, share=0.25)
    assert bare.when == When(every=3, life=20)
    assert bare.who == Who(near_kol=True)


@pytest.mark.parametrize(
    ("arm", "overrides", "message"),
    [
        ("red_packet(triggers='voicess<3')", (), "Did you mean 'voices'?"),
        (
            "red_packet",
            ("strategy.red_packet.triggers=voices<",),
            "red_packet.triggers holds 'voices<': a tr",
        ),
        ("red_packet", ("strategy.red_packet.share=half",), "share is 'half'; it must be a number."),
        ("red_packet(near_kol=perhaps)", (), "near_kol is 'perhaps'; it must be true or false."),
        ("red_packet(phases=growth)", (), "phases is growth but life is not set"),
        ("red_packet(phases=grwth,life=9)", (), "There is no phase 'grwth'. Did you mean 'growth'?"),
        ("red_packet(top=2.5)", (), "red_packet.top is '2.5'; it must be a whole number."),
        (
            "red_packet(trigger='voices<3')",
            (),
            "There is no knob of red_packet: 'trigger'. Did you mean 'trigg",
        ),
        ("red_packet+check_in_streak(triggers=since(red_pocket)>=3)", (), "Did you mean 'red_packet'?"),
    ],
)
def test_a_mistake_gets_one_line(arm, overrides, message):
    with pytest.raises(UserError) as error:
        tactic(arm, *overrides)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
