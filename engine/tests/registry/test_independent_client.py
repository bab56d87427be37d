"""The image read and pushed by go-containerregistry, which shares no line with what wrote it."""

import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from local_registry import CRANE, LocalRegistry, crane
from mainline.core.errors import MainlineError
from mainline.core.files import tree_files
from mainline.core.layout import Layout
from mainline.delivery import publish
from mainline.packaging.content import version
from mainline.registry.oci_layout import OciLayout
from mainline.release.release_file import Release

pytestmark = pytest.mark.check


@pytest.fixture
def host():
    registry = LocalRegistry()
    yield registry.host
    registry.close()


@pytest.fixture
def root(tiny_run):
    """Where the stages left a trained model, its image and its release."""
    return tiny_run


def refusal(layout: Path, host: str) -> str:
    """Why the client says no to a layout, pushed or validated; empty when it does not.

    A config it stores under the digest of the wrong bytes: then the manifest names what is not.
    """
    name = f"{host}/o/refused:pushed"
    for words in (["push", str(layout), name], ["validate", "--fast", "--remote", name]):
        done = subprocess.run([CRANE, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stdout + done.stderr
    return ""


def test_the_layout_pushed_by_it_is_the_release(root, host, tmp_path):
    release, name = Release.read(root), f"{host}/o/model"
    crane("push", str(Layout(root).image), f"{name}:pushed")
    assert crane("digest", f"{name}:pushed").decode().strip() == release.digest
    # Remotely it takes every layer for gzip; ours is a plain tar, which only --fast lets pass.
    crane("validate", "--fast", "--remote", f"{name}@{release.digest}")
    crane("pull", "--format=tarball", f"{name}:pushed", str(tmp_path / "image.tar"))
    crane("validate", "--tarball", str(tmp_path / "image.tar"))
    config = json.loads(crane("config", f"{name}:pushed"))
    manifest = json.loads(crane("manifest", f"{name}:pushed"))
    [layer] = [part["digest"] for part in manifest["layers"]]
    assert config["rootfs"]["diff_ids"] == [layer]


def test_what_it_unpacks_is_the_model_byte_for_byte(root, host):
    release, model = Release.read(root), Layout(root).saved_model
    crane("push", str(Layout(root).image), f"{host}/o/model:pushed")
    with tarfile.open(fileobj=io.BytesIO(crane("export", f"{host}/o/model:pushed", "-"))) as tar:
        found = {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isfile()}
    inside = f"models/{release.name}/{version(release.content)}"
    assert found == {
        f"{inside}/{path.as_posix()}": (model / path).read_bytes() for path in tree_files(model)
    }


def test_it_accepts_what_publish_pushed(root, host, tmp_path):
    release, copy = Release.read(root), tmp_path / "project"
    shutil.copytree(Layout(root).image, Layout(copy).image)
    image = f"{host}/o/model@{release.digest}"
    text = Layout(root).release.read_text().replace(release.image, image)
    Layout(copy).release.parent.mkdir(parents=True)
    Layout(copy).release.write_text(text)
    publish.run(copy)
    crane("validate", "--fast", "--remote", image)
    assert crane("digest", image).decode().strip() == release.digest
    pulled = tmp_path / "pulled"
    crane("pull", "--format=oci", image, str(pulled))
    assert OciLayout.read(pulled).digest == release.digest  # and ours reads what it writes


@pytest.mark.parametrize("part", ["manifest", "config", "layer"])
def test_a_flipped_bit_is_refused_by_it_and_by_us(root, host, tmp_path, part):
    shutil.copytree(Layout(root).image, tmp_path / "image")
    whole = OciLayout.read(tmp_path / "image")
    about = json.loads(whole.manifest)
    digest = {
        "manifest": whole.digest,
        "config": about["config"]["digest"],
        "layer": about["layers"][0]["digest"],
    }[part]
    blob = tmp_path / "image/blobs/sha256" / digest.removeprefix("sha256:")
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.write_bytes(data)
    with pytest.raises(MainlineError, match="is not a complete image"):
        OciLayout.read(tmp_path / "image")
    said = refusal(tmp_path / "image", host)
    assert said
    assert part != "layer" or digest.removeprefix("sha256:") in said, said


def test_a_whole_layout_is_not_refused(root, host):
    assert refusal(Layout(root).image, host) == ""
