import pytest

from mainline.core.errors import MainlineError
from mainline.delivery import trace


def test_a_version_leads_to_the_change_the_data_and_the_figures(story, capsys):
    story.deploy(1)
    commit = story.merge(2, "Merge pull request #12 from ada/change")
    story.promote(2)
    story.deploy(3)
    release = story.release(2)
    trace.run(story.root, release.version)
    said = capsys.readouterr().out
    for part in (
        release.content,
        release.image,
        f"{commit} Merge pull request #12",
        "#12",
        "CPU x86_64, Python 3.11, lock 2",
        "sha256:2, 1,000 rows of here, as of 2026-06-30",
        "ROC AUC 0.8020",
    ):
        assert part in said
    assert said.splitlines()[-1].split() == ["runs", "in", "production"]


def test_a_version_that_never_was_names_the_content_to_look_for(story):
    story.deploy(1)
    with pytest.raises(MainlineError, match=r"`git fetch` .*content sha256:00000000002a…"):
        trace.run(story.root, "42")


@pytest.mark.parametrize("version", ["x", "-1", str(2**48)])
def test_a_number_that_is_no_version_is_said(story, version):
    story.deploy(1)
    with pytest.raises(MainlineError, match="is not a version"):
        trace.run(story.root, version)
