"""`engine.yaml` in a source tree: written, checked, and what a stage says about a bad one."""

import re

import pytest

from mainline.cli import main as cli
from mainline.lock import closures
from mainline.lock.engine_file import NAME, EngineFile
from mainline.lock.running import ready
from this_engine import this_engine


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project with a pipeline, and nothing else."""
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    monkeypatch.chdir(tmp_path)
    this_engine()  # writes closures.json
    return tmp_path


def said(capsys, *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    return cli.main(list(words)), *capsys.readouterr()


def test_it_names_version_and_stages_and_is_written_only_when_it_changes(root, capsys):
    code, out, _ = said(capsys, "lock")
    assert code == 0
    assert out == "engine.yaml names engine 0.2.0 and its code for each stage\n"
    assert EngineFile.read(root) == this_engine()
    before = (root / NAME).stat().st_mtime_ns
    assert said(capsys, "lock") == (0, "engine.yaml is up to date: engine 0.2.0\n", "")
    assert (root / NAME).stat().st_mtime_ns == before


def test_check_writes_nothing(root, capsys):
    code, _, err = said(capsys, "lock", "--check")
    assert (code, err) == (
        1,
        "lock: engine.yaml: does not exist. `mainline lock` writes the file.\n",
    )
    assert not (root / NAME).exists()
    said(capsys, "lock")
    assert said(capsys, "lock", "--check")[0] == 0
    text = (root / NAME).read_text()
    (root / NAME).write_text(re.sub("(split: ).{64}", rf"\g<1>{'f' * 64}", text))
    assert "engine.yaml: is out of date for split. " in said(capsys, "lock", "--check")[2]
    (root / NAME).write_text(text.replace("0.2.0", "0.1.0"))
    err = said(capsys, "lock", "--check")[2]
    assert "out of date for no stage, only in its version. Found engine 0.1.0, expected" in err


def test_it_is_written_in_a_project_alone(root, capsys):
    (root / "dvc.yaml").unlink()
    code, _, err = said(capsys, "lock")
    assert (code, err) == (1, "lock: dvc.yaml: does not exist, so this is not a project.\n")
    assert not (root / NAME).exists()


BAD = {
    None: "engine.yaml: does not exist. `mainline lock` writes the file.",
    "stages: [": "engine.yaml is not valid YAML",
    "- 1\n": "engine.yaml ",
    "version: 0.2.0\n": "engine.yaml: has no stages. Expected `name: hash` lines.",
    "stages: 3\n": "engine.yaml: has no stages. Found 3, expected `name: hash` lines.",
    "stages: {train: 12}\n": "engine.yaml: 'stages.ingest' is no SHA-256. Found None, expected 64",
    "stages: &a {ingest: *a}\n": "engine.yaml is not valid YAML",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_file_is_one_clear_error_and_nothing_is_written(root, capsys, text):
    if text:
        (root / NAME).write_text(text)
    code, out, err = said(capsys, "ingest")
    assert (code, out) == (1, "")
    assert err.startswith(f"ingest: {BAD[text]}")
    assert "`mainline lock` writes the file." in err
    assert {path.name for path in root.iterdir()} <= {"dvc.yaml", NAME}


def test_bytes_that_are_no_text_are_an_error(root, capsys):
    (root / NAME).write_bytes(b"\xff\xfe")
    assert "engine.yaml: cannot be read" in said(capsys, "ingest")[2]


def test_a_stage_refuses_other_code_and_says_what_to_do(root, capsys):
    other = EngineFile("0.1.0", this_engine().stages | {"split": "0" * 64})
    other.write(root)
    code, _, err = said(capsys, "split")
    ours = this_engine().stages["split"][:12]
    assert code == 1
    assert err == (
        "split: engine.yaml: another engine runs than the one it names for stage 'split'. "
        f"Found engine 0.2.0, code {ours}, in {closures.ENGINE}, "
        "expected engine 0.1.0, code 000000000000. "
        "`mainline lock` takes the engine as it is, and `make run` calls it.\n"
    )


def test_a_stage_whose_code_is_the_same_runs_under_another_version(root, capsys):
    EngineFile("0.1.0", this_engine().stages | {"split": "0" * 64}).write(root)
    assert "params.yaml does not exist" in said(capsys, "ingest")[2]


def test_before_a_run_the_file_is_written(root, capsys):
    ready(root)
    assert EngineFile.read(root) == this_engine()
    assert capsys.readouterr().out.startswith("engine.yaml names engine 0.2.0")
    ready(root)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("text", ["{}", "[]", '{"version": "1", "stages": {"ingest": {}}}', "{"])
def test_a_damaged_list_of_closures_is_an_error(root, capsys, monkeypatch, text):
    this_engine().write(root)
    (root / "closures.json").write_text(text)
    monkeypatch.setattr(closures, "PLACE", root / "closures.json")
    code, _, err = said(capsys, "ingest")
    assert code == 1
    assert "closures.json: " in err
    assert "`mainline lock` writes it." in err
