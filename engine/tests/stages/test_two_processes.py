"""The same rows and settings give the same bytes, in two processes with unlike surroundings."""

import pytest

from mainline.core.files import tree_files
from mainline.core.layout import Layout
from task_fixtures import TASKS

pytestmark = pytest.mark.nightly
EXPECTED = {
    "models/trained/weight-000.npy",
    "models/trained/preprocessing.json",
    "models/baseline.joblib",
    "metrics/evaluation.json",
    "plots/training.csv",
    "dist/model/saved_model.pb",
    "dist/model/fingerprint.pb",
    "dist/model/assets.extra/golden.json",
    "dist/descriptor.json",
    "dist/model-card.md",
    "k8s/overlays/staging/release.yaml",
}


def contents(root):
    """All but how long training took, which is no output of the pipeline."""
    names = [name for name in tree_files(root) if name != Layout.seconds]
    return {name.as_posix(): (root / name).read_bytes() for name in names}


def same(roots):
    one, other = map(contents, roots)
    assert one.keys() >= EXPECTED
    assert [name for name in one if one[name] != other.get(name)] == []
    assert one.keys() == other.keys()


def test_a_binary_model(two_runs):
    same(two_runs)


@pytest.mark.parametrize("task", TASKS)
def test_a_model_of_another_task(task_runs, task):
    same(task_runs[task])
