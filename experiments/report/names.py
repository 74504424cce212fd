"""What arms are called where there is a study and no result yet."""

from experiments.messages import Catalogue
from experiments.report.amounts import tidy
from experiments.study import BASELINE, Study


def arm_name(study: Study, label: str, say: Catalogue) -> str:
    """Display name of an arm: its tactics' titles, or the label somebody gave it."""
    if label == BASELINE:
        return say("table.baseline")
    title = study.arm_titles.get(label, {}).get(say.lang)
    if title:
        return tidy(title)
    held = next(scenario.strategies for scenario in study.scenarios if scenario.label == label)
    if label != "+".join(name for name, _ in held):
        return tidy(label)
    names = (tactic.title.get(say.lang) or say.name("strategy", tactic.name) for _, tactic in held)
    return " + ".join(tidy(name) for name in names)


def community_name(study: Study, say: Catalogue) -> str:
    """Display name of the community."""
    return tidy(study.group_title.get(say.lang) or say.name("community", study.group))
