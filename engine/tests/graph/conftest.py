"""An honest model, copies of it with another graph, and proof that a refused one is not loaded."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from mainline.core.errors import MainlineError
from mainline.graph.finding import GraphError
from mainline.graph.saved_model_pyfunc import _load_pyfunc
from mainline.model.ship import Choice
from mainline.packaging import saved_model
from mainline.packaging.loaded import Loaded


@pytest.fixture(scope="session")
def honest(tiny_model, tmp_path_factory) -> Path:
    """A blend: network, trees and encoding of texts in one graph."""
    directory = tmp_path_factory.mktemp("honest") / "model"
    model = replace(tiny_model, choice=Choice("blend", 0.5, 0.5))
    saved_model.export(model, directory)
    return directory


@pytest.fixture
def copy(honest, tmp_path) -> Path:
    return shutil.copytree(honest, tmp_path / "model")


@pytest.fixture
def edited(copy):
    """A function: change the first graph of a copy of the honest model. Returns its directory."""

    def change(edit) -> Path:
        path = copy / "saved_model.pb"
        saved = SavedModel.FromString(path.read_bytes())
        edit(saved.meta_graphs[0])
        path.write_bytes(saved.SerializeToString())
        return copy

    return change


@pytest.fixture
def refused(monkeypatch):
    """A function: both readers refuse the directory with this text, and call no loader."""

    def loader(*arguments, **options):
        raise AssertionError("a refused model was loaded")

    def check(directory, said, also=frozenset()) -> str:
        monkeypatch.setattr(tf.compat.v1.saved_model, "load", loader)
        monkeypatch.setattr(tf.saved_model, "load", loader)
        with pytest.raises(MainlineError) as caught:
            Loaded(directory, also)
        assert said in str(caught.value)
        assert str(caught.value).startswith(f"{directory}: cannot be loaded as a model: ")
        registered = _load_pyfunc(str(directory))  # MLflow's
        registered.operations = also
        with pytest.raises(GraphError) as again:
            registered.predict(pd.DataFrame())
        assert str(again.value) in str(caught.value)
        return str(caught.value)

    return check
