import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.model.preprocessing import CLIP, Preprocessing, Scale, tensors

TABLE = TableSettings(
    entity="who", target="left", positive="yes", numbers=["age"], categories=["city"]
)
FRAME = pd.DataFrame(
    {
        "age": [10.0, 20.0, 30.0, np.nan] * 40,
        "city": ["ulm", "bonn", None, ""] * 40,
        "left": [0, 0, 1, 1] * 40,
    }
)
FITTED = Preprocessing.fit(FRAME, TABLE, most=5, least=2)


def encoded(ages, cities, fitted=FITTED):
    frame = pd.DataFrame({"age": ages, "city": pd.Series(cities, dtype=object)})
    names = {name: spec.dtype for name, spec in fitted.signature.items()}
    numbers, ids = fitted.encode(tensors(frame, names))
    return numbers.numpy(), ids.numpy()[:, 0].tolist()


def test_inputs_are_one_named_scalar_a_column():
    assert {
        name: (spec.shape.as_list(), spec.dtype) for name, spec in FITTED.signature.items()
    } == {
        "age": ([None], tf.float32),
        "city": ([None], tf.string),
    }


def test_a_missing_number_becomes_the_median_and_says_so():
    numbers, _ = encoded([20.0, np.nan, 30.0], ["ulm"] * 3)
    assert numbers[0] == pytest.approx([0, 0])
    assert numbers[1] == pytest.approx([0, 1])
    assert numbers[2] == pytest.approx([np.sqrt(1.5), 0])


def test_an_extreme_number_is_clipped_and_stays_finite():
    numbers, _ = encoded([1e30, np.inf, -np.inf], ["ulm"] * 3)
    assert numbers[:, 0].tolist() == [CLIP, CLIP, -CLIP]


def test_missing_unknown_and_known_categories_have_ids_of_their_own():
    assert encoded([1.0] * 5, [None, "", "rome", "bonn", "ulm"])[1] == [0, 0, 1, 2, 3]


@pytest.mark.parametrize("count", [0, 1, 300])
def test_the_id_of_a_category_is_its_place_in_the_vocabulary(count):
    known = [f"city {place:03d}" for place in range(count)]
    several = Preprocessing(numbers={}, categories={"city": known})
    asked = tf.constant([*reversed(known), "", "rome"])
    ids = several.encode({"city": asked})[1].numpy()[:, 0].tolist()
    assert ids == [*range(count + 1, 1, -1), 0, 1]


def test_many_numbers_are_encoded_side_by_side_each_by_its_own_scale():
    names = ["c", "a", "b"]
    scales = {name: Scale(place, 2.0 + place, 7.0, 0.0, 0.0) for place, name in enumerate(names)}
    columns = {name: np.float32([place, np.nan, 5]) for place, name in enumerate(names)}
    numbers, _ = Preprocessing(scales, {}).encode(columns)
    for place in range(3):
        scaled = [(value - place) / (2 + place) for value in (place, 7.0, 5.0)]
        assert numbers[:, 2 * place].numpy() == pytest.approx(scaled)
        assert numbers[:, 2 * place + 1].numpy().tolist() == [0, 1, 0]


def test_rare_categories_and_those_beyond_the_most_frequent_are_unknown():
    frame = pd.DataFrame({"age": 1.0, "city": ["a"] * 5 + ["b"] * 9 + ["c"] * 7 + ["d"]}).assign(
        left=0
    )
    assert Preprocessing.fit(frame, TABLE, most=2, least=1).categories == {"city": ["b", "c"]}
    assert Preprocessing.fit(frame, TABLE, most=9, least=7).categories == {"city": ["b", "c"]}


@pytest.mark.parametrize(
    "ages", [[0.1, 0.1 + 1e-12], [1e-42, 3e-42], [1e9, 1e9], [np.nan, np.nan], [5.0, np.inf]]
)
def test_a_column_that_says_nothing_encodes_to_zero_and_is_not_blown_up(ages):
    frame = pd.DataFrame({"age": ages, "city": "ulm", "left": [0, 1]})
    fitted = Preprocessing.fit(frame, TABLE, most=5, least=1)
    numbers, _ = encoded([ages[0]], ["ulm"], fitted)
    assert numbers[0, 0] == pytest.approx(0, abs=1e-6)
    assert fitted.numbers["age"].deviation == 1


def test_an_outlier_is_not_kept_as_low_or_high():
    ages = np.append(np.linspace(20, 60, 999), 104.0)
    fitted = Preprocessing.fit(pd.DataFrame({"age": ages, "city": "ulm", "left": 0}), TABLE, 5, 1)
    assert 20 < fitted.numbers["age"].low < fitted.numbers["age"].high < 60


def test_edges_come_from_the_target():
    assert FITTED.numbers["age"].edges == [25.0]


def test_json_gives_the_same_preprocessing_back():
    assert Preprocessing.from_json(FITTED.to_json()) == FITTED


def test_absent_columns_and_text_for_numbers_are_named():
    names = {"age": tf.float32, "city": tf.string}
    with pytest.raises(MainlineError, match="lack: age, city"):
        tensors(pd.DataFrame({"x": [1]}), names)
    with pytest.raises(MainlineError, match="'age' as a number"):
        tensors(pd.DataFrame({"age": ["old"], "city": ["ulm"]}), names)
