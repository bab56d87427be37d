import json

import numpy as np
import pytest

from mainline.core.errors import MainlineError
from mainline.model import trained


@pytest.fixture
def saved(tiny_model, tiny_settings, tmp_path):
    trained.save(tiny_model, tiny_settings, tmp_path / "trained")
    return tmp_path / "trained"


def test_what_is_loaded_scores_as_what_was_saved(saved, tiny_model, tiny_rows):
    scores = trained.load(saved).score(tiny_rows["test"])
    assert np.array_equal(scores, tiny_model.score(tiny_rows["test"]))


def test_weights_of_another_network_are_refused(saved):
    path = saved / "settings.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps(settings | {"hidden": [9]}))
    with pytest.raises(MainlineError, match=r"does not fit the network of today's network.py"):
        trained.load(saved)


def test_a_preprocessing_of_other_columns_is_refused(saved):
    path = saved / "preprocessing.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"numbers": {}}))
    with pytest.raises(MainlineError, match="does not fit"):
        trained.load(saved)


@pytest.mark.parametrize(
    "name", ["weight-000.npy", "preprocessing.json", "settings.json", "target.json"]
)
@pytest.mark.parametrize("damage", ["absent", "empty", "cut", "{}", '{"hidden": 3}'])
def test_a_damaged_file_is_a_users_error(saved, name, damage):
    path = saved / name
    if damage == "absent":
        path.unlink()
    else:
        whole = path.read_bytes()
        path.write_bytes({"empty": b"", "cut": whole[:-40]}.get(damage, damage.encode()))
    with pytest.raises(MainlineError, match=r"dvc repro train|settings\.json"):
        trained.load(saved)
