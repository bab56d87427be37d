"""The demo's project: a copy with a story, which leaves the checkout as it is."""

import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.demo import demo, html_page, project_copy, story_server
from mainline.demo.quarter import folder_of
from mainline.params import params
from mainline.process import children
from mainline.project import Package
from project import ROOT


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    return project_copy.copied(ROOT, tmp_path_factory.mktemp("demo"))


def test_it_is_a_repository_without_a_release(copied):
    assert copied.git.branch() == "main"
    assert copied.git.run("rev-list", "--count", "HEAD").strip() == "1"
    assert copied.git.run("status", "--porcelain") == ""
    assert not Layout(copied.root).release.exists()
    assert not Layout(copied.root).lock.exists()


def test_its_settings_fit_and_its_stage_reads_the_story(copied):
    assert params.check(copied.root).monitoring.triggers.quality is not None
    stages = yaml.safe_load(Layout(copied.root).pipeline.read_text())["stages"]
    story = [name for name in stages["ingest"]["deps"] if name.endswith("/story.py")]
    assert (copied.root / story[0]).is_file()
    assert "PACKAGE" not in (copied.root / story[0]).read_text()


@pytest.fixture(scope="module")
def rows(copied) -> pd.DataFrame:
    return copied.data.source.read(date(2026, 12, 31), copied.root).frame


def test_the_story_changes_one_column_in_august_and_the_answer_in_september(copied, rows):
    months = rows["snapshot_date"].dt.strftime("%m")[rows["snapshot_date"].dt.year == 2026]
    discount = rows["discount_share"].groupby(months).mean()
    left = rows["churned"].eq("yes").groupby(months).mean()
    income = rows["income"].groupby(months).mean()
    assert discount["08"] - discount["07"] > 0.15
    assert abs(income["08"] / income["07"] - 1) < 0.05
    assert abs(left["08"] - left["07"]) < 0.03
    assert left["09"] - left["08"] > 0.2


def test_what_was_known_stays_when_a_later_day_is_asked_for(copied, rows):
    before = copied.data.source.read(date(2026, 10, 31), copied.root).frame
    key = ["customer_id", "snapshot_date"]
    both = before.merge(rows, on=key, suffixes=("", "_later"), validate="one_to_one")
    assert len(both) == len(before)
    for name in ("discount_share", "churned"):
        assert (both[name] == both[f"{name}_later"]).all()


def test_rows_of_one_s_own_have_no_story(tmp_path):
    root = tmp_path / "own"
    root.mkdir()
    for name in ("pyproject.toml", "params.yaml"):
        shutil.copy2(ROOT / name, root / name)
    values = yaml.safe_load((root / "params.yaml").read_text())
    values["data"]["source"] = {"kind": "file", "path": "rows.csv"}
    (root / "params.yaml").write_text(yaml.safe_dump(values))
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    with pytest.raises(MainlineError, match="this project has rows of its own") as found:
        project_copy.copied(root, tmp_path / "demo")
    assert "\n" not in str(found.value)


def test_the_copy_commits_without_an_identity_of_the_person(copied, tmp_path, monkeypatch):
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL", "GIT_CONFIG_GLOBAL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "none").mkdir()
    (tmp_path / "none/.gitconfig").write_text(
        "[user]\nuseConfigOnly = true\n[commit]\ngpgsign = true"
    )
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    copied.git.run("commit", "--quiet", "--allow-empty", "--message", "As `retrain` does")
    assert copied.git.run("log", "-1", "--format=%an <%ae>").strip() == "demo <demo@localhost>"
    copied.git.run("reset", "--quiet", "--hard", "HEAD~1")


def test_nothing_is_written_to_the_team_s_mlflow_and_no_token_is_given(tmp_path, monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "https://team.example")
    names = project_copy.apart(tmp_path).keys()
    assert not names & {"MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "GITHUB_TOKEN"}
    assert "PATH" in names
    package = Package.of(ROOT).name
    shutil.copy2(ROOT / Layout.params, tmp_path)
    with (tmp_path / Layout.params).open("a") as file:
        file.write("\nrecord: {tracking_uri: https://team.example}\n")
    assert project_copy._params(tmp_path, package)["record"] == {"tracking_uri": None}


@pytest.mark.parametrize(
    ("logged", "kept"), [(False, False), (True, True)], ids=["nothing ran", "a log"]
)
def test_a_folder_of_ours_goes_when_the_demo_fails_at_its_beginning(
    tmp_path, monkeypatch, logged, kept
):
    def fail(_: Path, folder: Path) -> None:
        if logged:
            (folder / "log.txt").touch()
        raise MainlineError("no.")

    monkeypatch.setattr(project_copy, "copied", fail)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(MainlineError, match=r"no\."):
        demo.run(ROOT, requests=10_000, into=None, no_browser=True)
    assert bool(list(tmp_path.iterdir())) is kept
    named = tmp_path / "named"
    with pytest.raises(MainlineError, match=r"no\."):
        demo.run(ROOT, requests=10_000, into=named, no_browser=True)
    assert named.is_dir()


def test_a_server_that_never_says_its_address_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "PATIENCE", 0.1)
    silent = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(
        silent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        with pytest.raises(MainlineError, match=r"did not start within 0\.1 s") as found:
            story_server._address(process, tmp_path / "log", within=0.1)
        assert process.poll() is not None
    assert "\n" not in str(found.value)


def test_a_server_that_ends_at_once_is_one_line(tmp_path):
    with (
        subprocess.Popen(["true"], stdout=subprocess.PIPE, text=True) as process,
        pytest.raises(MainlineError, match="the server did not start"),
    ):
        story_server._address(process, tmp_path / "log")


def test_a_folder_that_is_not_empty_and_too_few_requests_are_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MainlineError, match="--into is not empty"):
        folder_of(tmp_path)
    with pytest.raises(MainlineError, match="of so few requests nothing can be said"):
        demo.run(ROOT, requests=10, into=None, no_browser=True)


def test_a_page_becomes_html_that_needs_nothing_else(tmp_path):
    source = tmp_path / "page.md"
    source.write_text(
        "# Alarm\n\n| a | b |\n| --- | --- |\n| &lt;script&gt; | 2 |\n\n<script>x</script>\n"
    )
    text = html_page.write(source, tmp_path / "page.html", "September").read_text()
    assert "<td>2</td>" in text
    assert "<script>" not in text
    assert "http" not in text
    with pytest.raises(MainlineError, match="cannot be read"):
        html_page.write(tmp_path / "none.md", tmp_path / "page.html", "September")
