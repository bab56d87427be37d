"""A number is the same number, whatever kind of file it came in."""

import numpy as np
import pandas as pd
import pytest

from mainline.core.errors import MainlineError
from mainline.data.catalogue import content_hash
from mainline.data.conversion import _number

RNG = np.random.default_rng(0)
EXACT = pd.Series(RNG.normal(size=2000) * 10.0 ** RNG.integers(-12, 12, 2000), name="x")
ODD = " 1.5"  # a spelling that has to be read in the slow way


@pytest.mark.parametrize("kind", ["str", "string", object])
@pytest.mark.parametrize("first", ["1.5", ODD])
def test_text_of_many_digits_is_the_very_number(kind, first):
    text = pd.Series([first, *map(repr, EXACT.tolist())], dtype=kind, name="x")
    read = _number(text.iloc[1:] if first != ODD else text)
    assert read.iloc[-2000:].tolist() == EXACT.tolist()
    frame = pd.DataFrame({"x": read.iloc[-2000:].reset_index(drop=True)})
    assert content_hash(frame) == content_hash(EXACT.to_frame())


@pytest.mark.parametrize("kind", ["str", object])
@pytest.mark.parametrize("text", ["1_000", "nan(1)", "True", "0x10", "", "\u0661\u0662", "1,5"])
def test_what_only_some_readers_take_for_a_number_is_refused(kind, text):
    with pytest.raises(MainlineError, match="not a number"):
        _number(pd.Series([text, "1"], dtype=kind, name="x"))


@pytest.mark.parametrize("kind", ["str", object])
def test_nothing_and_nan_are_missing_and_places_stay(kind):
    read = _number(pd.Series([None, "NaN", "2.5"], index=[7, 8, 9], dtype=kind, name="x"))
    assert read.isna().tolist() == [True, True, False]
    assert read.index.tolist() == [7, 8, 9]
