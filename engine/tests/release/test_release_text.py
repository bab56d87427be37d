import pytest
import yaml

from mainline.core.errors import MainlineError
from mainline.release.release_file import Release

DIGEST = "sha256:" + "0" * 64
DESCRIPTOR = {
    "name": "tiny",
    "image": "ghcr.io/org/tiny",
    "version": 20,
    "content": "sha256:000000000014",
    "digest": DIGEST,
    "size": 10,
}
RELEASE = Release.from_descriptor(DESCRIPTOR)
TEXT = RELEASE.render()


def test_a_descriptor_becomes_a_release_pinned_by_digest():
    assert RELEASE.image == f"ghcr.io/org/tiny@{DIGEST}"
    assert RELEASE.version == "20"


def test_what_is_written_reads_back():
    assert Release.parse(TEXT, name="release.yaml") == RELEASE


@pytest.mark.parametrize("value", ["yes", "1e3", "0123", "null", "~", "2026-06-30", "a: b #c"])
def test_text_that_yaml_could_take_for_something_else_reads_back(value):
    release = Release(value, "20", f"x@{DIGEST}", DIGEST, value)
    assert Release.parse(release.render(), name="release.yaml") == release


def test_kustomize_reads_it_and_no_cluster_gets_it():
    manifest = yaml.safe_load(TEXT)
    assert (manifest["kind"], manifest["metadata"]["name"]) == ("ConfigMap", "release")
    local = manifest["metadata"]["annotations"]["config.kubernetes.io/local-config"]
    assert local == "true"
    assert all(isinstance(value, str) for value in manifest["data"].values())


@pytest.mark.parametrize("key", ["name", "version", "image", "digest", "content"])
def test_a_missing_key_is_named(key):
    lines = [line for line in TEXT.splitlines() if not line.startswith(f"  {key}: ")]
    lines.insert(lines.index("metadata:") + 1, "  name: release") if key == "name" else None
    with pytest.raises(
        MainlineError, match=f"release.yaml is not a release file: KeyError\\('{key}'"
    ):
        Release.parse("\n".join(lines), name="release.yaml")


@pytest.mark.parametrize("value", ["20", "null", "[a]", "true"])
def test_a_value_that_is_not_text_is_named(value):
    with pytest.raises(MainlineError, match=r"data\.version is not text"):
        Release.parse(TEXT.replace('"20"', value), name="release.yaml")


def test_an_image_that_is_not_pinned_to_the_digest_is_refused():
    text = TEXT.replace(f"@{DIGEST}", ":latest")
    with pytest.raises(MainlineError, match="not pinned"):
        Release.parse(text, name="release.yaml")


@pytest.mark.parametrize(
    "text",
    ["", "text", "[1]", "a: [", "data: 3", "data:", "data: [a]", "\x00", TEXT + "data: {}\n"],
)
def test_garbage_is_a_users_error(text):
    with pytest.raises(MainlineError, match=r"^release\.yaml "):
        Release.parse(text, name="release.yaml")


@pytest.mark.parametrize("key", ["name", "version", "image", "digest", "content"])
@pytest.mark.parametrize("wrong", ["absent", None, ["a"]])
def test_a_descriptor_without_a_part_is_a_users_error(key, wrong):
    changed = {name: value for name, value in DESCRIPTOR.items() if name != key}
    if wrong != "absent":
        changed[key] = wrong
    with pytest.raises(MainlineError, match="is no descriptor"):
        Release.from_descriptor(changed)
