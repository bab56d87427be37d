"""A champion with another table or another split: common test rows, or none that are fair."""

import pytest
from judging import knowing

from mainline.core.errors import MainlineError
from mainline.gate import opponent
from mainline.gate.opponent import NotComparableError, meet


@pytest.fixture
def proposed(candidates):
    """The second model under other settings or beside other rows."""

    def make(*without, **changed):
        second = candidates("second")
        known = {"table": second.table, "split": second.split, "scores": second.scores}
        known |= {"scorer": second.scorer, "frame": second.frame}
        known["frame"] = known["frame"].drop(columns=list(without))
        if "split" in changed:
            known.pop("scores")
        return knowing(second.root, **known | changed)

    return make


def test_the_same_table_and_split_are_the_same_test_rows(proposed, champion, candidates):
    found = meet(proposed(), champion, 1000)
    assert found.problem is None
    assert found.common.how == "the same test rows"
    assert (found.common.their_scores == candidates("champion").scores).all()


def test_a_column_that_is_gone_is_taken_from_the_champions_own_table(
    proposed, champion, candidates
):
    found = meet(proposed("income"), champion, 1000)
    assert "matched by key, since income is gone" in found.common.how
    assert len(found.common.ours) == len(candidates("second").test)
    assert (found.common.scores == candidates("second").scores).all()
    assert sorted(found.common.their_scores) == sorted(candidates("champion").scores)


def test_another_split_is_compared_on_rows_that_are_test_rows_in_both(
    proposed, champion, candidates
):
    another = candidates("second").split.model_copy(update={"salt": "another"})
    candidate = proposed(split=another)
    found = meet(candidate, champion, 1)
    assert found.common.how == "rows that are test rows in both splits"
    assert 0 < len(found.common.ours) < len(candidate.test)
    shared = set(found.common.ours["customer_id"])
    assert shared <= set(candidates("champion").test["customer_id"])


def test_too_few_common_rows_are_not_comparable(proposed, champion):
    found = meet(proposed(), champion, 100_000)
    assert isinstance(found.problem, NotComparableError)
    assert "are test rows for both models" in str(found.problem)


def test_another_question_is_not_comparable(proposed, champion, candidates):
    other = candidates("second").table.model_copy(update={"positive": "no"})
    found = meet(proposed(table=other), champion, 1)
    assert isinstance(found.problem, NotComparableError)
    assert "different questions" in str(found.problem)


def test_settings_of_the_champion_that_do_not_parse_are_not_comparable(
    proposed, champion, monkeypatch
):
    def refuse(*_):
        raise MainlineError("no section 'table'")

    monkeypatch.setattr(type(champion), "settings", refuse)
    assert isinstance(meet(proposed(), champion, 1).problem, NotComparableError)


@pytest.mark.parametrize("method", ["__init__", "score"])
def test_a_champion_that_no_server_could_serve_is_not_comparable(
    proposed, champion, monkeypatch, method
):
    class Unservable(opponent.Scorer):
        pass

    def refuse(*_):
        raise MainlineError("Could not find variable")

    setattr(Unservable, method, refuse)
    monkeypatch.setattr(opponent, "Scorer", Unservable)
    found = meet(proposed(), champion, 1)
    assert isinstance(found.problem, NotComparableError)
    assert "Could not find variable" in str(found.problem)
