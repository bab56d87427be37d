"""What the gate says of batches: against the manifest, against main's, against the source."""

from judging import data_rule, lose_a_row, refused
from live_source import execute

from mainline.core.layout import Layout
from mainline.data import ingest
from mainline.snapshots import snapshot


def test_batches_that_main_has_are_not_asked_for_again(copy_of):
    live = copy_of("live")
    execute(live, "DELETE FROM rows WHERE customer_id < 'C0000100'")
    (live.root / "shop.db").rename(live.root / "gone.db")
    found, notes = data_rule(live)
    assert (found.outcome, notes) == ("pass", [])
    assert "the batches give the same table" in found.why


def test_a_new_batch_that_the_source_gives_passes(copy_of):
    assert data_rule(copy_of("live_july"))[0].outcome == "pass"


def test_a_new_batch_that_the_source_does_not_give_closes(copy_of):
    live = copy_of("live_july")
    execute(live, "UPDATE rows SET age = age + 1 WHERE known > '2026-07-01'")
    assert "the source now gives another batch of 2026-07-31: 200 changed" in refused(live)


def test_a_new_batch_of_a_source_that_is_down_closes(copy_of):
    live = copy_of("live_july")
    (live.root / "shop.db").unlink()
    assert "there is no SQLite file" in refused(live)


def test_without_the_source_s_secret_a_new_batch_is_told(copy_of, monkeypatch):
    monkeypatch.delenv("SHOP", raising=False)
    live = copy_of("live_july")
    live.set(**{"data.source.url": "sqlite:///${SHOP}"})
    found, notes = data_rule(live)
    assert found.outcome == "pass"
    (note,) = [note for note in notes if "taken on trust" in note]
    assert "2026-07-31 (200 rows)" in note
    assert "SHOP is not set" in note


def test_history_that_changes_is_told_with_its_rows(copy_of):
    live = copy_of("live")
    execute(live, "DELETE FROM rows WHERE customer_id = 'C0000001'")
    execute(live, "UPDATE rows SET age = 99 WHERE customer_id = 'C0000002'")
    snapshot.run(live.root, again="2026-06-30")
    ingest.run(live.root)
    found, notes = data_rule(live)
    assert found.outcome == "pass"
    (note,) = [note for note in notes if "REWRITES HISTORY" in note]
    assert "the batch of 2026-06-30 has" in note
    assert " gone, " in note
    assert " changed" in note
    assert "C0000001" not in note


def test_a_batch_that_the_manifest_does_not_name_closes(copy_of):
    live = copy_of("live")
    lose_a_row(Layout(live.root).snapshots / "2026-06-30.parquet")
    assert ": not the batch that data/snapshots.json names" in refused(live)


def test_a_table_that_the_batches_do_not_give_closes(copy_of):
    live = copy_of("live")
    lose_a_row(Layout(live.root).table)
    assert "give other rows" in refused(live)


def test_batches_that_a_merge_would_lose_close(copy_of):
    live = copy_of("live")
    Layout(live.root).snapshots_dvc.unlink()
    assert "data/snapshots.dvc is missing" in refused(live)
