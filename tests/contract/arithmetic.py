"""Arithmetic as guides write it: −ln(0.5), 2 · 3 / 4, |0.5 − 0.9|, 3^2."""

import ast
import math
import operator
import re
from collections.abc import Callable

_SIGNS = {"−": "-", "·": "*", "÷": "/", "^": "**", "√": "sqrt"}
_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "ln": math.log,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "abs": abs,
    "min": min,
    "max": max,
    "floor": math.floor,
}


def evaluate(formula: str) -> float:
    """The value of a formula. ValueError for what is not arithmetic."""
    text = re.sub(r"\|([^|]+)\|", r"abs(\1)", "".join(_SIGNS.get(char, char) for char in formula))
    return _value(ast.parse(text, mode="eval").body)


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATIONS[type(op)](_value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=args) if name in _FUNCTIONS:
            return float(_FUNCTIONS[name](*map(_value, args)))
    raise ValueError(f"no arithmetic: {ast.unparse(node)}")
