"""Our own image's digest: into the kustomizations here, or as one pull request."""

import re

import pytest

from mainline.cli import main as cli
from mainline.delivery.set_image import BRANCH
from mainline.git import Git
from mainline.k8s.placeholder import PLACEHOLDER
from repository import commit, repository

NAME = "registry.example/o/commands"
SETTINGS, OTHER = "k8s/settings/kustomization.yaml", "k8s/overlays/kustomization.yaml"
TEXT = """\
# The image of our commands.
images:
  - name: mainline/commands
    newName: {name}
    newTag: 0.1.0 # a setting
"""


def image(word: str, tag: str = "0.1.0-abc") -> str:
    return f"{NAME}:{tag}@sha256:{word * 64}"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository with two kustomizations, one of them of our image."""
    root = tmp_path / "clone"
    for path, name in ((SETTINGS, NAME), (OTHER, "registry.example/o/server")):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(TEXT.format(name=name))
    commit(repository(root))
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def git(root, tmp_path, github, monkeypatch) -> Git:
    """The same in a job on main, with an origin."""
    git = Git(root)
    git.run("init", "-q", "--bare", "-b", "main", str(tmp_path / "origin"))
    git.run("remote", "add", "origin", str(tmp_path / "origin"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("PUSH_TOKEN", raising=False)
    for name, value in (("API_URL", github.url), ("REPOSITORY", "o/r"), ("TOKEN", "token")):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    job(git, "push", "-q", "origin", "main")
    return git


def job(git: Git, *first: str) -> None:
    """A job has a checkout of its own: main, detached, and what is on the origin."""
    if first:
        git.run(*first)
    git.run("fetch", "-q", "--prune", "origin")
    git.run("switch", "-q", "--detach", "origin/main")
    git.run("branch", "-q", "-D", BRANCH, check=False)


def test_tag_and_digest_stand_in_one_line_and_all_else_stays(root, capsys):
    assert cli.main(["set-image", image("a")]) == 0
    wanted = f"newTag: 0.1.0-abc@sha256:{'a' * 64} # a setting"
    assert (root / SETTINGS).read_text() == TEXT.format(name=NAME).replace(
        "newTag: 0.1.0 # a setting", wanted
    )
    assert "server" in (root / OTHER).read_text()
    assert "sha256" not in (root / OTHER).read_text()
    assert capsys.readouterr().out == f"set-image {image('a')} ({SETTINGS})\n"
    assert cli.main(["set-image", image("a")]) == 0
    assert "is set already" in capsys.readouterr().out
    assert cli.main(["set-image", image("b", "0.2.0")]) == 0
    assert f"newTag: 0.2.0@sha256:{'b' * 64} # a setting" in (root / SETTINGS).read_text()


def test_each_target_has_an_entry_of_its_own(root, capsys):
    entry = TEXT.format(name=NAME).partition("images:\n")[2]
    others = [entry.replace("0.1.0", f"0.1.0-{target}") for target in ("gpu", "gateway")]
    (root / SETTINGS).write_text(TEXT.format(name=NAME) + "".join(others))
    tags = [f"0.1.0-abc{target}" for target in ("", "-gpu", "-gateway")]
    all_three = [image(word, tag) for word, tag in zip("abc", tags, strict=True)]
    assert cli.main(["set-image", *all_three]) == 0
    found = re.findall(r"newTag: (\S+)", (root / SETTINGS).read_text())
    assert found == [it.removeprefix(f"{NAME}:") for it in all_three]
    before = (root / SETTINGS).read_text()
    assert cli.main(["set-image", *all_three]) == 0
    assert "is set already" in capsys.readouterr().out
    assert (root / SETTINGS).read_text() == before


@pytest.mark.parametrize("target", ["gpu", "gateway"])
def test_an_image_that_nothing_runs_changes_nothing(root, target):
    before = (root / SETTINGS).read_text()
    assert cli.main(["set-image", image("b", f"0.1.0-abc-{target}")]) == 0
    assert (root / SETTINGS).read_text() == before


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (f"{NAME}:0.1.0", "is not of the form NAME:TAG@sha256:DIGEST"),
        (f"{NAME}@sha256:{'a' * 64}", "is not of the form"),
        (f"{NAME}:0.1.0@sha256:abc", "is not of the form"),
        (f"{NAME}:0.1.0@", "is not of the form"),
        (image("a").replace("commands", "x"), "has `newName: registry.example/o/x` with `newTag:`"),
    ],
)
def test_what_is_no_image_of_ours_is_refused(root, capsys, given, line):
    before = (root / SETTINGS).read_text()
    assert cli.main(["set-image", given]) == 1
    assert line in capsys.readouterr().err
    assert (root / SETTINGS).read_text() == before


def test_the_template_s_own_image_is_left_alone(root, capsys):
    assert cli.main(["set-image", f"ghcr.io/{PLACEHOLDER}/x:0.1.0@"]) == 0
    assert "is skipped" in capsys.readouterr().out


def test_one_commit_on_main_and_one_pull_request(git, github):
    assert cli.main(["set-image", image("a"), "--push"]) == 0
    job(git)
    assert git.run("diff", "--name-only", "HEAD", f"origin/{BRANCH}").split() == [SETTINGS]
    assert git.run("rev-list", "--count", f"HEAD..origin/{BRANCH}") == "1\n"
    [pull] = github.pulls
    assert (pull["title"], pull["head"]["ref"]) == ("Run commands:0.1.0-abc", BRANCH)
    assert image("a") in pull["body"]
    started = {"ref": BRANCH, "inputs": {"number": str(pull["number"])}}
    assert github.dispatched == [("propose.yml", started)]


def test_an_app_s_push_starts_its_checks_by_itself(git, github, monkeypatch):
    monkeypatch.setenv("PUSH_TOKEN", "of an app")
    assert cli.main(["set-image", image("a"), "--push"]) == 0
    assert github.pulls
    assert github.dispatched == []


def test_checks_that_cannot_be_started_are_started_by_hand(git, github, capsys):
    done, refused = github.answer, (403, {"message": "Resource not accessible by integration"})
    github.answer = lambda method, path, *rest: (
        refused if path.endswith("/dispatches") else done(method, path, *rest)
    )
    assert cli.main(["set-image", image("a"), "--push"]) == 1
    said = capsys.readouterr().err
    assert "its checks could not be started" in said
    assert f"gh workflow run propose.yml --ref {BRANCH} --field number=41" in said


def test_the_same_image_leaves_the_pull_request_as_it_is(git, github):
    assert cli.main(["set-image", image("a"), "--push"]) == 0
    before = git.run("ls-remote", "origin")
    job(git)
    github.seen.clear()
    assert cli.main(["set-image", image("a"), "--push"]) == 0
    assert git.run("ls-remote", "origin") == before
    assert set(github.methods()) == {"GET"}


def test_a_newer_image_takes_its_place_on_main_of_today(git, github):
    assert cli.main(["set-image", image("a"), "--push"]) == 0
    git.run("switch", "-q", "main")
    git.run("commit", "-q", "--allow-empty", "-m", "Something else")
    job(git, "push", "-q", "origin", "main")
    assert cli.main(["set-image", image("b", "0.2.0"), "--push"]) == 0
    job(git)
    assert git.resolve(f"origin/{BRANCH}^") == git.resolve("HEAD")
    [pull] = github.pulls
    assert pull["title"] == "Run commands:0.2.0"
    assert image("b", "0.2.0") in pull["body"]
    assert image("a") not in pull["body"]


def test_what_is_not_main_is_not_pushed(git, github, capsys):
    git.run("commit", "-q", "--allow-empty", "-m", "Mine")
    assert cli.main(["set-image", image("a"), "--push"]) == 1
    assert "`--push` starts from main" in capsys.readouterr().err
    assert github.pulls == []
