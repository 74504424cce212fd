"""`validation.html`, one file that opens anywhere: sections as they come, in the house style."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from experiments.messages import Catalogue
from experiments.validation.sections import Section


def page(sections: Sequence[Section], command: str, lang: str) -> str:
    """The whole page as HTML text.

    Args:
        sections: What it shows, in order.
        command: The line that makes it again.
        lang: Its language.
    """
    say = Catalogue(lang)
    language = {"zh": "zh-CN"}.get(lang, lang)
    return _template().render(sections=sections, command=command, say=say, language=language)


@lru_cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(Path(__file__).with_name("template.html").read_text("utf-8"))
