"""The symbolic expressions of exported programs, which the loader evaluates.

Source: ``torch/_export/serde/serialize.py``, which writes what ``sympy.srepr`` says, and reads it with
``sympy.sympify``: that is ``eval``.
"""

from __future__ import annotations

import ast
import re

_ACTS = re.compile(r"__|['\"\[\]{}:;=@\\]|\b(?:import|eval|exec|open|lambda|getattr|os|sys|subprocess)\b")
"""What is in none but the expressions that ``srepr`` spells out: else numbers, names and operators do."""
_FUNCTIONS_TEXT = """
Integer Rational Float Symbol Dummy Add Mul Pow Mod Max Min Abs Eq Ne Lt Le Gt Ge And Or Not Xor Equality
Unequality StrictLessThan StrictGreaterThan LessThan GreaterThan Piecewise ExprCondPair Tuple floor ceiling
exp log sqrt sin cos tan asin acos atan sinh cosh tanh Identity FloorDiv CleanDiv CeilDiv PythonMod
ModularIndexing Where ToFloat TruncToInt TruncToFloat CeilToInt FloorToInt RoundToInt RoundDecimal FloatPow
FloatTrueDiv IntTrueDiv PowByNatural LShift RShift BitwiseFn_bitwise_and BitwiseFn_bitwise_or
"""
_FUNCTIONS = frozenset(_FUNCTIONS_TEXT.split())
"""Of sympy and of ``torch.utils._sympy.functions``: what takes expressions and makes one."""
_TEXT = re.compile(r"[\w.+-]{1,80}\Z")
_PLAIN = (
    *(ast.Expression, ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Tuple),
    *(ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.keyword),
)
_LONGEST = 20_000


def acts(text: str) -> bool:
    """Whether evaluating an expression could do anything but make an expression."""
    if not _ACTS.search(text):
        return False
    if "__" in text or len(text) > _LONGEST:
        return True
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return not all(map(_is_plain, ast.walk(tree)))


def _is_plain(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
    if isinstance(node, ast.Constant):
        value = node.value
        return isinstance(value, int | float) or (isinstance(value, str) and bool(_TEXT.match(value)))
    return isinstance(node, _PLAIN)
