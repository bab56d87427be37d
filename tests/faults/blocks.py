"""A thousand cases in blocks: the first ones in every run of the suite, all of them in `make e2e`.

`CASES=137,255` in the environment runs these alone.
"""

import os
from typing import Any

import pytest

COUNT, BLOCK, ALWAYS = 1000, 50, 100


def blocks() -> list[Any]:
    """Parameters for `pytest.mark.parametrize`: one list of case numbers each."""
    chosen = os.environ.get("CASES")
    if chosen:
        return [[int(number) for number in chosen.split(",")]]
    return [
        pytest.param(
            list(range(start, start + BLOCK)),
            id=f"from-{start}",
            marks=() if start < ALWAYS else pytest.mark.e2e,
        )
        for start in range(0, COUNT, BLOCK)
    ]
