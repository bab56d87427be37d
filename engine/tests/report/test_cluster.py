"""The rendered difference in the comment; Kustomize itself is tried in tests/delivery."""

import pytest

from mainline.core.errors import MainlineError
from mainline.gate import server
from mainline.gate.verdict import Rule
from mainline.k8s import rendered as manifests
from mainline.report import cluster


@pytest.fixture
def renders(monkeypatch):
    def play(before, after):
        monkeypatch.setattr(manifests, "rendered_at", lambda git, revision: before)
        monkeypatch.setattr(manifests, "rendered", lambda root: after)

    return play


def test_the_lines_that_differ_stand_in_a_diff_block(repository, renders):
    renders({"staging": "image: a\n"}, {"staging": "image: b\n"})
    text = cluster.section(repository, "HEAD").render(10_000)
    assert "```diff\n--- staging, now\n+++ staging, then" in text
    assert "-image: a\n+image: b\n```" in text


def test_nothing_is_said_to_change_when_nothing_does(repository, renders):
    renders({"staging": "image: a\n"}, {"staging": "image: a\n"})
    assert "Nothing: every overlay" in cluster.section(repository, "HEAD").render(10_000)


@pytest.mark.parametrize("after", ["image: a\n", "image: b\n"])
def test_a_server_older_than_the_trainer_is_told(repository, renders, monkeypatch, after):
    told = [Rule.judged("server", True, "the server is older")]
    monkeypatch.setattr(server, "rules", lambda root: told)
    renders({"staging": "image: a\n"}, {"staging": after})
    assert "the server is older\n" in cluster.section(repository, "HEAD").render(10_000)


def test_a_server_whose_version_cannot_be_read_is_told(repository, renders, monkeypatch):
    monkeypatch.setattr(server, "rules", lambda root: 1 / 0)
    renders({}, {"staging": "image: b\n"})
    text = cluster.section(repository, "HEAD").render(10_000)
    assert "version is not known: division by zero" in text


def test_a_long_difference_is_cut_inside_its_block(repository, renders):
    renders({}, {"staging": "line\n" * 5000})
    text = cluster.section(repository, "HEAD").render(2_000)
    assert len(text) <= 2_000
    assert "more lines were cut" in text
    assert text.count("```") == 2


def test_no_text_of_a_manifest_ends_the_block(repository, renders):
    renders({}, {"staging": "note: '```'\n"})
    assert cluster.section(repository, "HEAD").render(10_000).count("```") == 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            MainlineError("neither kustomize nor kubectl is installed."),
            "neither kustomize nor kubectl",
        ),
        (TypeError("unexpected keyword"), "TypeError"),
    ],
)
def test_what_goes_wrong_is_said_and_stops_nothing(repository, monkeypatch, error, said):
    def broken(root):
        raise error

    monkeypatch.setattr(manifests, "rendered", broken)
    text = cluster.section(repository, "").render(10_000)
    assert f"Not known here: {said}" in text
