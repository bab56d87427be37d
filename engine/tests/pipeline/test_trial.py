"""`try`: a scratch copy of its own, and clear errors before there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest

from mainline.core.config import read_params
from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.layout import Layout
from mainline.gate.verdict import Rule, Verdict
from mainline.pipeline import judge, trial
from project import EXAMPLES, SMALL

EXAMPLE = EXAMPLES / "telco/params.yaml"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a champion, an edit that is not committed and a file that git ignores."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in ("params.yaml", ".gitignore"):
        shutil.copy2(SMALL / name, root / name)
    (Layout(root).release).parent.mkdir(parents=True)
    for name in (Layout.release, Layout.lock, Path("tracked.txt"), Path("mlflow.db")):
        (root / name).write_text("old\n")
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        ["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "One"],
    ):
        subprocess.run(["git", "-C", str(root), *command], check=True)
    (root / "tracked.txt").write_text("edited\n")
    (root / "new.txt").write_text("new\n")
    return root


@pytest.fixture
def data(tmp_path: Path) -> str:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n")
    return str(path)


@pytest.fixture
def loop_stubbed(monkeypatch):
    """The pipeline and the gate are others' business."""
    seen: dict[str, object] = {}
    monkeypatch.setattr(trial, "reproduce", lambda root, variables: seen.update(variables))
    verdict = Verdict("first", "", [Rule.judged("size", True, "")])
    monkeypatch.setattr(judge, "judge", lambda root, in_ci: seen.update(in_ci=in_ci) or verdict)
    return seen


def test_a_stage_that_fails_points_at_the_settings_that_were_given(checkout, data, monkeypatch):
    def fail(*_, **__):
        raise StageFailedError("the pipeline stopped")

    monkeypatch.setattr(trial, "reproduce", fail)
    with pytest.raises(MainlineError, match=f"params.yaml stands for {EXAMPLE}. Fix the file"):
        trial.run(checkout, EXAMPLE, data, None)


def test_the_copy_has_the_working_tree_the_params_and_no_champion(
    checkout, data, tmp_path, loop_stubbed
):
    into = tmp_path / "scratch"
    assert trial.run(checkout, EXAMPLE, data, into)
    assert (into / "tracked.txt").read_text() == "edited\n"
    assert (into / "new.txt").exists()
    for gone in (Layout.release, Layout.lock, Path("mlflow.db")):
        assert not (into / gone).exists()
    params = read_params(into)
    assert params["data"]["source"]["path"] == data
    assert params["table"] == read_params(EXAMPLE.parent)["table"]
    assert loop_stubbed["PYTHONPATH"] == str(into / "src")
    assert loop_stubbed["in_ci"] is False


def test_who_signs_commits_need_not_sign_this_one(checkout, data, monkeypatch, loop_stubbed):
    settings = {"COUNT": "2", "KEY_0": "commit.gpgsign", "VALUE_0": "true"}
    for name, value in (settings | {"KEY_1": "gpg.program", "VALUE_1": "false"}).items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert trial.run(checkout, EXAMPLE, data, None)


def test_the_checkout_stays_as_it_is(checkout, data, loop_stubbed):
    def state() -> list[tuple[str, bytes]]:
        files = [path for path in checkout.rglob("*") if path.is_file()]
        return sorted((str(path), path.read_bytes()) for path in files)

    before = state()
    trial.run(checkout, EXAMPLE, data, None)
    assert state() == before


def test_the_summary_names_the_scratch_copy(checkout, data, tmp_path, loop_stubbed, capsys):
    trial.run(checkout, EXAMPLE, data, tmp_path / "scratch")
    said = capsys.readouterr().out
    assert f"scratch   {tmp_path / 'scratch'}" in said
    assert str(tmp_path / "scratch" / Layout.comment) in said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": Path("nowhere.yaml")}, "nowhere.yaml cannot be read"),
        (
            {"settings": EXAMPLES / "multiclass/params.yaml"},
            "needs 'data.source.kind' to be 'file'",
        ),
        ({"data": "nowhere.csv"}, "nowhere.csv does not exist"),
    ],
)
def test_wrong_arguments_are_named_and_nothing_is_made(checkout, data, tmp_path, change, message):
    into = tmp_path / "scratch"
    arguments = {"settings": EXAMPLE, "data": data, "into": into} | change
    with pytest.raises(MainlineError, match=message):
        trial.run(checkout, **arguments)
    assert not into.exists()


@pytest.mark.parametrize("below", ["", "/day=*/*.parquet"])
def test_data_may_be_many_files(checkout, tmp_path, loop_stubbed, below):
    (tmp_path / "lake").mkdir()
    data = f"{tmp_path / 'lake'}{below}"
    assert trial.run(checkout, EXAMPLE, data, tmp_path / "scratch")
    assert read_params(tmp_path / "scratch")["data"]["source"]["path"] == data


def test_a_function_needs_no_data_and_a_file_does(checkout, tmp_path, loop_stubbed):
    into = tmp_path / "scratch"
    example = EXAMPLES / "regression/params.yaml"
    assert trial.run(checkout, example, None, into)
    assert read_params(into)["table"]["task"] == "regression"
    with pytest.raises(MainlineError, match=r"reads a file: name it with `--data`"):
        trial.run(checkout, EXAMPLE, None, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_file_is_no_scratch_directory(checkout, data, tmp_path):
    for into in (Path(data), Path(data) / "below"):
        with pytest.raises(MainlineError, match=f"--into: {into}"):
            trial.run(checkout, EXAMPLE, data, into)


def test_a_typo_in_the_params_is_named_before_anything_is_made(checkout, data, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(EXAMPLE.read_text().replace("  epochs:", "  epoch:"))
    with pytest.raises(MainlineError, match=r"train\.epoch"):
        trial.run(checkout, wrong, data, tmp_path / "scratch")
    assert not (tmp_path / "scratch").exists()


def test_a_directory_that_holds_something_is_not_written_into(checkout, data, tmp_path):
    with pytest.raises(MainlineError, match="is not empty"):
        trial.run(checkout, EXAMPLE, data, tmp_path)


def test_outside_git_the_error_is_gits(data, tmp_path):
    root = tmp_path / "plain"
    root.mkdir()
    with pytest.raises(MainlineError, match="ls-files"):
        trial.run(root, EXAMPLE, data, tmp_path / "scratch")


@pytest.mark.parametrize("same", [True, False])
def test_functions_about_the_columns_of_another_table_are_left_out(
    checkout, data, tmp_path, loop_stubbed, capsys, same
):
    own = checkout / "src/small"
    own.mkdir(parents=True)
    for name in ("network.py", "features.py", "checks.py"):
        (own / name).write_text(f"{name[:-3]} = 1\n")
    settings = tmp_path / "trial.yaml"
    text = (checkout / "params.yaml").read_text()
    settings.write_text(text if same else text.replace("[age, income", "[income, age"))
    assert same or settings.read_text() != text
    assert trial.run(checkout, settings, None, checkout / "scratch")  # in a repository
    made = checkout / "scratch/src/small"
    assert (made / "network.py").read_text() == "network = 1\n"
    for name in ("features", "checks"):
        assert ((made / f"{name}.py").read_text() == f"{name} = 1\n") is same
        assert (own / f"{name}.py").read_text() == f"{name} = 1\n"
    assert ("leaves out checks.py, features.py" in capsys.readouterr().out) is not same
