"""A stage whose deps lack a file of the project's own code does not start."""

import pytest
import yaml

from mainline.cli import main as cli
from mainline.core.errors import SettingsError
from mainline.dvc import extension_deps
from project import Project


@pytest.fixture
def fresh(tmp_path):
    return Project.create(tmp_path / "project", tmp_path)


def write(project, module, text):
    (project.root / f"src/small/{module}.py").write_text(text)


STAGES = ["ingest", "validate", "split", "train", "evaluate", "package", "release"]


@pytest.mark.parametrize("stage", STAGES)
def test_the_small_project_names_all_its_files(fresh, stage):
    extension_deps.check(fresh.root, stage)


@pytest.mark.parametrize(
    "text",
    [
        "import small.blocks\n",
        "from small import blocks\n",
        "from .blocks import x\n",
        "def late():\n    def later():\n        from small.blocks import x\n",
    ],
)
def test_a_file_that_is_missing_in_deps_is_named_with_its_line(fresh, text):
    write(fresh, "blocks", "x = 1\nraise RuntimeError('never run')\n")
    features = fresh.root / "src/small/features.py"
    features.write_text(features.read_text() + text)
    for stage in ("train", "evaluate", "package"):
        with pytest.raises(SettingsError) as caught:
            extension_deps.check(fresh.root, stage)
        said = str(caught.value)
        assert said.endswith(
            f"Add to stages.{stage}.deps in dvc.yaml:\n      - src/small/blocks.py"
        )
    extension_deps.check(fresh.root, "validate")


def test_a_folder_in_deps_covers_its_files(fresh):
    write(fresh, "blocks", "")
    write(fresh, "simulator", "import small.blocks\n")
    with pytest.raises(SettingsError, match=r"stages\.ingest\.deps"):
        extension_deps.check(fresh.root, "ingest")
    path = fresh.root / "dvc.yaml"
    values = yaml.safe_load(path.read_text())
    values["stages"]["ingest"]["deps"] = ["src/small"]
    path.write_text(yaml.safe_dump(values))
    extension_deps.check(fresh.root, "ingest")


def test_a_source_of_another_module_is_followed(fresh):
    write(fresh, "shop", "def read(as_of, options): pass\n")
    fresh.set(**{"data.source.function": "small.shop:read"})
    with pytest.raises(SettingsError, match=r"- src/small/shop\.py"):
        extension_deps.check(fresh.root, "ingest")


def test_a_module_that_cannot_be_read_is_named(fresh):
    write(fresh, "checks", "def (\n")
    with pytest.raises(SettingsError, match=r"src/small/checks\.py: cannot be read"):
        extension_deps.check(fresh.root, "validate")


def test_the_command_of_a_stage_stops_at_once(fresh, monkeypatch, capsys):
    write(fresh, "blocks", "")
    write(fresh, "checks", "from small import blocks\n")
    monkeypatch.chdir(fresh.root)
    assert cli.main(["validate"]) == 1
    assert "- src/small/blocks.py" in capsys.readouterr().err
