"""Values in params.yaml: only they change."""

import pytest

from mainline.core.errors import MainlineError
from mainline.core.strict_yaml import read_yaml
from mainline.tuning.edited import edited

TEXT = """\
# Everything.
table:
  numbers: [a, b,
            c]      # two lines

train:
  seed: 17          # fixed
  learning_rate: 0.002
  options:          # of network.py
    hidden: [128, 128]
    dropout: 0.1    # a share
    layers:  # each
      - 1
      - 2
      # the end
    flat:
    - 1
  trees: {folds: 8}
"""


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("train.learning_rate", 0.00001, "  learning_rate: 1.0e-05"),
        ("train.options.hidden", [64, 64], "    hidden: [64, 64]"),
        ("train.options.dropout", 0.25, "    dropout: 0.25    # a share"),
        ("train.trees.folds", 5, "  trees: {folds: 5}"),
        ("train.trees.lambda_l2", 2.5, "  trees: {lambda_l2: 2.5, folds: 8}"),
        ("train.ship", "blend", "  ship: blend"),
        ("train.baseline.max_iter", 9, "  baseline: {max_iter: 9}"),
    ],
)
def test_one_line_changes_and_no_other(path, value, line):
    text = edited(TEXT, {path: value}, name="params.yaml")
    before, after = TEXT.splitlines(), text.splitlines()
    assert [each for each in after if each not in before] == [line]
    assert len(after) - len(before) in (0, 1)
    place = read_yaml(text, name="params.yaml")
    for part in path.split("."):
        place = place[part]
    assert place == value
    assert type(place) is type(value)


def test_several_values_and_a_list_of_lines():
    values = {"train.options.layers": [3], "train.options.flat": [7, 8]}
    values |= {"train.seed": 4, "train.options.embedding": 16}
    text = edited(TEXT, values, name="params.yaml")
    assert "    layers: [3]  # each\n      # the end\n    flat: [7, 8]\n" in text
    assert "  seed: 4          # fixed\n" in text
    assert "    embedding: 16\n    hidden: [128, 128]\n" in text


def test_a_value_that_others_share_cannot_be_changed():
    text = "a: &one\n  x: 1\ntrain: *one\n"
    with pytest.raises(MainlineError, match="it has an alias"):
        edited(text, {"train.x": 2}, name="params.yaml")
