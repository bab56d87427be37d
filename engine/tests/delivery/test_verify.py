"""A release is what its model's bytes make, or it is said what differs."""

import re
import shutil

import pytest

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.delivery import verify
from mainline.k8s.environments import release_path
from mainline.packaging import image
from mainline.registry.oci_layout import OciLayout
from mainline.registry.repository import Repository
from mainline.release.release_file import Release


@pytest.fixture
def released(project):
    """The good model is main's release; HEAD is main."""
    project.git("switch", "-q", "main")
    return project


def change(project, old: str, new: str, message: str = "By hand") -> None:
    """Edit the release file on main, as no pipeline does."""
    path = Layout(project.root).release
    path.write_text(path.read_text().replace(old, new))
    project.commit(message)


def second(project) -> Release:
    """Another model on main. Returns the first release."""
    first = Release.read(project.root)
    project.retrain(**{"train.seed": 42})
    project.commit("Second model")
    return first


def said(project, capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()  # what a training said is not ours
    code = cli.main(["verify", *arguments])
    found = capsys.readouterr()
    return code, found.out, found.err


@pytest.fixture(autouse=True)
def here(request, monkeypatch):
    if "released" in request.fixturenames:
        monkeypatch.chdir(request.getfixturevalue("released").root)


def test_what_the_pipeline_released_is_what_its_bytes_make(released, capsys):
    release = Release.read(released.root)
    shutil.rmtree(released.root / "dist")  # only the cache counts
    code, out, err = said(released, capsys)
    assert (code, err) == (0, "")
    made = released.git("rev-parse", "--short=7", "HEAD").strip()
    assert out == f"staging: version {release.version} is what {made} makes, {release.digest}\n"


def test_every_environment_is_asked_and_an_earlier_model_is_rebuilt_too(released, capsys):
    first = second(released)
    production = released.root / release_path("production")
    production.parent.mkdir(parents=True, exist_ok=True)
    production.write_text(first.render())
    released.commit("Promote the first")
    code, out, _ = said(released, capsys)
    assert code == 0
    staging, other = out.splitlines()
    assert staging.startswith(f"staging: version {Release.read(released.root).version} is what")
    assert other.startswith(f"production: version {first.version} is what")
    assert said(released, capsys, "production")[1] == other + "\n"


def test_a_release_that_was_rolled_back_to_is_that_of_the_first_time(released, capsys):
    made = released.git("rev-parse", "--short=7", "HEAD").strip()
    first = second(released)
    released.git("revert", "--no-edit", "HEAD")
    assert said(released, capsys)[1].startswith(
        f"staging: version {first.version} is what {made} makes"
    )


def test_a_commit_is_held_to_what_it_named_when_main_has_moved_on(released, capsys):
    digest = Release.read(released.root).digest
    change(released, digest, "sha256:" + 64 * "1")
    released.git("revert", "--no-edit", "HEAD")
    assert said(released, capsys)[0] == 0
    code, _, err = said(released, capsys, "--at", "HEAD~1")
    assert code == 1
    assert f"digest is sha256:{64 * '1'}, rebuilt {digest}" in err
    released.git("switch", "-q", "--orphan", "elsewhere")
    released.git("commit", "-q", "--allow-empty", "-m", "Elsewhere")
    for unknown in ("HEAD", "nowhere"):
        assert "main has no commit" in said(released, capsys, "--at", unknown)[2]


def test_another_digest_in_the_release_file_is_named(released, capsys):
    digest = Release.read(released.root).digest
    change(released, digest, "sha256:" + 64 * "1")
    code, out, err = said(released, capsys)
    assert (code, out) == (1, "")
    assert f"staging: digest is sha256:{64 * '1'}, rebuilt {digest}. The model is the one" in err
    assert "mainline rollback ENVIRONMENT" in err


def test_another_version_in_the_release_file_is_named(released, capsys):
    version = Release.read(released.root).version
    change(released, f'"{version}"', '"42"')
    assert f"version is 42, rebuilt {version}. The model is" in said(released, capsys)[2]


def test_the_release_of_another_model_is_named(released, capsys):
    """Byte for byte what a pipeline would write, but for a model that the lock does not name."""
    release = Release.read(released.root)
    change(released, release.content, "sha256:" + 64 * "2")
    err = said(released, capsys)[2]
    assert f"content is sha256:{64 * '2'}, rebuilt {release.content}." in err
    assert re.search(r"does not belong to the model that [0-9a-f]{7} locks", err)


def test_a_damaged_object_in_the_cache_is_not_blamed_on_the_release(released, capsys):
    for path in (released.root / ".dvc/cache/files").rglob("*"):
        if path.is_file() and b"saved_model_main_op" in path.read_bytes():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes() + b"x")
    code, _, err = said(released, capsys)
    assert code == 1
    assert "the copy of dist/model that DVC has is damaged" in err
    assert "rollback" not in err


def test_a_model_that_nobody_has_is_said_with_what_to_do(released, capsys):
    shutil.rmtree(released.root / ".dvc/cache")
    code, _, err = said(released, capsys)
    assert code == 1
    assert "neither in the DVC cache nor in a remote" in err
    assert "`dvc push --all-commits`" in err


@pytest.mark.parametrize("relative", [True, False])
def test_a_remote_that_came_after_the_release_is_asked(released, capsys, tmp_path, relative):
    address = "../storage" if relative else str(tmp_path / "storage")
    released.dvc("remote", "add", "--default", "storage", address)
    released.commit("Remote")
    released.dvc("push", "--quiet")
    shutil.rmtree(released.root / ".dvc/cache")
    assert said(released, capsys)[::2] == (0, "")


def test_one_bad_environment_does_not_hide_the_other(released, capsys):
    production = released.root / release_path("production")
    production.parent.mkdir(parents=True, exist_ok=True)
    version = Release.read(released.root).version
    production.write_text(Layout(released.root).release.read_text().replace(version, "42"))
    released.commit("From nowhere")
    code, out, err = said(released, capsys)
    assert code == 1
    assert out.startswith("staging: version")
    assert "production: version 42 was never in staging on main" in err
    assert "`mainline rollback production`" in err


def test_before_the_first_release_there_is_nothing(story, capsys):
    story.commit("Code")
    verify.run(story.root, None, registry=False)
    assert capsys.readouterr().out == "nothing is released on main yet\n"
    with pytest.raises(MainlineError, match="production has no release on main"):
        verify.run(story.root, "production", registry=False)


@pytest.fixture
def registry(released, serve):
    """A registry that main's release names."""
    stub = serve()
    change(released, "registry.example/small-model", f"{stub.host}/o/model", "Another registry")
    return stub


def test_the_registry_is_asked_only_when_it_should_be(released, registry, capsys):
    assert said(released, capsys)[::2] == (0, "")
    assert registry.seen == []
    code, _, err = said(released, capsys, "--registry")
    assert code == 1
    assert f"{registry.host}/o/model has no sha256:" in err
    assert "`mainline publish`" in err


def test_an_image_that_the_registry_has_is_said(released, registry, capsys):
    release = Release.read(released.root)
    made = image.build(Layout(released.root).saved_model, release.name, int(release.version))
    made.write(Layout(released.root).image)
    Repository.of(f"{registry.host}/o/model").push(OciLayout.read(Layout(released.root).image))
    code, out, _ = said(released, capsys, "--registry")
    assert code == 0
    assert out.endswith(f"{release.digest}, and its registry has it\n")


def test_a_registry_that_does_not_say_is_a_failure(released, registry, capsys):
    registry.login = "token"
    code, _, err = said(released, capsys, "--registry")
    assert code == 1
    assert "this login has no access to it" in err
