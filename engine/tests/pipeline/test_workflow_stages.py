"""`mainline workflows`: every stage of dvc.yaml in one of three pods, after the stages it needs."""

import shutil
from pathlib import Path

import pytest
import yaml

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.dvc.workflow_stages import rendered
from mainline.k8s.workflow_files import STAGES
from repository import repository

ROOT = Path(__file__).parents[3]


@pytest.fixture
def stages():
    return yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]


@pytest.fixture
def divided(tmp_path):
    """Writes a pipeline and divides it."""
    repository(tmp_path)
    Layout(tmp_path).dvc.mkdir()
    Layout(tmp_path).dvc_config.touch()
    for name in ("params.yaml", "engine.yaml"):
        shutil.copy2(ROOT / name, tmp_path)

    def divide(stages: dict) -> dict[str, list[str]]:
        Layout(tmp_path).pipeline.write_text(yaml.safe_dump({"stages": stages}, sort_keys=False))
        text = yaml.safe_load(rendered(tmp_path))["data"]
        return {name: names.split(",") if names else [] for name, names in text.items()}

    return divide


def test_ours_are_divided_and_in_git(stages, divided):
    assert divided(stages) == {
        "data": ["ingest", "validate", "split"],
        "train": ["train"],
        "package": ["evaluate", "package", "release"],
    }
    assert (ROOT / STAGES).read_text() == rendered(ROOT)


def test_every_stage_is_there_once_and_after_what_it_needs(stages, divided):
    found = [name for names in divided(dict(reversed(stages.items()))).values() for name in names]
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
        ({"metrics": [{"requirements": {"cache": False}}]}, "data"),
        ({"wdir": "requirements", "outs": ["train.txt"]}, "data"),
    ],
)
def test_a_stage_more_comes_to_the_right_task(stages, divided, stage, task):
    found = divided(stages | {"mine": {"cmd": "mine"} | stage})
    assert [name for name, names in found.items() if "mine" in names] == [task]


def test_a_folder_that_is_read_comes_after_each_stage_that_writes_into_it(divided):
    found = divided(
        {
            "train": {"cmd": "a", "deps": ["data"]},
            "two": {"cmd": "a", "deps": ["data/one.csv"], "outs": ["data/two.csv"]},
            "one": {"cmd": "a", "outs": ["data/one.csv"]},
        }
    )
    assert found == {"data": ["one", "two"], "train": ["train"], "package": []}


def test_each_of_several_stages_by_one_entry_is_named(stages, divided):
    each = {"cmd": "a ${item}", "deps": ["models/trained"], "outs": ["data/${item}.csv"]}
    found = divided(stages | {"many": {"foreach": ["a", "b"], "do": each}})
    assert found["package"][:3] == ["evaluate", "many@a", "many@b"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it.pop("train"), "has no stage 'train'. Found ingest, validate"),
        (lambda it: it.clear(), "has no stage 'train'. Found no stage"),
        (
            lambda it: it["split"]["deps"].append("models/trained"),
            "cannot be read by DVC: .*both a dependency and an output",
        ),
        (
            lambda it: it["train"]["outs"].append("data/split/more"),
            "cannot be read by DVC: .*overlap",
        ),
        (lambda it: it.update(empty=None), "cannot be read by DVC: .*validation failed"),
    ],
)
def test_a_pipeline_that_cannot_be_divided_is_said(stages, divided, change, said):
    change(stages)
    with pytest.raises(MainlineError, match=said):
        divided(stages)


def test_the_command_writes_the_file_once_and_refuses_a_broken_pipeline(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["workflows"]) == 1
    assert "does not exist, so this is not a project" in capsys.readouterr().err
    repository(tmp_path)
    Layout(tmp_path).dvc.mkdir()
    Layout(tmp_path).dvc_config.touch()
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
