"""The pods of a scoring workflow: what was submitted is checked before any of them scores."""

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mainline.cluster import task_plan, task_score
from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.places import Place
from mainline.release.release_file import Release
from mainline.scoring import manifest
from mainline.scoring.parquet_input import Source
from mainline.scoring.partition import Partition
from tiny_pipeline import release


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


def plan(cluster, **named: str | int) -> tuple[str, Path]:
    """The commit and the folder for the scores that a plan hands on."""
    handed = {"commit_file": cluster.home / "commit", "output_file": cluster.home / "output"}
    options: dict = {
        "revision": "main",
        "environment": "staging",
        "source": str(cluster.home / "rows"),
        "into": str(cluster.home / "scores"),
        "partitions": "2",
        "allow_failed": 0,
    }
    options |= named
    task_plan.run(cluster.pod(), **options, directory=Path(), **handed)
    commit, output = (path.read_text() for path in handed.values())
    return commit, Path(output)


def scored(cluster, folder: Path, share: str = "1/2") -> None:
    """A partition is finished, as far as `plan` looks."""
    rows = Source(Place.of(str(cluster.home / "rows")))
    model = Release.parse((cluster.author.root / Layout.release).read_text(), name="release")
    described = manifest.text(manifest.shared(model, rows), 0)
    stem = Partition.parse(share).stem
    write_text(folder / f"_{stem}.json", described)
    table = pa.table({"row": [1]}).replace_schema_metadata({manifest.KEY: described})
    pq.write_table(table, folder / f"{stem}.parquet")


def test_a_plan_hands_on_the_commit(released, capsys):
    commit, folder = plan(released)
    assert commit == released.tip("main")
    said = capsys.readouterr().out
    assert "plan      8 rows in 2 files, 2 partitions" in said
    assert "plan      staging runs tiny, version " in said
    assert "row groups" not in said
    assert f"plan      the scores' folder is {folder}\n" in said


def test_each_input_and_model_has_a_folder_of_its_own(released):
    _, first = plan(released)
    assert first.parent == released.home / "scores"
    assert re.fullmatch(rf"{release(1).version}-[0-9a-f]{{12}}", first.name)
    scored(released, first)
    assert plan(released)[1] == first  # a finished partition is no error

    pd.DataFrame({"who": range(3)}).to_parquet(released.home / "rows/c.parquet")
    _, with_more = plan(released)
    (released.home / "rows/c.parquet").unlink()
    assert plan(released)[1] == first

    released.author.write(Layout.release, release(2).render())
    released.push(message="Promoted")
    _, by_another = plan(released)
    assert by_another.name.split("-")[0] == release(2).version
    assert by_another.name.split("-")[1] == first.name.split("-")[1]
    assert len({first, with_more, by_another}) == 3


def test_scores_of_another_number_of_partitions_are_refused(released):
    _, folder = plan(released)
    scored(released, folder, "1/3")
    with pytest.raises(MainlineError) as found:
        plan(released)
    assert str(found.value).startswith(
        f"{folder}/_part-0001-of-0003.json: is one of 3 partitions; this run makes 2."
    )


def test_scores_of_something_else_in_the_folder_are_refused(released):
    _, folder = plan(released)
    scored(released, folder)
    moved = folder.rename(folder.with_name("moved"))
    pd.DataFrame({"who": range(3)}).to_parquet(released.home / "rows/c.parquet")
    moved.rename(plan(released)[1])
    with pytest.raises(MainlineError, match=r"holds other scores: input.content is sha256:.*, not"):
        plan(released)


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
        ({"into": "rows/scores"}, "OUTPUT rows/scores lies in INPUT "),
        ({"into": "rows"}, "OUTPUT rows lies in INPUT "),
        ({"allow_failed": -1}, "--allow-failed -1 is below 0."),
    ],
)
def test_what_was_submitted_wrong(released, named, said, monkeypatch):
    monkeypatch.chdir(released.home)
    with pytest.raises(MainlineError) as found:
        plan(released, **named)
    assert said in str(found.value)
    assert len(str(found.value).splitlines()) == 1
    assert not (released.home / "commit").exists()
    assert not (released.home / "output").exists()


def test_a_partition_is_scored_with_the_commit_s_model(released, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        task_score.score, "run", lambda root, **named: seen.update(named, root=root)
    )
    pod, commit = released.pod(), released.tip("main")
    options = {"environment": "staging", "source": "in", "into": "out", "partition": "3/16"}
    options |= {"allow_failed": 7}
    task_score.run(pod, revision=commit, directory=Path(), **options)
    root = seen.pop("root")
    assert seen == options
    assert Layout(root).release.read_text() == (released.author.root / "release.txt").read_text()
