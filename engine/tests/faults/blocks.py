"""A thousand cases in blocks: each kind of damage in `make test`, the rest in `make nightly`.

`CASES=137,255` in the environment runs these alone.
"""

import os
from itertools import pairwise
from typing import Any

import pytest

COUNT, BLOCK, ALWAYS = 1000, 50, 20


def blocks() -> list[Any]:
    """Parameters for `pytest.mark.parametrize`: one list of case numbers each."""
    chosen = os.environ.get("CASES")
    if chosen:
        return [[int(number) for number in chosen.split(",")]]
    return [
        pytest.param(
            list(range(start, end)),
            id=f"from-{start}",
            marks=pytest.mark.nightly if start else (),
        )
        for start, end in pairwise([0, *range(ALWAYS, COUNT, BLOCK), COUNT])
    ]
