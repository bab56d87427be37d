"""Batches that nobody would have asked for: each is judged, or at least told."""

import json
from types import SimpleNamespace

import pytest
from live_source import rows_of

from customer_churn.core import paths
from customer_churn.data import batches
from customer_churn.data.batches import Batch
from customer_churn.gate import history
from customer_churn.snapshots import keep
from project import Project


@pytest.fixture
def kept(live: Project) -> Project:
    """Main has what was proposed."""
    live.commit("Another seed")
    live.git("branch", "-f", "main", "HEAD")
    return live


def forge(project: Project, day: str, **values: object) -> None:
    """A batch of `day` with rows that the source never gave, where it belongs by its own word."""
    known = keep.known(project.root)
    (last,) = known.batches
    rows = batches.load(project.root, last)
    since = None if day == str(last.as_of) else str(last.as_of)
    made = Batch(**(last.model_dump(mode="json") | {"as_of": day, "since": since} | values))
    before = [] if since is None else [last]
    made = keep.write(project.root, made, rows.slice(0, rows.num_rows - 1))
    keep.record(project.root, [*before, made])
    project.dvc("commit", "--force", "--quiet")


def take_from_a_file(project: Project) -> None:
    rows_of(project).to_parquet(project.root / "rows.parquet", index=False)
    project.set(**{"data.source": {"kind": "file", "path": "rows.parquet"}})


def test_a_batch_that_only_a_later_table_would_hold_is_asked_for(live, judge, rule):
    forge(live, "2026-07-15")
    verdict = judge(live)
    assert "gives another batch of 2026-07-15" in rule(verdict, "data").why
    assert not verdict.open


def test_a_batch_of_another_query_is_told(live, judge):
    forge(live, "2026-07-15", query="0" * 64)
    (note,) = [note for note in judge(live).notes if "taken on trust" in note]
    assert "2026-07-15" in note
    assert "another query" in note


def test_history_is_judged_also_when_table_and_model_stay(kept, judge, rule):
    assert judge(kept).case == "same"
    assert judge(kept).open
    forge(kept, "2026-06-30")
    verdict = judge(kept)
    assert verdict.case == "same"
    assert not verdict.open
    assert "other rows" in rule(verdict, "data").why


def test_a_rewritten_batch_is_told_also_when_the_source_is_a_file(live, judge):
    take_from_a_file(live)
    forge(live, "2026-06-30")
    live.run("ingest")
    (note,) = [note for note in judge(live).notes if "HISTORY" in note]
    assert "the batch of 2026-06-30" in note
    assert "1 gone" in note


def test_a_new_batch_beside_a_file_is_told(live, judge):
    take_from_a_file(live)
    forge(live, "2026-07-15")
    live.run("ingest")
    (note,) = [note for note in judge(live).notes if "taken on trust" in note]
    assert "2026-07-15" in note
    assert "data.source.kind is file" in note


def test_a_manifest_that_is_gone_is_no_quiet_end_of_history(live, judge, rule):
    (live.root / paths.MANIFEST).write_text(json.dumps({"batches": []}))
    live.dvc("commit", "--force", "--quiet")
    assert not judge(live).open


def batch(day: int, sha: str) -> Batch:
    values = {"since": None, "rows": 3, "sha256": sha * 64, "query": "0" * 64, "source": "db"}
    return Batch(as_of=f"2026-01-{day:02}", **values)


def test_many_batches_leave_room_for_other_notes(monkeypatch, tmp_path):
    known, forged = (
        batches.Manifest(batches=[batch(day, sha) for day in range(1, 29)]) for sha in "ab"
    )
    manifest = tmp_path / paths.MANIFEST
    manifest.parent.mkdir()
    manifest.write_text(json.dumps(forged.plain()))
    monkeypatch.setattr(history, "_of_main", lambda *_: known)
    monkeypatch.setattr(history, "_rows", lambda *_, **__: "")
    candidate = SimpleNamespace(
        root=tmp_path, data=SimpleNamespace(source=SimpleNamespace(kind="file"))
    )
    told = history.rewritten(candidate, None, "base")
    assert len(told) == 6
    assert "23 more batches" in told[-1]
    (note,) = history.on_trust(candidate, None, "base")
    assert "28 new batches of 2026-01-01 to 2026-01-28 (84 rows)" in note
