"""Distributions of scipy, whose state holds code that is run."""

from __future__ import annotations

from tests.inspect.assembler import (
    BUILD,
    DICT,
    NEWOBJ,
    SETITEM,
    judge,
    name,
    program,
    text,
    worst,
)


def _distribution(template: str) -> bytes:
    state = DICT + text("_parse_arg_template") + text(template) + SETITEM
    return program(name("scipy.stats._continuous_distns", "norm_gen") + b")" + NEWOBJ + state + BUILD)


TEMPLATE = """
def _parse_args(self,  loc=0, scale=1):
    return (), loc, scale

def _parse_args_rvs(self, a, b,  loc=0, scale=1, size=None):
    return self._argcheck_rvs(a, b, loc, scale, size=size)

def _parse_args_stats(self,  loc=0, scale=1, moments='mv'):
    return (), loc, scale, moments
"""


def test_a_distribution_of_scipy_is_judged_by_the_code_in_its_state() -> None:
    _, rulings = judge(_distribution(TEMPLATE))
    assert worst(rulings) in ("none", "low"), rulings
    for hostile in (
        "import os",
        TEMPLATE + "__import__('os').system('id')\n",
        TEMPLATE.replace("loc=0", "loc=x()"),
    ):
        assert worst(judge(_distribution(hostile))[1]) == "critical", hostile
