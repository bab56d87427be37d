"""A promotion that a workflow makes: from Argo CD's word or a person's, as a pull request."""

import json

import pytest
from promotions import PRODUCTION, made

from github_stub import BOT, PERSON, Fault
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.delivery import check_promotion, promote
from mainline.delivery.evidence import NAME
from mainline.k8s.environments import release_path


@pytest.mark.check
def test_argo_cd_s_word_becomes_a_pull_request_that_says_all(pushed, dispatched, github, tmp_path):
    pushed.deploy(1)
    pushed.promote(1)
    pushed.merge(2, "Merge pull request #12 from ada/another-seed")
    dispatched()
    assert made(pushed, 2) == pushed.release(2).render()
    [pull] = github.pulls
    release = pushed.release(2)
    assert pull["title"] == f"Promote version {release.version} to production"
    for part in (
        f"| version | `{pushed.release(1).version}` | `{release.version}` |",
        "ROC AUC 0.8010 (0.7900 to 0.8300) | ROC AUC 0.8020",
        "| #12 ada/another-seed (",
        "Lead time: ",
        "sent by argo-bot",
        "| server |  | the server of k8s/overlays/staging |",
        "| when |  | 2026-11-21T10:00:00Z |",
        f"Healthy and Synced at {pushed.git.run('rev-parse', 'main').strip()}",
        "+  - image: registry.example/model@sha256:03",
        "mainline rollback production",
    ):
        assert part in pull["body"], part
    started = {"ref": pull["head"]["ref"], "inputs": {"number": str(pull["number"])}}
    assert github.dispatched == [("propose.yml", started)]
    assert pull["body"] in (tmp_path / "summary").read_text()


def test_the_evidence_travels_and_is_held_to_main(pushed, dispatched):
    pushed.deploy(1)
    dispatched()
    evidence = json.loads(made(pushed, 1, PRODUCTION.with_name(NAME)))
    assert [check["name"] for check in evidence["checks"]] == ["Argo CD"]
    assert evidence["where"] == "staging"
    assert "sent by argo-bot" in evidence["made_by"]
    evidence["digest"] = "sha256:" + "0" * 64
    pushed.write(PRODUCTION.with_name(NAME), json.dumps(evidence))
    with pytest.raises(MainlineError, match="does not support version"):
        check_promotion.run(pushed.root, "origin/main")


def test_a_word_about_a_staging_without_a_smoke_test_promotes_nothing(pushed, dispatched, github):
    overlay = release_path("staging").with_name("kustomization.yaml")
    pushed.write(overlay, (pushed.root / overlay).read_text().replace("components:", "labels:"))
    pushed.deploy(1)
    with pytest.raises(MainlineError, match="so nothing tested the release"):
        dispatched()
    assert github.pulls == []


def test_a_second_word_about_the_same_release_leaves_the_request_alone(pushed, dispatched, github):
    pushed.deploy(1)
    dispatched()
    before = pushed.git.run("ls-remote", "origin")
    dispatched()
    assert len(github.pulls) == 1
    assert pushed.git.run("ls-remote", "origin") == before


def test_after_a_request_was_closed_the_next_word_opens_another(pushed, dispatched, github):
    pushed.deploy(1)
    dispatched()
    github.pulls[0]["state"] = "closed"
    pushed.git.run("switch", "-q", "main")
    pushed.git.run("branch", "-q", "-D", f"promote-{pushed.release(1).version}")
    pushed.write("README.md", "Meanwhile.\n")
    pushed.commit("Words")
    dispatched()
    assert [pull["state"] for pull in github.pulls] == ["closed", "open"]


def test_a_newer_release_closes_the_bot_s_older_request(pushed, dispatched, github):
    pushed.deploy(1)
    dispatched()
    pushed.git.run("switch", "-q", "main")
    pushed.deploy(2)
    dispatched()
    assert [pull["state"] for pull in github.pulls] == ["closed", "open"]
    assert github.pulls[0]["user"] == BOT


