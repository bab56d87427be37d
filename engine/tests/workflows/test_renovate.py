"""Renovate's configuration: valid, and true of the files that pin something."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from pinned_files import CONFIG, ROOT, SIGNS, pins, unknown, unread

from mainline.git import Git
from mainline.github.identity import EMAIL

RULES = json.loads(CONFIG.read_text())["packageRules"]
OURS = re.search(r"^IMAGE := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DIGEST = f"sha256:{'e' * 64}"


@pytest.fixture
def config() -> dict:
    return json.loads(CONFIG.read_text())


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """The text files of the repository."""
    listed = Git(ROOT).run("ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    paths = [name for name in listed if (ROOT / name).is_file()]
    return {name: (ROOT / name).read_bytes().decode(errors="replace") for name in paths}


@pytest.fixture(scope="module")
def pinned(files) -> list[tuple[str, str]]:
    return pins(files)


def by_schema(path: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("check-jsonschema")
    command = [tool, "--builtin-schema", "vendor.renovate", path]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_is_valid():
    done = by_schema(CONFIG)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [('"pip-compile",', '"pip-compiler",'), ('"update-lockfile"', '"update-the-lock"')],
)
def test_a_flaw_is_refused(tmp_path, old, new):
    text = CONFIG.read_text()
    assert text.count(old) == 1
    (tmp_path / "renovate.json").write_text(text.replace(old, new))
    done = by_schema(tmp_path / "renovate.json")
    assert done.returncode == 1, done.stdout


def test_no_key_is_misspelt(config):
    assert unknown(config) == []
    config["scheduled"] = config["packageRules"][0]["groupNames"] = ["uv"]
    assert unknown(config) == ["scheduled", "groupNames"]


def test_every_file_that_pins_something_is_read(config, pinned):
    assert unread(config, pinned) == []
    assert {manager for manager, _ in pinned} == SIGNS.keys()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Dockerfile", "images/commands.build"),
        (".github/workflows/ci.yml", "ci/ci.yml"),
        ("tools/go.mod", "tools/go.modules"),
        ("k8s/base/kustomization.yaml", "k8s/base/images.yaml"),
        ("tools/package.json", "tools/node.json"),
        ("requirements/train.txt", "locks/train.txt"),
        ("requirements/uv.txt", "requirements/tools.txt"),
    ],
)
def test_a_moved_file_is_noticed(config, files, old, new):
    [(manager, _)] = pinned = pins({new: files[old]})
    assert unread(config, pinned) == [(manager, new)]


@pytest.mark.parametrize("manager", SIGNS)
def test_a_manager_that_is_switched_off_is_noticed(config, pinned, manager):
    config["enabledManagers"].remove(manager)
    assert {name for name, _ in unread(config, pinned)} == {manager}


def separate_digests(files: dict[str, str]) -> list[str]:
    """Kustomizations where Renovate skips an image: it wants `newTag: TAG@DIGEST`."""
    found = []
    for path, text in files.items():
        if path.endswith("kustomization.yaml"):
            images = yaml.safe_load(text).get("images", [])
            found += [path for image in images if "digest" in image or "newTag" not in image]
    return found


def test_renovate_can_write_the_digest_of_every_image(files):
    assert separate_digests(files) == []
    one = f"images: [{{name: a/b, newTag: '1', digest: {DIGEST}}}]"
    assert separate_digests({"k8s/kustomization.yaml": one}) == ["k8s/kustomization.yaml"]


def unreadable(makefile: str) -> list[str]:
    """Options of `uv pip compile` that Renovate does not read from the head of a lock.

    It knows long options only, a value after `=`; uv leaves `-q` out of that head.
    """
    lines = [line for line in makefile.splitlines() if "pip compile" in line]
    assert lines
    words = [word for line in lines for word in line.split("pip compile -q ")[1].split()]
    return [word for word in words if not re.fullmatch(r"--[a-z-]+(=\S+)?|pyproject\.toml", word)]


def test_renovate_can_make_every_lock_anew():
    text = (ROOT / "Makefile").read_text()
    assert unreadable(text) == []
    assert unreadable(text.replace("--extra=dev", "--extra dev")) == ["dev"] * text.count("=dev")
    assert unreadable(text.replace("--output-file=", "-o ", 1)) == ["-o", "requirements/all.txt"]


def names(rule: dict) -> list[str]:
    return rule.get("matchPackageNames", [])


def test_our_image_alone_is_left_out(files):
    [ours] = [r for r in RULES if r.get("enabled") is False and "matchUpdateTypes" not in r]
    assert names(ours) == [OURS]
    assert OURS in files["k8s/components/smoke/kustomization.yaml"]


def test_every_package_that_a_rule_names_is_pinned_here(files, pinned):
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    wanted = {re.match(r"[\w-]+", line)[0] for line in (*PROJECT["dependencies"], *extras)}
    here = wanted | {"uv", "uv-build", "python", "actions/python-versions"}
    for name in {name for rule in RULES for name in names(rule)} - here:
        assert any(name in files[path] for _, path in pinned), name


def test_upper_bounds_are_those_of_pyproject():
    bounds = {
        names(rule)[0]: rule["allowedVersions"] for rule in RULES if "allowedVersions" in rule
    }
    ours = [re.match(r"([\w-]+)(?:\[.*\])?(<.*)", line) for line in PROJECT["dependencies"]]
    assert bounds == {found[1]: found[2] for found in ours if found}


def test_the_commits_of_our_bot_do_not_stop_renovate(config):
    assert config["gitIgnoredAuthors"] == [EMAIL]
