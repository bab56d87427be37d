"""`mainline workflows`: every stage of dvc.yaml in one of three pods, after the stages it needs."""

from pathlib import Path

import pytest
import yaml

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.core.strict_yaml import read_yaml
from mainline.dvc.workflow_stages import rendered, tasks
from mainline.k8s.workflow_files import STAGES

ROOT = Path(__file__).parents[3]


@pytest.fixture
def stages():
    text = (ROOT / "dvc.yaml").read_text()
    return read_yaml(text, name="dvc.yaml")["stages"]


def test_ours_are_divided_and_in_git(stages):
    assert tasks(stages) == {
        "data": ["ingest", "validate", "split"],
        "train": ["train"],
        "package": ["evaluate", "package", "release"],
    }
    assert (ROOT / STAGES).read_text() == rendered(ROOT)


def test_every_stage_is_there_once_and_after_what_it_needs(stages):
    found = [name for names in tasks(dict(reversed(stages.items()))).values() for name in names]
    assert sorted(found) == sorted(stages)
    assert found.index("ingest") < found.index("split") < found.index("train")
    assert found.index("train") < found.index("evaluate") < found.index("package")


@pytest.mark.parametrize(
    ("stage", "task"),
    [
        ({"deps": ["data/table.parquet"], "outs": ["data/joined"]}, "package"),
        ({"deps": ["models/trained/saved_model.pb"], "outs": ["plots/mine.csv"]}, "package"),
        ({"outs": ["requirements/train.txt"]}, "data"),
        ({"outs": [{"requirements": {"cache": False}}]}, "data"),
        ({"metrics": [{"data/split": {"cache": False}}]}, "data"),
        ({"outs": ["data/split/extra.parquet"]}, "data"),
        ({"wdir": "data", "outs": ["split/extra.parquet"]}, "data"),
    ],
)
def test_a_stage_more_comes_to_the_right_task(stages, stage, task):
    found = tasks(stages | {"mine": stage})
    assert [name for name, names in found.items() if "mine" in names] == [task]


def test_a_folder_that_is_read_comes_after_each_stage_that_writes_into_it():
    found = tasks(
        {
            "train": {"deps": ["data"]},
            "one": {"outs": ["data/one.csv"]},
            "two": {"deps": ["data/one.csv"], "outs": ["data/two.csv"]},
        }
    )
    assert found == {"data": ["one", "two"], "train": ["train"], "package": []}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it.pop("train"), "has no stage 'train'. Found ingest, validate"),
        (lambda it: it.clear(), "has no stage 'train'. Found no stage"),
        (lambda it: it["split"]["deps"].append("models/trained"), "stages need each other"),
        (lambda it: it.update(many={"foreach": ["a"], "do": {}}), "'many' is not one stage"),
        (lambda it: it.update(many={"matrix": {}}), "'many' is not one stage"),
        (lambda it: it.update(empty=None), "'empty' is not one stage"),
    ],
)
def test_a_pipeline_that_cannot_be_divided_is_said(stages, change, said):
    change(stages)
    with pytest.raises(MainlineError, match=said):
        tasks(stages)


def test_the_command_writes_the_file_once_and_refuses_a_broken_pipeline(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["workflows"]) == 1
    assert "does not exist, so this is not a project" in capsys.readouterr().err
    (tmp_path / "dvc.yaml").write_text("stages: {train: {cmd: x}}\n")
    assert cli.main(["workflows"]) == 0
    assert yaml.safe_load((tmp_path / STAGES).read_text())["data"] == {
        "data": "",
        "train": "train",
        "package": "",
    }
    before = (tmp_path / STAGES).read_text()
    assert cli.main(["workflows"]) == 0
    assert "is up to date" in capsys.readouterr().out
    (tmp_path / "dvc.yaml").write_text("stages: {learn: {cmd: x}}\n")
    assert cli.main(["workflows"]) == 1
    assert (tmp_path / STAGES).read_text() == before
