"""The pods of a scoring workflow: what was submitted is checked before any of them scores."""

from pathlib import Path

import pandas as pd
import pytest

from mainline.cluster import task_plan, task_score
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout


@pytest.fixture
def released(cluster, tmp_path):
    """Staging has a release, production has none; two files of rows to score."""
    text = (cluster.author.root / "release.txt").read_text()
    cluster.author.write(Layout.release, text)
    cluster.push(message="Released")
    for name in ("a", "b"):
        (tmp_path / "rows").mkdir(exist_ok=True)
        pd.DataFrame({"who": range(4)}).to_parquet(tmp_path / f"rows/{name}.parquet")
    return cluster


def plan(cluster, **named: str) -> Path:
    handed = cluster.home / "commit"
    options = {
        "revision": "main",
        "environment": "staging",
        "source": str(cluster.home / "rows"),
        "into": str(cluster.home / "scores"),
        "partitions": "2",
    }
    options |= named
    task_plan.run(cluster.pod(), **options, directory=Path(), commit_file=handed)
    return handed


def test_a_plan_hands_on_the_commit(released, capsys):
    assert plan(released).read_text() == released.tip("main")
    said = capsys.readouterr().out
    assert "plan      8 rows in 2 files, 2 partitions" in said
    assert "plan      staging runs tiny, version " in said
    assert "row groups" not in said


def test_more_partitions_than_row_groups_are_told(released, capsys):
    plan(released, partitions="16")
    assert "only 2 row groups: some partitions have no row" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"partitions": "0"}, "--partitions: has a wrong value. Found '0'"),
        ({"partitions": "many"}, "Found 'many', expected 1 to 9999"),
        ({"partitions": "10000"}, "Found '10000'"),
        ({"partitions": "1/2"}, "Found '1/2'"),
        ({"environment": "production"}, "production has no release at "),
        ({"environment": "qa"}, "there is no environment 'qa'; there are staging and production."),
        ({"revision": "typo"}, "has no revision 'typo'"),
        ({"source": "/nowhere"}, "/nowhere: does not exist."),
        ({"source": "ftp://host/x"}, "'ftp://host/x' cannot be read."),
        ({"into": ""}, "'' cannot be read."),
    ],
)
def test_what_was_submitted_wrong(released, named, said):
    with pytest.raises(MainlineError) as found:
        plan(released, **named)
    assert said in str(found.value)
    assert len(str(found.value).splitlines()) == 1
    assert not (released.home / "commit").exists()


def test_a_partition_is_scored_with_the_commit_s_model(released, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        task_score.score, "run", lambda root, **named: seen.update(named, root=root)
    )
    pod, commit = released.pod(), released.tip("main")
    options = {"environment": "staging", "source": "in", "into": "out", "partition": "3/16"}
    task_score.run(pod, revision=commit, directory=Path(), **options)
    root = seen.pop("root")
    assert seen == options
    assert Layout(root).release.read_text() == (released.author.root / "release.txt").read_text()
