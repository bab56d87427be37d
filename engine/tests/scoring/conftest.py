"""Rows in Parquet, and a model that refuses some of them."""

import shutil
from pathlib import Path

import pytest
import tensorflow as tf

from mainline.core.layout import Layout
from mainline.packaging.content import content_hash, version
from mainline.release.release_file import Release
from mainline.scoring import score

GROUP = 50  # rows of a row group


@pytest.fixture(scope="session")
def frame(tiny_rows):
    """Rows to score: without a target, in no order, with missing values."""
    return tiny_rows["test"].drop(columns="left").sample(frac=1, random_state=1)


@pytest.fixture(scope="session")
def rows(frame, tmp_path_factory) -> Path:
    """One file with 6 row groups."""
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    frame.to_parquet(path, row_group_size=GROUP, index=False)
    return path


@pytest.fixture
def run(tiny_run, rows, tmp_path):
    """A function: score `rows`, or others, into a folder of this test. Returns the folder."""

    def call(source=rows, into=tmp_path / "scores", root=tiny_run, **options) -> Path:
        score.run(root, source=str(source), into=str(into), **options)
        return into

    return call


@pytest.fixture(scope="session")
def picky(tiny_run, tmp_path_factory) -> Path:
    """A root whose model reads `plan` as a number and divides `age` by it."""
    root = tmp_path_factory.mktemp("picky")
    module = tf.Module()

    @tf.function(input_signature=[tf.TensorSpec([None], kind) for kind in (tf.float32, tf.string)])
    def divide(age, plan):
        return {"score": age / tf.strings.to_number(plan)}

    model = Layout(root).saved_model
    tf.saved_model.save(module, str(model), signatures=divide)
    found = content_hash(model)
    released = Release("picky", str(version(found)), "here@sha256:0", "sha256:0", found)
    Layout(root).release.parent.mkdir(parents=True)
    Layout(root).release.write_text(released.render())
    shutil.copy(Layout(tiny_run).params, root)
    return root
