"""The same rows and settings give the same bytes, in whatever surroundings."""

import json

import tensorflow as tf

from customer_churn.core.files import tree_files
from customer_churn.packaging import content, image


def contents(root, folder):
    return {
        name.as_posix(): (root / folder / name).read_bytes() for name in tree_files(root / folder)
    }


def test_two_processes_write_the_same_saved_model(two_runs):
    one, other = (contents(root, "dist/model") for root in two_runs)
    assert {"saved_model.pb", "fingerprint.pb", "assets.extra/golden.json"} < one.keys()
    assert one == other


def test_two_processes_write_the_same_image_descriptor_and_card(two_runs):
    one, other = (contents(root, "dist") for root in two_runs)
    assert one == other


def test_the_descriptor_can_be_computed_again_from_the_model(two_runs):
    root = two_runs[0]
    descriptor = json.loads((root / "dist/descriptor.json").read_text())
    found = content.content_hash(root / "dist/model")
    version = content.version(found)
    assert (descriptor["content"], descriptor["version"]) == (found, version)
    assert descriptor["digest"] == image.build(root / "dist/model", "tiny", version).digest


def test_the_checkpoint_holds_the_weights_and_nothing_random(two_runs, tiny_model):
    names = [
        name for name, _ in tf.train.list_variables(two_runs[0] / "dist/model/variables/variables")
    ]
    weights = [name for name in names if name.startswith("model_variables/")]
    assert len(weights) == len(tiny_model.network.weights)
    assert set(names) - set(weights) == {"_CHECKPOINTABLE_OBJECT_GRAPH"}


def test_the_card_names_version_and_figures(two_runs):
    descriptor = json.loads((two_runs[0] / "dist/descriptor.json").read_text())
    card = (two_runs[0] / "dist/model-card.md").read_text()
    assert f"# Model card: tiny, version {descriptor['version']}\n" in card
    assert descriptor["digest"] in card
    assert "| ROC AUC | 0." in card
    assert "| plan missing | " in card
