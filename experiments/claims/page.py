"""``claims.en.html`` and ``claims.zh.html``: a table for a strategist, in one file that opens anywhere."""

from collections.abc import Sequence
from pathlib import Path

from experiments.claims.picture import picture
from experiments.claims.runner import WAGE, Finding
from experiments.claims.words import Words
from experiments.messages import Catalogue
from experiments.templates import template

_TEMPLATE = Path(__file__).with_name("template.html")


def page(found: Sequence[Finding], worlds: int, seed: int, command: str, lang: str) -> str:
    """The whole page as HTML text.

    Args:
        found: Claims and answers, in order.
        worlds: Plausible worlds.
        seed: Seed.
        command: The line that makes it again.
        lang: Its language.
    """
    say = Catalogue(lang)
    words = Words(say)
    rows = []
    for finding in found:
        story = words.story(finding)
        drawn = [
            picture(evidence, f"{part.title}: {part.effect} ({part.full})")
            for evidence, part in zip(finding.evidence, story.parts, strict=True)
        ]
        rows.append((story, list(zip(story.parts, drawn, strict=True))))
    notes = [
        say("claims.note.rule"),
        say("claims.note.built"),
        say("claims.note.worlds", n=worlds, seed=seed, wage=f"{WAGE:g}"),
        say("claims.note.picture"),
        say("claims.note.limits"),
    ]
    return template(_TEMPLATE).render(
        rows=rows,
        summary=words.summary(found),
        notes=notes,
        command=command,
        say=say,
        language={"zh": "zh-CN"}.get(lang, lang),
    )
