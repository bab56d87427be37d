"""Batches that nobody would have asked for: each is judged, or at least told."""

import json
from types import SimpleNamespace

import pytest
from judging import data_rule, refused

from mainline.core.files import write_json
from mainline.core.layout import Layout
from mainline.data import batches, ingest
from mainline.data.batches import Batch, Manifest
from mainline.gate import batches as history
from mainline.gate import source
from mainline.gate.candidate import Candidate
from mainline.gate.verdict import Rule
from mainline.git import Git
from mainline.snapshots import keep
from project import FILE, Project


@pytest.fixture
def live(copy_of) -> Project:
    return copy_of("live")


def forge(project: Project, day: str, **values: object) -> None:
    """A batch of `day` with rows that the source never gave, where it belongs by its own word."""
    (last,) = keep.known(project.root).batches
    rows = batches.load(project.root, last)
    since = None if day == str(last.as_of) else str(last.as_of)
    made = Batch(**(last.model_dump(mode="json") | {"as_of": day, "since": since} | values))
    before = [] if since is None else [last]
    made = keep.write(project.root, made, rows.slice(0, rows.num_rows - 1))
    write_json(Layout(project.root).manifest, Manifest(batches=[*before, made]).plain())


def from_a_file(project: Project) -> tuple[Rule, list[str]]:
    """What the rule says when the table comes from a file beside the batches."""
    project.set(**{"data.source": FILE})
    ingest.run(project.root)
    return data_rule(project)


def test_a_batch_that_only_a_later_table_would_hold_is_asked_for(live):
    forge(live, "2026-07-15")
    assert "gives another batch of 2026-07-15" in refused(live)


def test_a_batch_of_another_query_is_told(live):
    forge(live, "2026-07-15", query="0" * 64)
    (note,) = [note for note in data_rule(live)[1] if "taken on trust" in note]
    assert "2026-07-15" in note
    assert "another query" in note


def test_history_is_judged_also_when_table_and_model_stay(live):
    git = Git(live.root)
    assert source.settled(Candidate(live.root), git, ["main"])
    forge(live, "2026-06-30")
    assert not source.settled(Candidate(live.root), git, ["main"])
    assert "other rows" in refused(live)


def test_a_rewritten_batch_is_told_also_when_the_source_is_a_file(live):
    forge(live, "2026-06-30")
    (note,) = [note for note in from_a_file(live)[1] if "HISTORY" in note]
    assert "the batch of 2026-06-30" in note
    assert "1 gone" in note


def test_a_new_batch_beside_a_file_is_told(live):
    forge(live, "2026-07-15")
    (note,) = [note for note in from_a_file(live)[1] if "taken on trust" in note]
    assert "2026-07-15" in note
    assert "data.source.kind is file" in note


def test_a_manifest_that_is_gone_is_no_quiet_end_of_history(live):
    Layout(live.root).manifest.write_text(json.dumps({"batches": []}))
    assert refused(live)
    _, notes = from_a_file(live)
    assert any("REWRITES HISTORY: the batch of 2026-06-30" in note for note in notes)


def test_a_batch_of_main_out_of_reach_is_told_without_its_rows(live, monkeypatch):
    def gone(*_, **__):
        raise history.OutOfReachError("neither here nor there")

    forge(live, "2026-06-30")
    monkeypatch.setattr(history, "fetch", gone)
    (note,) = history.rewritten(Candidate(live.root), Git(live.root), "main")
    assert "main's batch is out of reach" in note


def batch(day: int, sha: str) -> Batch:
    values = {"since": None, "rows": 3, "sha256": sha * 64, "query": "0" * 64, "source": "db"}
    return Batch(as_of=f"2026-01-{day:02}", **values)


def test_many_batches_leave_room_for_other_notes(monkeypatch, tmp_path):
    known, forged = (
        batches.Manifest(batches=[batch(day, sha) for day in range(1, 29)]) for sha in "ab"
    )
    manifest = Layout(tmp_path).manifest
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
