"""A source that says something else of the past is told, and taken only when it is asked for."""

import pytest

from mainline.core.layout import Layout


@pytest.fixture
def corrected(two):
    """One of June is gone, one is older, and one comes late."""
    two.execute("DELETE FROM customers WHERE id = 'c01'")
    two.execute("UPDATE customers SET age = 99 WHERE id = 'c02'")
    two.add("2026-06-20", ["late"])
    return two


def test_a_source_that_stays_is_said_to(two, capsys):
    assert two.snapshot(check=True)
    said = capsys.readouterr().out
    assert "2026-06-30: 20 rows, the same" in said
    assert "2026-07-31: 4 rows, the same" in said


def test_what_differs_is_counted_and_named(corrected, capsys):
    assert not corrected.snapshot(check=True)
    said = capsys.readouterr().out
    assert "2026-06-30: the source has changed: 1 gone, 1 new, 1 changed" in said
    assert "for example id=c01; id=late; id=c02" in said
    assert "2026-07-31: 4 rows, the same" in said


def test_nothing_is_taken_unasked(corrected):
    before = corrected.batches()
    table = corrected.table()
    corrected.snapshot(check=True)
    corrected.snapshot(as_of="2026-08-31")
    assert corrected.batches()[:2] == before
    assert corrected.table().equals(table)


def test_again_makes_it_a_change_of_the_manifest(corrected, capsys):
    june, july = corrected.batches()
    corrected.snapshot(again="2026-06-30")
    assert "1 gone, 1 new, 1 changed" in capsys.readouterr().out
    now, same = corrected.batches()
    assert (now.rows, now.sha256 != june.sha256, same) == (20, True, july)
    assert "c01" not in corrected.table().index
    assert corrected.snapshot(check=True)


def test_again_without_a_difference_changes_nothing(two, capsys):
    before = two.batches()
    two.snapshot(again="2026-07-31")
    assert "gives the same rows" in capsys.readouterr().out
    assert two.batches() == before


@pytest.mark.parametrize("damage", ["cut", "lost"])
def test_again_replaces_a_batch_that_is_lost_or_damaged(two, damage):
    path = two.root / two.batches()[0].path
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[:-9])
    else:
        path.unlink()
        Layout(two.root).snapshots_dvc.unlink()
    two.snapshot(again="2026-06-30")
    assert path.read_bytes() == content


def test_a_changed_query_is_asked_for_the_newest_day_only(two):
    two.source["query"] += " AND id <> 'c04'"
    two.write()
    assert not two.snapshot(check=True)
    assert "Take the newest one anew instead" in two.refused(again="2026-06-30")
    two.snapshot(again="2026-07-31")
    assert two.batches()[-1].since is None
    assert "c04" not in two.table().index


def test_batches_that_no_table_needs_are_not_asked_for(two, capsys):
    two.source["query"] += " AND id <> 'c04'"
    two.write()
    two.snapshot(as_of="2026-08-31")
    two.execute("DELETE FROM customers WHERE id = 'c04'")
    assert two.snapshot(check=True)
    assert "2026-06-30 to 2026-07-31: no table uses them" in capsys.readouterr().out


def test_a_source_with_other_columns_is_different(two, capsys):
    two.execute("ALTER TABLE customers RENAME TO c")
    two.execute("CREATE VIEW customers AS SELECT id, 'x' AS age, town, gone, known_on FROM c")
    assert not two.snapshot(check=True)
    assert "the source now holds column 'age' as string" in capsys.readouterr().out


def test_a_day_that_was_never_taken(two):
    assert "there is no batch of 2026-01-01; there are: 2026-06-30, 2026-07-31" in two.refused(
        again="2026-01-01"
    )


def test_check_before_the_first(shop):
    assert "no batch was taken yet" in shop.refused(check=True)
