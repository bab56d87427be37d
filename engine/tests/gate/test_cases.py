"""Which case a branch is, by what main's history says of its model."""

import hashlib
from types import SimpleNamespace

import pytest
from judging import judge
from released import PACKAGE, A, B, C, release

from mainline.core.layout import Layout
from mainline.gate import cases, notes
from mainline.gate.champion import Champion
from mainline.git import Git
from mainline.packaging.content import version

TABLE = b"the rows of main"
LOCK = "stages: {ingest: {outs: [{path: data/table.parquet, md5: %s}]}}\n"


@pytest.fixture
def branch(settings):
    """A branch of a main that has released model A."""
    release(settings, A)
    table = Layout(settings.root).table
    table.parent.mkdir()
    table.write_bytes(TABLE)
    digest = hashlib.md5(TABLE, usedforsecurity=False).hexdigest()
    Layout(settings.root).lock.write_text(LOCK % digest)
    settings.merge("Model A")
    return settings


def case(project, content, *, retrain=False, **package):
    git = Git(project.root)
    package = SimpleNamespace(**(PACKAGE | package))
    candidate = SimpleNamespace(root=project.root, content=content, package=package)
    return cases.of(candidate, Champion.at(git, git.known("main")), git, retrain=retrain)


def test_before_the_first_release_every_model_is_the_first(settings):
    assert case(settings, A) == ("first", [])


def test_another_model_is_a_proposal_or_a_retrain(branch):
    assert case(branch, B) == ("proposal", [])
    assert case(branch, B, retrain=True) == ("retrain", [])


def test_mains_model_by_mains_rows_and_questions_is_the_same(branch):
    main = branch.git("rev-parse", "main").strip()
    assert case(branch, A, retrain=True) == ("same", [main])


@pytest.mark.parametrize("change", ["split.salt", "evaluation.seed", "table"])
def test_with_other_rows_or_questions_it_is_a_proposal_and_never_a_retrain(branch, change):
    """A model is not better than itself."""
    if change == "table":
        Layout(branch.root).table.write_bytes(b"other rows")
    else:
        branch.set(**{change: 5})
    assert case(branch, A, retrain=True)[0] == "proposal"


@pytest.mark.parametrize("package", [{"image": "registry.example/other"}, {"name": "other"}])
def test_another_registry_or_name_is_a_proposal_and_not_nothing(branch, package):
    assert case(branch, A, **package) == ("proposal", [])


def test_a_model_from_mains_history_is_a_rollback(branch):
    release(branch, B)
    branch.merge("Model B")
    found, before = case(branch, A)
    assert found == "rollback"
    assert branch.git("rev-parse", "main~1").strip() in before


def test_a_branch_that_main_has_left_behind_is_no_rollback(branch):
    left = branch.git("rev-parse", "main").strip()
    release(branch, B)
    branch.merge("Model B")
    branch.git("checkout", "-q", left)
    assert case(branch, A) == ("behind", [left])


def test_a_model_that_main_only_held_inside_a_merged_branch_is_no_rollback(branch):
    release(branch, B)
    branch.commit("In passing")
    release(branch, C)
    branch.commit("What was reviewed")
    branch.git("switch", "-q", "main")
    branch.git("merge", "-q", "--no-ff", "-m", "Merge", "proposal")
    assert case(branch, B) == ("proposal", [])
    assert case(branch, A)[0] == "rollback"


def test_a_release_whose_version_is_not_its_contents_closes(branch):
    path = Layout(branch.root).release
    path.write_text(path.read_text().replace(f'"{version(A)}"', '"42"'))
    branch.merge("Version 42")
    verdict = judge(branch)
    assert not verdict.open
    assert "version 42 does not match its content" in verdict.rules[0].why


def test_a_release_on_main_that_is_none_closes(branch):
    Layout(branch.root).release.write_text("data: 3\n")
    branch.merge("Garbage")
    verdict = judge(branch)
    assert not verdict.open
    assert "is not a release file" in verdict.rules[0].why


def test_a_shallow_clone_says_that_it_knows_no_rollback(branch):
    git = Git(branch.root)
    assert notes.on_history(git) == []
    (branch.root / ".git" / "shallow").write_text(branch.git("rev-parse", "main"))
    assert "--unshallow" in notes.on_history(git)[0]
