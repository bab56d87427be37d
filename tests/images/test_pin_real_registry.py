"""The registry of go-containerregistry, and an index of two images that its own tool made."""

import json
import tarfile

import pinned_tree
import pytest
from pinned_tree import BASE

from customer_churn import cli
from local_registry import LocalRegistry, crane


@pytest.fixture
def host():
    registry = LocalRegistry()
    yield registry.host
    registry.close()


def push(host, tmp_path, tag, *words):
    """An index of one image a word. Returns its digest, as the tool reads it back."""
    parts = []
    for word in words:
        (tmp_path / word).write_text(word)
        with tarfile.open(tmp_path / f"{word}.tar", "w") as layer:
            layer.add(tmp_path / word, word)
        parts += ["--manifest", f"{host}/o/part:{word}"]
        crane("append", "--new_layer", str(tmp_path / f"{word}.tar"), "--new_tag", parts[-1])
    crane("index", "append", *parts, "--tag", f"{host}/o/{tag}")
    return crane("digest", f"{host}/o/{tag}").decode().strip()


@pytest.mark.e2e
@pytest.mark.usefixtures("nobody")
def test_it_is_the_index_that_is_pinned_and_a_moved_tag_is_followed(host, tmp_path, monkeypatch):
    wanted = [push(host, tmp_path, tag, "one", "two") for tag in pinned_tree.TAGS]
    kind = json.loads(crane("manifest", f"{host}/o/{pinned_tree.TAGS[0]}"))["mediaType"]
    assert kind == "application/vnd.oci.image.index.v1+json"
    root = pinned_tree.write(tmp_path / "tree", host)
    monkeypatch.chdir(root)
    assert cli.main(["pin"]) == 0
    assert f"digest: {wanted[0]}\n" in (root / BASE).read_text()
    assert f"@{wanted[2]}" in (root / "Dockerfile").read_text()
    moved = push(host, tmp_path, pinned_tree.TAGS[0], "one", "three")
    assert moved != wanted[0]
    assert cli.main(["pin"]) == 0
    assert f"digest: {moved}\n" in (root / BASE).read_text()
