"""What registries say, as one pull request that is kept up to date."""

import subprocess

import pinned_tree
import pytest
from pinned_tree import BASE, FILES

from customer_churn import cli
from customer_churn.git import Git
from customer_churn.images import request

pytestmark = pytest.mark.usefixtures("nobody")


def git(root, *arguments):
    command = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def registry(serve):
    stub = serve()
    for number, tag in enumerate(pinned_tree.TAGS):
        stub.tag(f"o/{tag}", str(number).encode())
    return stub


@pytest.fixture
def root(tmp_path, registry, github, monkeypatch):
    """A clone of a repository whose files name images, where a job runs on main."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(origin))
    git(tmp_path, "clone", "-q", str(origin), str(clone))
    pinned_tree.write(clone, registry.host)
    git(clone, "switch", "-q", "-c", "main")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "Images by tag")
    git(clone, "push", "-q", "origin", "main")
    monkeypatch.chdir(clone)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("PUSH_TOKEN", raising=False)
    for name, value in (("API_URL", github.url), ("REPOSITORY", "o/r"), ("TOKEN", "token")):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    return clone


def pin():
    return cli.main(["pin", "--push"])


def at(root):
    """A job has a checkout of its own: main, detached, and what is on the origin."""
    git(root, "fetch", "-q", "--prune", "origin")
    git(root, "switch", "-q", "--detach", "origin/main")
    if Git(root).resolve("refs/heads/" + request.BRANCH):
        git(root, "branch", "-q", "-D", request.BRANCH)


def test_one_commit_on_main_and_one_pull_request(root, registry, github, tmp_path):
    at(root)
    assert pin() == 0
    at(root)
    changed = git(root, "diff", "--name-only", "HEAD", f"origin/{request.BRANCH}").split()
    assert set(changed) == {name for name in FILES if "smoke" not in name}
    assert git(root, "rev-list", "--count", f"HEAD..origin/{request.BRANCH}") == "1\n"
    [pull] = github.pulls
    assert (pull["title"], pull["head"]["ref"]) == ("Pin images", request.BRANCH)
    digest = registry.tags["o/serving:2.20.0"]
    assert f"no digest → {digest} ({BASE})" in pull["body"]
    assert "close this pull request and open it again" in pull["body"]
    assert pull["body"] in (tmp_path / "summary").read_text()


def test_an_app_s_push_starts_its_checks_by_itself(root, github, monkeypatch):
    monkeypatch.setenv("PUSH_TOKEN", "of an app")
    at(root)
    assert pin() == 0
    [pull] = github.pulls
    assert "open it again" not in pull["body"]


def test_the_same_answers_leave_it_as_it_is(root, github, capsys):
    at(root)
    assert pin() == 0
    before = git(root, "ls-remote", "origin")
    at(root)
    github.seen.clear()
    assert pin() == 0
    assert git(root, "ls-remote", "origin") == before
    assert {method for method, _, _ in github.seen} == {"GET"}


def test_other_answers_bring_it_up_to_date(root, registry, github):
    at(root)
    assert pin() == 0
    old = registry.tags["o/serving:2.20.0"]
    new = registry.tag("o/serving:2.20.0", b"another")
    at(root)
    assert pin() == 0
    at(root)
    [pull] = github.pulls
    assert new in pull["body"]
    assert old not in pull["body"]
    assert new in git(root, "show", f"origin/{request.BRANCH}:{BASE}")
    assert git(root, "rev-list", "--count", f"HEAD..origin/{request.BRANCH}") == "1\n"


def test_it_follows_main(root, github):
    at(root)
    assert pin() == 0
    git(root, "switch", "-q", "main")
    git(root, "commit", "-q", "--allow-empty", "-m", "Something else")
    git(root, "push", "-q", "origin", "main")
    at(root)
    assert pin() == 0
    at(root)
    parent, tip = git(root, "rev-parse", f"origin/{request.BRANCH}^", "HEAD").split()
    assert parent == tip
    assert len(github.pulls) == 1


def test_nothing_to_say_opens_nothing(root, github, capsys):
    assert cli.main(["pin"]) == 0
    git(root, "commit", "-q", "-a", "-m", "Pinned")
    git(root, "push", "-q", "origin", "main")
    at(root)
    assert pin() == 0
    assert "Every digest is as its registry says." in capsys.readouterr().out
    assert github.pulls == []


def test_a_registry_that_is_down_opens_nothing(root, registry, github, capsys):
    del registry.tags["o/serving:2.20.0"]
    at(root)
    assert pin() == 1
    assert "has no o/serving:2.20.0" in capsys.readouterr().err
    assert github.pulls == []
    assert request.BRANCH not in git(root, "ls-remote", "origin")


def test_what_is_not_main_is_not_pushed(root, github, capsys):
    git(root, "commit", "-q", "--allow-empty", "-m", "Mine")
    assert pin() == 1
    assert "`--push` starts from main" in capsys.readouterr().err
    assert github.pulls == []
