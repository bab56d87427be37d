"""The bars in force are the base branch's; a proposal cannot vouch for itself."""

from types import SimpleNamespace

import pytest
from judging import judge

from mainline.core.errors import MainlineError
from mainline.gate import cases, notes
from mainline.gate.bars import in_force
from mainline.gate.decide import decide
from mainline.git import Git

WISHES = {"gate.champion.reset": "reset", "validation.statistics.accepted": "accepted"}
REASON = "the income column is gone for good"


def bars(project):
    return in_force(Git(project.root), "main")


def test_settings_of_the_base_are_in_force_and_what_changes_is_told(settings):
    settings.set(
        **{
            "gate.bars": {"roc_auc": {"min": 0.01}},
            "validation.statistics.quantiles": 1e9,
            "evaluation.slices": {},
            "evaluation.fairness": {},
        }
    )
    found = bars(settings)
    assert found.gate.bars["roc_auc"].min == 0.6
    assert found.statistics.quantiles == 0.2
    assert found.evaluation.slices == {"gender": None}
    for change in (
        "gate.bars.roc_auc.min changes from 0.6 to 0.01",
        "validation.statistics.quantiles changes from 0.2 to 1",
        "evaluation.slices",
    ):
        assert any(note.startswith(change) for note in found.notes), change


@pytest.mark.parametrize("key", WISHES)
@pytest.mark.parametrize(
    ("main", "own", "counts"),
    [(None, REASON, True), (None, " ", False), (REASON, REASON, False), (None, None, False)],
)
def test_a_reason_counts_in_the_proposal_that_gives_it_and_is_told(
    settings, key, main, own, counts
):
    settings.set(**{key: main})
    settings.merge()
    settings.set(**{key: own})
    found = bars(settings)
    assert getattr(found, WISHES[key]) == (REASON if counts else None)
    assert any(REASON in note for note in found.notes) is counts
    first = in_force(Git(settings.root), None)
    assert getattr(first, WISHES[key]) == (own if own == REASON else None)


def test_a_base_without_readable_bars_closes(settings):
    path = settings.root / "params.yaml"
    good = path.read_text()
    path.write_text(good.replace("largest_gap", "largest_gasp"))
    settings.merge("Broken bars")
    path.write_text(good)
    verdict = judge(settings)
    assert not verdict.open
    assert "largest_gap" in verdict.rules[0].why


def test_without_a_main_the_own_bars_are_in_force(settings):
    found = in_force(Git(settings.root), None)
    assert found.gate.bars["roc_auc"].min == 0.6
    assert found.notes == ["main has no bars yet: the bars of this proposal apply."]


def test_a_revision_that_git_does_not_know_is_an_error(settings):
    with pytest.raises(MainlineError, match="no revision 'origin/nowhere'"):
        decide(Git(settings.root), "origin/nowhere", retrain=False, in_ci=True)


def test_a_missing_main_is_an_error_in_ci_and_on_a_laptop_a_first_model(settings):
    settings.git("branch", "-D", "main")
    git = Git(settings.root)
    with pytest.raises(MainlineError, match="fetch the base branch"):
        cases.base(git, None, in_ci=True)
    assert cases.base(git, None, in_ci=False) is None


def test_outside_git_there_is_nothing_to_judge_against(tmp_path):
    with pytest.raises(MainlineError, match="not a git repository"):
        cases.base(Git(tmp_path), None, in_ci=False)


def test_a_tag_called_main_does_not_choose_the_bars(settings):
    main = settings.git("rev-parse", "main").strip()
    settings.commit("Loose bars")
    settings.git("tag", "main")
    assert cases.base(Git(settings.root), None, in_ci=True) == main


def test_rows_that_are_divided_anew_are_told(settings):
    settings.set(**{"split.salt": "another"})
    candidate = SimpleNamespace(root=settings.root)
    champion = SimpleNamespace(git=Git(settings.root), commit="main")
    [note] = notes.on_split(candidate, champion)
    assert "chooses its own test rows" in note
    settings.git("checkout", "-q", "--", "params.yaml")
    assert notes.on_split(candidate, champion) == []


def test_rules_that_are_loosened_together_with_the_data_are_told(settings, candidates):
    known, git = candidates("champion"), Git(settings.root)
    settings.set(**{"validation.columns": {"age": {"min": 18, "max": 30}}})
    settings.merge("Strict rules")
    settings.set(**{"validation.columns": {}})
    candidate = SimpleNamespace(root=settings.root, frame=known.frame, table=known.table)
    [note] = notes.on_validation(candidate, git, "main")
    assert "would be refused: age: max" in note
    settings.merge("The same rules")
    assert notes.on_validation(candidate, git, "main") == []
