"""Release 1, release 2, back: what is deployed is what was deployed."""

import pytest

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.delivery import rollback
from mainline.k8s.environments import release_path
from mainline.k8s.rendered import rendered


def test_staging_comes_back_with_params_and_figures_and_words_stay(story, capsys):
    story.deploy(1)
    story.merge(2, "Merge pull request #12 from ada/change")
    story.write("README.md", "Meanwhile.\n")
    story.commit("Words")
    rollback.run(story.root, "staging")
    assert Layout(story.root).release.read_text() == story.release(1).render()
    assert "seed: 1" in Layout(story.root).params.read_text()
    assert "0.801" in Layout(story.root).figures.read_text()
    assert (story.root / "README.md").exists()
    assert f"to version {story.release(1).version} (" in capsys.readouterr().out
    assert story.git.run("status", "--porcelain") == ""
    assert story.git.run("branch", "--show-current").startswith("rollback-staging-")


@pytest.mark.check
def test_the_manifests_are_those_of_then_byte_for_byte(overlays):
    overlays.deploy(1)
    first = rendered(overlays.root)
    overlays.deploy(2)
    assert rendered(overlays.root) != first
    rollback.run(overlays.root, "staging")
    assert rendered(overlays.root) == first


def test_production_comes_back_alone(story):
    for number in (1, 2):
        story.deploy(number)
        story.promote(number)
    rollback.run(story.root, "production")
    assert story.release(1).render() == (story.root / release_path("production")).read_text()
    assert story.release(2).render() == Layout(story.root).release.read_text()


def test_the_first_release_has_nothing_before_it(story):
    story.deploy(1)
    with pytest.raises(MainlineError, match="no earlier release to roll back to"):
        rollback.run(story.root, "staging")


def test_work_in_progress_is_not_touched(story):
    story.deploy(1)
    story.deploy(2)
    story.write("README.md", "mine\n")
    story.git.run("add", "README.md")
    with pytest.raises(MainlineError, match=r"not committed: README.md\. .*git stash -u"):
        rollback.run(story.root, "staging")
    assert (story.root / "README.md").read_text() == "mine\n"


def test_a_file_in_the_way_of_a_branch_is_not_overwritten(story):
    story.deploy(1)
    story.deploy(2)
    story.write(release_path("production"), "mine\n")
    with pytest.raises(MainlineError, match=r"committed: k8s/overlays/production/release\.yaml\."):
        rollback.run(story.root, "staging")
    assert (story.root / release_path("production")).read_text() == "mine\n"


def test_files_that_git_does_not_track_do_not_hold_a_rollback_up(story):
    story.deploy(1)
    story.deploy(2)
    story.write("notes.txt", "mine\n")
    rollback.run(story.root, "staging")
    assert (story.root / "notes.txt").read_text() == "mine\n"
    assert "notes.txt" not in story.git.run("ls-files")


def test_a_second_time_it_names_the_branch_of_the_first(story):
    story.deploy(1)
    story.deploy(2)
    rollback.run(story.root, "staging")
    branch = story.git.run("branch", "--show-current").strip()
    with pytest.raises(
        MainlineError, match=f"the branch {branch} exists already. To continue with it: `git switch"
    ):
        rollback.run(story.root, "staging")
    assert story.git.run("branch", "--show-current").strip() == branch


def test_a_revert_that_conflicts_leaves_everything_as_it_was(story):
    story.deploy(1)
    story.deploy(2)
    story.write(Layout.params, "train: {seed: 2, epochs: 9}\n")
    head = story.commit("More epochs")
    story.write("notes.txt", "mine\n")
    with pytest.raises(MainlineError, match="A later change depends on this one") as stop:
        rollback.run(story.root, "staging")
    assert "cannot be reverted, because of params.yaml.\n" in str(stop.value)
    assert (story.root / "notes.txt").read_text() == "mine\n"
    (story.root / "notes.txt").unlink()
    assert story.git.run("rev-parse", "HEAD").strip() == head
    assert story.git.run("status", "--porcelain") == ""
    assert story.git.run("branch", "--format=%(refname:short)").split() == ["main"]


def test_an_unknown_environment_is_named(story):
    story.deploy(1)
    with pytest.raises(
        MainlineError, match="no environment 'prod'; there are staging and production"
    ):
        rollback.run(story.root, "prod")
