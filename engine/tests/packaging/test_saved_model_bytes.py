"""What the packaged bytes hold."""

import json

import tensorflow as tf

from mainline.packaging import content, image


def test_the_descriptor_can_be_computed_again_from_the_model(tiny_run):
    descriptor = json.loads((tiny_run / "dist/descriptor.json").read_text())
    found = content.content_hash(tiny_run / "dist/model")
    version = content.version(found)
    assert (descriptor["content"], descriptor["version"]) == (found, version)
    assert descriptor["digest"] == image.build(tiny_run / "dist/model", "tiny", version).digest


def test_the_checkpoint_holds_the_weights_and_nothing_random(tiny_run, tiny_model):
    names = [
        name for name, _ in tf.train.list_variables(tiny_run / "dist/model/variables/variables")
    ]
    weights = [name for name in names if name.startswith("model_variables/")]
    assert len(weights) == len(tiny_model.network.weights)
    assert set(names) - set(weights) == {"_CHECKPOINTABLE_OBJECT_GRAPH"}


def test_the_card_names_version_and_figures(tiny_run):
    descriptor = json.loads((tiny_run / "dist/descriptor.json").read_text())
    card = (tiny_run / "dist/model-card.md").read_text()
    assert f"# Model card: tiny, version {descriptor['version']}\n" in card
    assert descriptor["digest"] in card
    assert "| ROC AUC | 0." in card
    assert "| plan missing | " in card
