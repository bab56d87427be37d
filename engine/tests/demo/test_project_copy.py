"""The demo's project: a copy with a story, which leaves the checkout as it is."""

import shutil
import subprocess
from datetime import date

import pandas as pd
import pytest
import yaml

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.demo import demo, html_page, project_copy
from mainline.demo.quarter import folder_of
from mainline.params import params
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
