"""Sums, differences, products and ratios of names: ``(d - c) - (b - a)``, ``voices[0:14] - voices[70:84]``.

A name in square brackets is its mean from the first day to the one before the last. Nothing else is ever
evaluated.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UserError, unknown

Floats = NDArray[np.float64]
_DO: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
_PLAIN = (ast.BinOp, ast.UnaryOp, ast.USub, ast.Load, *_DO)


class Term(NamedTuple):
    """A name, and the days it is taken over: the first and the one after the last; None for no window."""

    name: str
    days: tuple[int, int] | None = None


def terms(text: str, known: Iterable[str], where: str) -> tuple[Term, ...]:
    """Terms that an expression uses, in order, each once.

    Raises:
        UserError: It is no expression, or uses a name that is not known.
    """
    found = dict.fromkeys(_leaves(_tree(text, where), text, where))
    for term in found:
        if isinstance(term, Term) and term.name not in known:
            raise unknown(f"name in {where}:", term.name, known)
    return tuple(term for term in found if isinstance(term, Term))


def value(text: str, of: Mapping[Term, Floats], where: str = "expression") -> Floats:
    """The value of an expression; not a number where it divides by nought."""
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.asarray(_value(_tree(text, where), of, text, where), np.float64)
    return np.where(np.isfinite(out), out, np.nan)


def _tree(text: str, where: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise _odd(text, where) from None


def _odd(text: str, where: str) -> UserError:
    rule = "names, names[first:last day] and numbers by + - * / and brackets"
    return UserError(f"{where} is {text!r}; it must join {rule}.")


def _leaves(node: ast.AST, text: str, where: str) -> list[Term | float]:
    """Terms and numbers of a tree, from left to right."""
    leaf = _leaf(node)
    if leaf is not None:
        return [leaf]
    if not isinstance(node, _PLAIN):
        raise _odd(text, where)
    return [found for child in ast.iter_child_nodes(node) for found in _leaves(child, text, where)]


def _leaf(node: ast.AST) -> Term | float | None:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name):
            return Term(name)
        case ast.Subscript(
            value=ast.Name(id=name),
            slice=ast.Slice(
                lower=ast.Constant(value=int() as low), upper=ast.Constant(value=int() as high), step=None
            ),
        ):
            return Term(name, (low, high))
    return None


def _value(node: ast.expr, of: Mapping[Term, Floats], text: str, where: str) -> Any:
    leaf = _leaf(node)
    if leaf is not None:
        return of[leaf] if isinstance(leaf, Term) else leaf
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, of, text, where)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _DO:
            return _DO[type(op)](_value(left, of, text, where), _value(right, of, text, where))
    raise _odd(text, where)