def test_a_release_that_staging_went_back_from_is_not_left_to_be_merged(pushed, dispatched, github):
    pushed.deploy(1)
    pushed.promote(1)
    pushed.deploy(2)
    dispatched()
    mine = github.propose("promote-mine", PERSON)
    pushed.git.run("switch", "-q", "main")
    pushed.deploy(1, "Roll back")
    dispatched()
    assert [pull["state"] for pull in github.pulls] == ["closed", "open"]
    assert mine["state"] == "open"
    assert f"both run version {pushed.release(1).version}" in github.comments[-1]["body"]


def test_a_request_says_that_production_went_back_from_it(pushed, dispatched, github):
    pushed.deploy(1)
    pushed.promote(1)
    pushed.deploy(2)
    left = pushed.promote(2)
    pushed.promote(1)
    dispatched()
    [pull] = github.pulls
    assert "Production had this version before (" in pull["body"]
    assert left[:12] in pull["body"]
    pushed.git.run("switch", "-q", "main")
    pushed.deploy(3)
    dispatched()
    assert "had this version before" not in github.pulls[-1]["body"]


def test_a_word_about_a_release_that_staging_left_promotes_nothing(
    pushed, dispatched, github, capsys
):
    first = pushed.deploy(1)
    pushed.deploy(2)
    dispatched(revision=first)
    assert github.pulls == []
    assert "staging now has version" in capsys.readouterr().out


def test_a_word_about_what_production_has_is_no_error(pushed, dispatched, github, capsys):
    pushed.deploy(1)
    pushed.promote(1)
    dispatched()
    assert github.pulls == []
    assert "already" in capsys.readouterr().out


@pytest.mark.parametrize(("inputs", "how"), [(None, "awaited"), ({"reason": "x"}, "verify")])
def test_only_argo_cd_s_word_waits_for_the_signature(pushed, dispatched, monkeypatch, inputs, how):
    asked = []
    for name in ("awaited", "verify"):
        monkeypatch.setattr(promote.signature, name, lambda _, name=name: asked.append(name))
    pushed.deploy(1)
    dispatched(inputs=inputs, signed=True)
    assert asked == [how]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"revision": "d" * 40}, "which is not on main"),
        ({"action": "production-healthy"}, "a healthy production does not start"),
    ],
)
def test_a_word_that_git_does_not_bear_out_is_refused(pushed, dispatched, github, changed, why):
    pushed.deploy(1)
    with pytest.raises(MainlineError, match=why):
        dispatched(**changed)
    assert github.pulls == []
    assert made(pushed, 1) is None


def test_where_actions_may_open_no_request_the_branch_is_there_and_the_way_is_said(
    pushed, dispatched, github
):
    pushed.deploy(1)
    github.faults = [Fault(403, "POST", done_anyway=False)]
    with pytest.raises(
        MainlineError, match="the token has no permission"
    ):  # the status, which comes first
        dispatched()
    pushed.git.run("switch", "-q", "main")
    pushed.git.run("branch", "-q", "-D", f"promote-{pushed.release(1).version}")
    done = github.answer
    refused = 403, {"message": "GitHub Actions is not permitted to create pull requests"}
    github.answer = lambda method, path, query, body: (
        refused
        if (method, path) == ("POST", "repos/o/r/pulls")
        else done(method, path, query, body)
    )
    with pytest.raises(MainlineError, match="gh pr create --head promote-"):
        dispatched()
    assert made(pushed, 1) == pushed.release(1).render()


def test_an_app_s_push_gets_checks_of_its_own(pushed, dispatched, github, monkeypatch):
    monkeypatch.setenv("PUSH_TOKEN", "the-app")
    pushed.deploy(1)
    dispatched()
    assert github.dispatched == []
    assert len(github.pulls) == 1


def test_the_bot_commits_where_nobody_is_configured(pushed, dispatched):
    pushed.deploy(1)
    for name in ("user.name", "user.email"):
        pushed.git.run("config", "--unset", name)
    dispatched()
    branch = f"promote-{pushed.release(1).version}"
    author = pushed.git.run("log", "-1", "--format=%an", f"origin/{branch}")
    assert author.strip() == "github-actions[bot]"
    assert pushed.git.run("status", "--porcelain") == ""
    assert Layout(pushed.root).release.is_file()
