"""`dvc repro` as the loop calls it, with a pipeline of one line."""

import subprocess
from pathlib import Path

import pytest

from customer_churn.core.errors import UserError
from customer_churn.loop import pipeline


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A repository whose only stage runs the command in `command.sh`."""
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text("[core]\n    analytics = false\n")
    (tmp_path / "dvc.yaml").write_text(
        "stages:\n  one:\n    cmd: sh command.sh\n    deps: [command.sh]\n    outs: [out.txt]\n"
    )
    return tmp_path


def test_a_stage_runs_with_our_commands_in_reach(tiny):
    (tiny / "command.sh").write_text("command -v customer-churn > out.txt\n")
    pipeline.reproduce(tiny)
    assert (tiny / "out.txt").read_text().strip().endswith("customer-churn")


def test_a_failing_stage_is_an_error_that_says_what_to_do(tiny):
    (tiny / "command.sh").write_text("exit 3\n")
    with pytest.raises(UserError, match="stopped at the error above"):
        pipeline.reproduce(tiny)


def test_with_a_remote_what_is_there_is_not_made_again(tiny, tmp_path_factory):
    remote = tmp_path_factory.mktemp("remote")
    config = tiny / ".dvc" / "config"
    config.write_text(
        config.read_text() + f"    remote = r\n['remote \"r\"']\n    url = {remote}\n"
    )
    (tiny / "command.sh").write_text("echo made >> made.txt; echo x > out.txt\n")
    pipeline.reproduce(tiny)
    subprocess.run(["dvc", "push", "-q"], cwd=tiny, env=pipeline.environment(), check=True)
    (tiny / "out.txt").unlink()
    for path in sorted((tiny / ".dvc" / "cache").rglob("*"), reverse=True):
        path.chmod(0o755)
        path.rmdir() if path.is_dir() else path.unlink()
    pipeline.reproduce(tiny)
    assert (tiny / "out.txt").exists()
    assert (tiny / "made.txt").read_text() == "made\n"
