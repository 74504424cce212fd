"""The files that claims leave: ``claims.json``, and the page in both languages."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from experiments import files
from experiments.claims.evidence import Evidence
from experiments.claims.page import page
from experiments.claims.runner import WAGE, Finding
from experiments.messages import LANGUAGES

#: Version of the form of ``claims.json``.
FORM = 1
_EFFECT = ("diff", "ci_low", "ci_high", "ci_low_luck", "ci_high_luck", "luck_sd", "world_sd", "method")


def write(
    found: Sequence[Finding], worlds: int, seed: int, command: str, folder: str | Path, lang: str
) -> tuple[Path, ...]:
    """Write all files.

    Raises:
        UserError: The folder cannot be written to; said in ``lang``.
    """
    made = {"claims.json": told(found, worlds, seed, command)}
    made |= {f"claims.{one}.html": page(found, worlds, seed, command, one) for one in LANGUAGES}
    return files.write(made, folder, lang)


def told(found: Sequence[Finding], worlds: int, seed: int, command: str) -> str:
    """Everything behind the page as numbers and words; what is not known is null."""
    tree = {
        "form": FORM,
        "command": command,
        "worlds": worlds,
        "seed": seed,
        "wage": WAGE,
        "claims": [_claim(finding) for finding in found],
    }
    return files.as_json(tree)


def _claim(found: Finding) -> dict[str, Any]:
    claim, answer = found.claim, found.answer
    return {
        "key": claim.key,
        "title": claim.title,
        "hypothesis": claim.hypothesis,
        "why": claim.why,
        "equal": claim.equal,
        "answer": answer.code,
        "worlds_share": answer.share,
        "depends_on": [{"part": part, **asdict(turn)} for part, turn in answer.turns],
        "holds_nearly_always": answer.always,
        "hangs_on": answer.carriers,
        "coefficients_tried": found.tried,
        "needed_worlds": answer.needed,
        "spend_differs": found.uneven if claim.spend else None,
        "cells": [
            {
                "name": cell.name,
                "title": cell.title,
                "arm": cell.arm,
                "set": cell.set,
                "scenario": cell.scenario.hash,
                **dict(zip(("yuan", "hours", "income"), found.played.spent[cell.name], strict=True)),
                "spend": found.spend(cell.name),
                "died": found.played.died[cell.name],
            }
            for cell in claim.cells
        ],
        "parts": [_part(evidence) for evidence in found.evidence],
        "failures": [{"cell": cell, "error": error} for cell, error in found.played.failures],
    }


def _part(evidence: Evidence) -> dict[str, Any]:
    part, effect = evidence.part, evidence.effect
    return {
        "name": part.name,
        "title": part.title,
        "metric": part.metric,
        "unit": part.unit,
        "contrast": part.contrast,
        "holds": part.holds,
        "matters": evidence.matters,
        **{name: getattr(effect, name) for name in _EFFECT},
        "n_worlds": effect.n_pairs,
        "n_twins": effect.n_twins,
        "decided": evidence.decided,
        "worlds_share": evidence.share,
        "turns": [asdict(turn) for turn in evidence.turns],
    }
