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
PROJECT = tomllib.loads((ROOT / "engine/pyproject.toml").read_text())["project"]
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
        ("engine/tools/go.mod", "tools/go.modules"),
        ("k8s/settings/kustomization.yaml", "k8s/base/images.yaml"),
        ("engine/src/mainline/preview/js/package.json", "tools/node.json"),
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


# Of `uv pip compile`, as Renovate reads them from the head of a lock: long ones, a value after `=`.
READ = {"--universal", "--generate-hashes"}
READ_WITH_VALUE = {
    *("--python-version", "--extra", "--constraints", "--no-emit-package", "--output-file"),
}


def unreadable(lock: str) -> list[str]:
    """Words of the command in a lock's head that Renovate does not know."""
    head = lock.splitlines()[1].removeprefix("#    uv pip compile ")
    sources = ("pyproject.toml", "engine/pyproject.toml", "requirements/engine.txt")
    return [
        word
        for word in head.split()
        if word not in READ
        and word not in sources
        and not ("=" in word and word.partition("=")[0] in READ_WITH_VALUE)
    ]


def test_renovate_can_make_every_lock_anew(files, pinned):
    locks = [files[path] for manager, path in pinned if manager == "pip-compile"]
    assert len(locks) == 5
    assert [unreadable(lock) for lock in locks] == [[]] * 5
    assert unreadable(locks[0].replace("--universal", "--no-annotate", 1)) == ["--no-annotate"]
    assert unreadable(locks[0].replace("--output-file=", "-o ", 1))[0] == "-o"


def test_no_lock_names_a_place_on_this_machine_or_an_index(files, pinned):
    for manager, path in pinned:
        if manager == "pip-compile":
            assert "://" not in files[path], path
            assert "/root" not in files[path] and "--index" not in files[path], path


def names(rule: dict) -> list[str]:
    return rule.get("matchPackageNames", [])


def test_our_image_and_the_engine_alone_are_left_out(files):
    [engine, ours] = [r for r in RULES if r.get("enabled") is False and "matchUpdateTypes" not in r]
    assert names(engine) == [PROJECT["name"]]
    assert names(ours) == [OURS]
    assert OURS in files["k8s/settings/kustomization.yaml"]


def test_every_package_that_a_rule_names_is_pinned_here(files, pinned):
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    wanted = {re.match(r"[\w-]+", line)[0] for line in (*PROJECT["dependencies"], *extras)}
    here = wanted | {"uv", "uv-build", "python", "actions/python-versions", PROJECT["name"]}
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
