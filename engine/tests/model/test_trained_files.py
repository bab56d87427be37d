import json

import numpy as np
import pytest

from mainline.core.errors import MainlineError
from mainline.model import trained


@pytest.fixture
def saved(tiny_model, tiny_settings, tmp_path):
    trained.save(tiny_model, tiny_settings, tmp_path / "trained", np.zeros(0))
    return tmp_path / "trained"


@pytest.fixture
def load(saved, tiny_root, tiny_table):
    return lambda: trained.load(tiny_root, tiny_table, saved)


def test_what_is_loaded_scores_as_what_was_saved(load, tiny_model, tiny_rows):
    scores = load().score(tiny_rows["test"])
    assert np.array_equal(scores, tiny_model.score(tiny_rows["test"]))


def test_weights_of_another_network_are_refused(saved, load):
    path = saved / "settings.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps(settings | {"options": {"hidden": [9]}}))
    with pytest.raises(MainlineError, match=r"does not fit the network of today's network.py"):
        load()


def test_a_preprocessing_of_other_columns_is_refused(saved, load):
    path = saved / "preprocessing.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"numbers": {}}))
    with pytest.raises(MainlineError, match="does not fit"):
        load()


@pytest.mark.parametrize(
    "name", ["weight-000.npy", "preprocessing.json", "settings.json", "target.json"]
)
@pytest.mark.parametrize("damage", ["absent", "empty", "cut", "{}", '{"hidden": 3}'])
def test_a_damaged_file_is_a_users_error(saved, load, name, damage):
    path = saved / name
    if damage == "absent":
        path.unlink()
    else:
        whole = path.read_bytes()
        path.write_bytes({"empty": b"", "cut": whole[:-40]}.get(damage, damage.encode()))
    with pytest.raises(MainlineError, match=r"dvc repro train|settings\.json"):
        load()


def test_settings_that_network_py_does_not_know_any_more_are_named(saved, load):
    path = saved / "settings.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"options": {"hiden": [8]}}))
    with pytest.raises(MainlineError, match=r"'train\.options\.hiden' is not a setting"):
        load()


def test_a_model_with_other_derived_columns_is_refused(saved, load):
    path = saved / "preprocessing.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"derived": ["age"]}))
    with pytest.raises(MainlineError, match=r"features\.py derives other columns"):
        load()
