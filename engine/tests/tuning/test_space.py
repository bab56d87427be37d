"""The section `tune`: what is refused before a trial runs, each in one line."""

import shutil

import pytest
import yaml

from mainline.core.errors import SettingsError
from mainline.params import params
from mainline.tuning.job import Job
from project import SMALL

RATE = "train.learning_rate"


@pytest.fixture
def project(tmp_path):
    """The small project's files with a section `tune`: a function that writes it."""
    root = tmp_path / "project"
    shutil.copytree(SMALL, root)

    def write(space: dict, **more: object):
        values = yaml.safe_load((SMALL / "params.yaml").read_text())
        values["tune"] = {"trials": 5, "space": space} | more.pop("tune", {})
        for path, value in more.items():
            section, key = path.split("_", 1)
            values[section][key] = value
        (root / "params.yaml").write_text(yaml.safe_dump(values, sort_keys=False))
        return root

    return write


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({}, "'tune.space' is {} (dict)"),
        ({RATE: {"low": 0.1, "high": 0.01}}, f"'tune.space.{RATE}': low (0.1) is not less than"),
        ({RATE: {"low": 0, "high": 1, "log": True}}, "with log, low (0) has to be greater than 0"),
        ({RATE: {"low": 0.1}}, "it needs low and high, or choices"),
        ({RATE: {"choices": [1]}}, f"'tune.space.{RATE}.choices' is [1] (list)"),
        ({RATE: {"low": 0, "high": 1, "choices": [1, 2]}}, "either low and high, or choices"),
        ({RATE: {"low": 0.0, "high": 1.0}}, "0.0 is refused: 'train.learning_rate' is 0.0"),
        ({"train.speed": {"low": 0, "high": 1}}, "'train.speed' is not a setting"),
        ({"train.trees.leafs": {"low": 1, "high": 2}}, "'train.trees.leafs' is not a setting"),
        ({"train.seed": {"low": 1, "high": 2}}, "it is no setting of `train` that changes what"),
        ({"split.test": {"low": 0.1, "high": 0.2}}, "it is no setting of `train` that changes"),
        ({"train.epochs.more": {"low": 1, "high": 2}}, "'epochs' is no group of settings"),
        ({"train.epochs": {"low": 1.5, "high": 9.5}}, "1.5 is refused: 'train.epochs' is 1.5"),
    ],
)
def test_the_section_is_wrong(project, space, said):
    with pytest.raises(SettingsError) as found:
        params.check(project(space))
    assert said in str(found.value)
    assert len(str(found.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"train.options.depth": {"low": 1, "high": 2}}, "1 is refused: 'train.options.depth'"),
        ({"train.options.dropout": {"low": 0.5, "high": 1.5}}, "1.5 is refused: "),
        ({RATE: {"low": 0.1, "high": 0.2}}, "it does not hold the value of today, 0.005"),
        ({"train.options.hidden": {"choices": [[8], [9]]}}, "value of today, [16]"),
    ],
)
def test_the_project_s_network_refuses_it_or_today_is_outside(project, space, said):
    with pytest.raises(SettingsError) as found:
        Job.of(project(space))
    assert said in str(found.value)
    assert len(str(found.value).splitlines()) == 1


def test_values_of_today_with_defaults(project):
    space = {
        RATE: {"low": 0.001, "high": 0.01},
        "train.options.hidden": {"choices": [[8], [16]]},
        "train.trees.lambda_l2": {"low": 1, "high": 9},
        "train.ship": {"choices": ["network", "best"]},
    }
    job = Job.of(project(space))
    assert job.today == {
        RATE: 0.005,
        "train.options.hidden": [16],
        "train.trees.lambda_l2": 3.0,
        "train.ship": "network",
    }
    changed = job.settings({RATE: 0.01, "train.trees.lambda_l2": 2})
    assert (changed.learning_rate, changed.trees.lambda_l2, changed.trees.folds) == (0.01, 2, 2)


def test_folds_do_not_fit_a_split_by_time(project):
    space = {RATE: {"low": 0.001, "high": 0.01}}
    by_time = {"by": "time", "validation_from": "2026-01-01", "test_from": "2026-03-01"}
    root = project(space, tune={"folds": 3})
    values = yaml.safe_load((root / "params.yaml").read_text()) | {"split": by_time}
    (root / "params.yaml").write_text(yaml.safe_dump(values))
    with pytest.raises(SettingsError, match=r"'tune.folds' takes rows in any order of time"):
        params.check(root)


def test_an_older_project_has_no_such_section(project):
    root = project({RATE: {"low": 0.001, "high": 0.01}})
    shutil.copy2(SMALL / "params.yaml", root)
    assert params.check(root).tune is None
    with pytest.raises(SettingsError, match="there is no section `tune`"):
        Job.of(root)
