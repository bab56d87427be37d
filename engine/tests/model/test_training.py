from dataclasses import replace

import keras
import numpy as np
import pytest

from mainline.core.errors import MainlineError
from mainline.model import runtime, train
from mainline.project import Function


@pytest.fixture
def fit(tiny_rows, tiny_table, tiny_settings, tiny_design):
    def fitted(rows=tiny_rows, own=None, **changes):
        runtime.deterministic(tiny_settings.seed)
        design = tiny_design(tiny_settings.model_copy(update=changes))
        design = replace(design, **(own or {}))
        return train.fit(rows["train"], rows["validation"], tiny_table, design)

    return fitted


def test_training_lowers_the_loss_and_writes_its_curve(fit):
    _, curve = fit(epochs=6, learning_rate=0.01)
    assert curve.columns.tolist() == ["epoch", "loss", "validation_loss"]
    assert curve["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    assert curve["loss"].iloc[-1] < curve["loss"].iloc[0]


@pytest.mark.parametrize("patience", [1, 9])
def test_the_best_epoch_is_kept(fit, tiny_rows, tiny_table, patience):
    """What is learnt is wrong for these validation rows, so an early epoch is the best.

    With patience 9 the epochs run out first, and the best must come back all the same.
    """
    validation = tiny_rows["validation"].assign(left=1 - tiny_rows["validation"]["left"])
    rows = tiny_rows | {"validation": validation}
    model, curve = fit(rows, epochs=5, patience=patience, learning_rate=0.05)
    scores = np.clip(model.score(validation), 1e-7, 1 - 1e-7)
    left = validation[tiny_table.target].to_numpy()
    loss = -np.mean(left * np.log(scores) + (1 - left) * np.log1p(-scores))
    assert curve["validation_loss"].argmin() < len(curve) - 1
    assert loss == pytest.approx(curve["validation_loss"].min(), abs=1e-4)
    assert len(curve) == (5 if patience == 9 else curve["validation_loss"].argmin() + 2)


def test_a_loss_that_is_no_number_is_a_users_error(fit):
    def broken(columns, options, task):
        score = keras.layers.Dense(1)(columns.scaled)
        return keras.Model(columns.inputs, keras.ops.log(keras.ops.minimum(score, 0) - 1))

    with pytest.raises(
        MainlineError, match=r"not a number after epoch 1\. A smaller train.learning_rate"
    ):
        fit(own={"build": Function(broken, "network.py", "build")})


def test_another_seed_gives_other_weights(fit, tiny_model):
    other, _ = fit(seed=6)
    pairs = zip(other.network.get_weights(), tiny_model.network.get_weights(), strict=True)
    assert not all(np.array_equal(mine, theirs) for mine, theirs in pairs)
