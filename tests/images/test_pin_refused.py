"""What cannot be pinned: nothing is written, and one line says why."""

import re

import pinned_tree
import pytest
from pinned_tree import BASE

from customer_churn import cli
from customer_churn.images import pin
from registry_stub import Answer, Fault

pytestmark = pytest.mark.usefixtures("nobody", "waits")


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("{host}/o/serving:2.21.0", r"at 2 tags, \['2.20.0', '2.20.0-gpu'\]: change .* by hand"),
        ("elsewhere.example/o/other:1", r"at 0 tags, \[\]"),
        ("{host}/o/python", "not of the form NAME:TAG"),
        ("python:3.11@sha256:0", "not of the form NAME:TAG"),
    ],
)
def test_a_tag_that_cannot_be_taken(root, registry, capsys, image, said):
    before = pinned_tree.read(root)
    assert cli.main(["pin", image.format(host=registry.host)]) == 1
    pinned_tree.assert_said(capsys, said)
    assert pinned_tree.read(root) == before
    assert registry.seen == []


def test_a_tag_that_is_not_there_after_others_that_are(root, registry, capsys):
    del registry.tags["o/python:3.11-slim"]
    pinned_tree.closed(root, capsys, r"no o/python:3.11-slim, which Dockerfile names .404")


def test_nobody_there(root, registry, capsys):
    registry.close()
    pinned_tree.closed(
        root, capsys, rf"does not answer .Connection refused.*{BASE} right.*Given up"
    )


def test_a_busy_registry_is_asked_again_and_then_given_up(root, registry, waits, capsys):
    registry.faults = [Fault(503)]
    pin.run(root, [])
    assert waits == [1]
    registry.faults = [Fault(429) for _ in range(9)]
    pinned_tree.closed(root, capsys, "is busy .429")


@pytest.mark.parametrize("said", ["sha256:abc", "md5:" + "0" * 32])
def test_a_digest_that_is_none_is_not_written(root, registry, capsys, said):
    registry.answer = lambda *_: Answer(200, b"", {"Docker-Content-Digest": said})
    pinned_tree.closed(root, capsys, "does not answer as a registry does .a digest that is none")


def test_a_disk_that_takes_no_more(root, monkeypatch):
    before, written = pinned_tree.read(root), []

    def fail(self, data):
        if written:
            raise OSError(28, "No space left on device")
        written.append(self)
        return write(self, data)

    write = type(root).write_bytes
    monkeypatch.setattr(type(root), "write_bytes", fail)
    with pytest.raises(OSError, match="No space"):
        pin.run(root, [])
    assert written
    assert pinned_tree.read(root) == before


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("Dockerfile", "FROM python\n", "FROM python names no tag"),
        ("Dockerfile", "ARG V\nFROM python:$V\n", "FROM python:.V is a variable"),
        ("Dockerfile", "FROM python:latest\n", "latest moves with every build"),
        (BASE, "images: [{name: a}]\n", "one of its `images` has no 'newTag'"),
        (BASE, "images: [{newTag: a}]\n", "one of its `images` has no 'name'"),
        (BASE, "images: [a]\n", "one of its `images` has no 'newTag'"),
        (BASE, "images: [", "kustomization.yaml is not valid YAML"),
    ],
)
def test_what_names_no_tag_to_ask_for(root, capsys, file, text, said):
    (root / file).write_text(text)
    before = pinned_tree.read(root)
    assert cli.main(["pin"]) == 1
    assert pinned_tree.read(root) == before
    assert re.search(said, capsys.readouterr().err)
