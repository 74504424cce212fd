"""`validation.html`, one file that opens anywhere: sections as they come, in the house style."""

from collections.abc import Sequence
from pathlib import Path

from experiments.messages import Catalogue
from experiments.templates import template
from experiments.validation.sections import Section

_TEMPLATE = Path(__file__).with_name("template.html")


def page(sections: Sequence[Section], command: str, lang: str, part: str = "validate") -> str:
    """The whole page as HTML text.

    Args:
        sections: What it shows, in order.
        command: The line that makes it again.
        lang: Its language.
        part: Part of the program whose messages say its title, kicker and how to make it again.
    """
    say = Catalogue(lang)
    language = {"zh": "zh-CN"}.get(lang, lang)
    return template(_TEMPLATE).render(
        sections=sections, command=command, say=say, language=language, part=part
    )
