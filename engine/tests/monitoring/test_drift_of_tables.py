"""Tables with holes: nothing aborts, and what cannot be told says so."""

import numpy as np
import pandas as pd
import pytest

from mainline.drift.tables import drift

COLUMNS = ["number", "text"]
TABLE = pd.DataFrame({"number": [1.0, 2, 3], "text": ["a", "b", "c"]})
EMPTY = TABLE.iloc[:0]
NOTHING = pd.DataFrame({"number": [np.nan] * 3, "text": pd.Series([None] * 3, dtype="str")})
UNTYPED = pd.DataFrame({"number": [None] * 3, "text": [None] * 3})


@pytest.mark.parametrize(("one", "other"), [(TABLE, EMPTY), (EMPTY, TABLE), (EMPTY, EMPTY)])
def test_without_rows_there_is_no_figure(one, other):
    for found in drift(one, other, COLUMNS):
        assert (found.psi, found.ks) == (None, None)
        assert found.note == "no rows on one side"


@pytest.mark.parametrize("nothing", [NOTHING, UNTYPED])
def test_a_column_that_lost_all_its_values_has_drifted(nothing):
    for one, other in ((TABLE, nothing), (nothing, TABLE)):
        for found in drift(one, other, COLUMNS):
            assert found.psi > 1
            assert found.ks is None
            assert found.note == "no values on one side"
            assert sorted(found.nulls) == [0, 1]


@pytest.mark.parametrize("nothing", [NOTHING, UNTYPED])
def test_a_column_that_never_had_any_has_not(nothing):
    for found in drift(nothing, nothing, COLUMNS):
        assert found.psi == 0
        assert found.note == "no values on either side"


def test_columns_of_one_table_only_are_new_or_gone():
    new, gone, neither = drift(TABLE[["text"]], TABLE[["number"]], ["number", "text", "other"])
    assert (new.note[:4], gone.note[:5], neither.note[:7]) == ("new:", "gone:", "in neit")
    assert (new.psi, gone.psi, neither.psi) == (None, None, None)


def test_the_order_is_that_of_the_columns_asked_for():
    assert [found.name for found in drift(TABLE, TABLE, COLUMNS[::-1])] == COLUMNS[::-1]


def test_the_tables_stay_as_they_were():
    before = TABLE.copy(deep=True)
    drift(TABLE, TABLE, COLUMNS)
    pd.testing.assert_frame_equal(TABLE, before)
