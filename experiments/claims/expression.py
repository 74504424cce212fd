"""Sums, differences, products and ratios of names: ``(d - c) - (b - a)``. Nothing else is ever evaluated."""

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any

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

_ALLOWED = (ast.BinOp, ast.UnaryOp, ast.USub, ast.Name, ast.Load, ast.Constant, *_DO)


def names(text: str, known: Iterable[str], where: str) -> tuple[str, ...]:
    """Names that an expression uses, in order, each once.

    Raises:
        UserError: It is no expression, or uses a name that is not known.
    """
    found = dict.fromkeys(node.id for node in ast.walk(_tree(text, where)) if isinstance(node, ast.Name))
    for name in found:
        if name not in known:
            raise unknown(f"name in {where}:", name, known)
    return tuple(found)


def value(text: str, of: Mapping[str, Floats], where: str = "expression") -> Floats:
    """The value of an expression; not a number where it divides by nought."""
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.asarray(_value(_tree(text, where), of, where), np.float64)
    return np.where(np.isfinite(out), out, np.nan)


def _tree(text: str, where: str) -> ast.expr:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise _odd(text, where) from None
    for node in ast.walk(tree):
        kind = type(node.value) if isinstance(node, ast.Constant) else None
        if not isinstance(node, _ALLOWED) or kind not in (None, int, float):
            raise _odd(text, where)
    return tree


def _odd(text: str, where: str) -> UserError:
    return UserError(f"{where} is {text!r}; it must join names and numbers by + - * / and brackets.")


def _value(node: ast.expr, of: Mapping[str, Floats], where: str) -> Any:
    match node:
        case ast.Constant(value=number):
            return number
        case ast.Name(id=name):
            return of[name]
        case ast.UnaryOp(operand=inner):
            return -_value(inner, of, where)
        case ast.BinOp(left=left, op=op, right=right):
            return _DO[type(op)](_value(left, of, where), _value(right, of, where))
    raise _odd(ast.unparse(node), where)
