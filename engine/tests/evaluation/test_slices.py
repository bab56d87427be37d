import numpy as np
import pandas as pd
import pytest

from mainline.core.errors import MainlineError
from mainline.evaluation.slices import masks

FRAME = pd.DataFrame(
    {
        "city": pd.Series(["ulm", "bonn", None, "ulm"], dtype="str"),
        "age": [20.0, 30.0, np.nan, np.inf],
        "visits": pd.array([1, None, 3, 4], dtype="Int64"),
    }
)


def chosen(slices):
    return {name: np.flatnonzero(mask).tolist() for name, mask in masks(FRAME, slices)}


def test_a_category_has_one_slice_a_value_and_one_for_missing():
    assert chosen({"city": None}) == {"city=bonn": [1], "city=ulm": [0, 3], "city missing": [2]}


def test_a_number_is_cut_at_its_bounds_and_has_one_slice_for_missing():
    assert chosen({"age": [40, 30]}) == {
        "age<30": [0],
        "30<=age<40": [1],
        "age>=40": [3],
        "age missing": [2],
    }


def test_every_row_is_in_exactly_one_slice_of_a_column():
    for slices in ({"city": None}, {"age": [25]}, {"visits": [2, 3]}):
        assert (np.sum([mask for _, mask in masks(FRAME, slices)], axis=0) == 1).all()


@pytest.mark.parametrize(
    ("slices", "said"),
    [
        ({"ctiy": None}, "no column 'ctiy'"),
        ({"age": None}, "evaluation.slices.age: a number needs bounds"),
        ({"age": []}, "evaluation.slices.age: a number needs bounds"),
        ({"city": [1, 2]}, "evaluation.slices.city: bounds are for numbers"),
    ],
)
def test_a_slice_that_cannot_be_cut_is_refused(slices, said):
    with pytest.raises(MainlineError, match=said):
        list(masks(FRAME, slices))
