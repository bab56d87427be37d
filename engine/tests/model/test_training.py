import keras
import numpy as np
import pytest

from mainline.core.errors import MainlineError
from mainline.model import network, runtime, train


def fit(rows, table, settings, **changes):
    runtime.deterministic(settings.seed)
    changed = settings.model_copy(update=changes)
    return train.fit(rows["train"], rows["validation"], table, changed)


def test_training_lowers_the_loss_and_writes_its_curve(tiny_rows, tiny_table, tiny_settings):
    _, curve = fit(tiny_rows, tiny_table, tiny_settings, epochs=6, learning_rate=0.01)
    assert curve.columns.tolist() == ["epoch", "loss", "validation_loss"]
    assert curve["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    assert curve["loss"].iloc[-1] < curve["loss"].iloc[0]


@pytest.mark.parametrize("patience", [1, 9])
def test_the_best_epoch_is_kept(tiny_rows, tiny_table, tiny_settings, patience):
    """What is learnt is wrong for these validation rows, so an early epoch is the best.

    With patience 9 the epochs run out first, and the best must come back all the same.
    """
    validation = tiny_rows["validation"].assign(left=1 - tiny_rows["validation"]["left"])
    rows = tiny_rows | {"validation": validation}
    model, curve = fit(
        rows, tiny_table, tiny_settings, epochs=5, patience=patience, learning_rate=0.05
    )
    scores = np.clip(model.score(validation), 1e-7, 1 - 1e-7)
    left = validation[tiny_table.target].to_numpy()
    loss = -np.mean(left * np.log(scores) + (1 - left) * np.log1p(-scores))
    assert curve["validation_loss"].argmin() < len(curve) - 1
    assert loss == pytest.approx(curve["validation_loss"].min(), abs=1e-4)
    assert len(curve) == (5 if patience == 9 else curve["validation_loss"].argmin() + 2)


def test_a_loss_that_is_no_number_is_a_users_error(
    tiny_rows, tiny_table, tiny_settings, monkeypatch
):
    def broken(numbers, sizes, *_):
        inputs = [
            keras.Input((numbers,), dtype="float32"),
            keras.Input((len(sizes),), dtype="int32"),
        ]
        score = keras.layers.Dense(1)(inputs[0])
        return keras.Model(inputs, keras.ops.log(keras.ops.minimum(score, 0) - 1))

    monkeypatch.setattr(network, "build", broken)
    with pytest.raises(
        MainlineError, match=r"no number after epoch 1\. A smaller train.learning_rate"
    ):
        fit(tiny_rows, tiny_table, tiny_settings)


def test_another_seed_gives_other_weights(tiny_rows, tiny_table, tiny_settings, tiny_model):
    other, _ = fit(tiny_rows, tiny_table, tiny_settings, seed=6)
    pairs = zip(other.network.get_weights(), tiny_model.network.get_weights(), strict=True)
    assert not all(np.array_equal(mine, theirs) for mine, theirs in pairs)
