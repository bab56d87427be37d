"""Digests are a registry's answer, written where the tag stands; all of them or none."""

import json
import re
from dataclasses import replace

import pinned_tree
import pytest
import yaml
from pinned_tree import BASE, FILES, GPU, SMOKE

from customer_churn import cli
from customer_churn.delivery.placeholder import PLACEHOLDER
from customer_churn.images import pin
from customer_churn.registry import repository
from customer_churn.registry.repository import Repository
from registry_stub import MANIFEST, PASSWORD, USER, Answer, Fault

pytestmark = pytest.mark.usefixtures("nobody")


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """Nobody is waited for."""
    found, of = [], Repository.of
    monkeypatch.setattr(Repository, "of", lambda image: replace(of(image), sleep=found.append))
    return found


def index(word: str) -> bytes:
    """An index of two platforms, not like that of another word."""
    parts = [{"digest": f"sha256:{word * 64}", "platform": {"os": os}} for os in ("linux", "other")]
    return json.dumps({"schemaVersion": 2, "manifests": parts}).encode()


@pytest.fixture
def registry(serve):
    return filled(serve())


def filled(registry):
    for number, tag in enumerate(pinned_tree.TAGS):
        registry.tag(f"o/{tag}", index(str(number)))
    return registry


@pytest.fixture
def root(tmp_path, registry, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return pinned_tree.write(tmp_path, registry.host)


def test_every_image_gets_what_its_registry_says_and_nothing_else_changes(root, registry, capsys):
    before = pinned_tree.read(root)
    assert cli.main(["pin"]) == 0
    server, gpu, python = (registry.tags[f"o/{tag}"] for tag in pinned_tree.TAGS)
    host, after = registry.host, pinned_tree.read(root)
    line = "    newTag: 2.20.0 # ours is tested with it\n"
    assert after[BASE] == before[BASE].replace(line, f"{line}    digest: {server}\n")
    assert after[GPU] == before[GPU].replace("2.20.0-gpu", f"2.20.0-gpu, digest: {gpu}")
    named = f"{host}/o/python:3.11-slim"
    assert after["Dockerfile"] == before["Dockerfile"].replace(named, f"{named}@{python}")
    assert after[SMOKE] == before[SMOKE]
    said = capsys.readouterr().out.splitlines()
    assert f"pin       {host}/o/serving:2.20.0 no digest → {server} ({BASE})" in said
    left = f"/customer-churn:0.1.0 left alone: {PLACEHOLDER} is nobody ({SMOKE})"
    assert [line for line in said if "left alone" in line] == [
        f"pin       ghcr.io/{PLACEHOLDER}{left}"
    ]
    assert len(said) == 5


def test_one_question_an_image_and_no_bytes(root, registry):
    pin.run(root, [])
    assert [line.split()[0] for line in registry.seen] == ["HEAD"] * len(pinned_tree.TAGS)


def test_a_second_time_changes_nothing(root, capsys):
    pin.run(root, [])
    before = pinned_tree.read(root)
    stamps = {name: (root / name).stat().st_mtime_ns for name in FILES}
    capsys.readouterr()
    pin.run(root, [])
    assert pinned_tree.read(root) == before
    assert {name: (root / name).stat().st_mtime_ns for name in FILES} == stamps
    assert capsys.readouterr().out.count(" stays sha256:") == 4


def test_a_tag_that_moved(root, registry, capsys):
    pin.run(root, [])
    before, old = pinned_tree.read(root), registry.tags["o/serving:2.20.0"]
    new = registry.tag("o/serving:2.20.0", index("f"))
    capsys.readouterr()
    pin.run(root, [])
    assert pinned_tree.read(root) == before | {BASE: before[BASE].replace(old, new)}
    assert f"o/serving:2.20.0 {old} → {new} ({BASE})" in capsys.readouterr().out


def test_line_ends_stay_what_they_are(root):
    for name in FILES:
        path = root / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = (root / "Dockerfile").read_bytes()
    pin.run(root, [])
    assert (root / "Dockerfile").read_bytes().count(b"\r\n") == before.count(b"\r\n")
    assert b"slim@sha256:" in (root / "Dockerfile").read_bytes()
    assert yaml.safe_load((root / BASE).read_text())["images"][0]["digest"].startswith("sha256:")


def test_an_image_of_one_platform(root, registry):
    digest = registry.tag("o/serving:2.20.0", b"{}", MANIFEST)
    pin.run(root, [])
    assert f"digest: {digest}" in (root / BASE).read_text()


def test_a_tag_that_is_to_be_taken(root, registry, capsys):
    digest = registry.tag("o/python:3.12-slim", index("e"))
    name = f"{registry.host}/o/python"
    assert cli.main(["pin", f"{name}:3.12-slim"]) == 0
    text = (root / "Dockerfile").read_text()
    assert text.count(f"{name}:3.12-slim@{digest}") == 2
    assert "3.11" not in text
    assert "python:3.12-slim 3.11-slim → 3.12-slim, no digest → " in capsys.readouterr().out


def test_a_tag_that_reads_like_a_number_stays_text(root, registry):
    (root / GPU).unlink()
    digest = registry.tag("o/serving:2.30", index("e"))
    pin.run(root, [f"{registry.host}/o/serving:2.30"])
    text = (root / BASE).read_text()
    assert f'newTag: "2.30" # ours is tested with it\n    digest: {digest}\n' in text


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
    assert_said(capsys, said)
    assert pinned_tree.read(root) == before
    assert registry.seen == []


def assert_said(capsys, pattern):
    said = capsys.readouterr().err
    assert re.search(pattern, said), said
    assert said.count("\n") == 1


def closed(root, capsys, pattern):
    """Nothing is written, and one line says why."""
    before = pinned_tree.read(root)
    assert cli.main(["pin"]) == 1
    assert pinned_tree.read(root) == before
    assert not list(root.rglob("*.partial-*"))
    assert_said(capsys, pattern)


def test_a_tag_that_is_not_there_after_others_that_are(root, registry, capsys):
    del registry.tags["o/python:3.11-slim"]
    closed(root, capsys, r"no o/python:3.11-slim, which Dockerfile names .404")


def test_nobody_there(root, registry, capsys):
    registry.close()
    closed(root, capsys, rf"does not answer .Connection refused.*{BASE} right.*Given up")


def test_a_busy_registry_is_asked_again_and_then_given_up(root, registry, waits, capsys):
    registry.faults = [Fault(503)]
    pin.run(root, [])
    assert waits == [1]
    registry.faults = [Fault(429) for _ in range(9)]
    closed(root, capsys, "is busy .429")


@pytest.mark.parametrize("said", ["sha256:abc", "md5:" + "0" * 32])
def test_a_digest_that_is_none_is_not_written(root, registry, capsys, said):
    registry.answer = lambda *_: Answer(200, b"", {"Docker-Content-Digest": said})
    closed(root, capsys, "does not answer as a registry does .a digest that is none")


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


@pytest.fixture
def secure(serve, tmp_path, monkeypatch):
    """A registry that wants to know who asks, and the tree that names it."""

    def start(kind):
        registry = filled(serve(kind))
        monkeypatch.setattr(repository, "loopback", lambda _: False)
        monkeypatch.chdir(tmp_path)
        pinned_tree.write(tmp_path, registry.host)
        monkeypatch.setenv("REGISTRY", registry.host)
        return registry

    return start


def test_whoever_only_looks_needs_no_login(secure, tmp_path):
    registry = secure("anonymous")
    pin.run(tmp_path, [])
    assert registry.tags["o/serving:2.20.0"] in (tmp_path / BASE).read_text()
    assert set(registry.scopes) == {"repository:o/serving:pull", "repository:o/python:pull"}


@pytest.mark.parametrize("kind", ["basic", "token"])
def test_a_login_is_used(secure, tmp_path, monkeypatch, kind):
    registry = secure(kind)
    monkeypatch.setenv("REGISTRY_USER", USER)
    monkeypatch.setenv("REGISTRY_PASSWORD", PASSWORD)
    pin.run(tmp_path, [])
    assert registry.tags["o/serving:2.20.0"] in (tmp_path / BASE).read_text()


@pytest.mark.parametrize(
    ("kind", "password"),
    [("basic", ""), ("token", "")] + [(kind, "wr0ng") for kind in ("basic", "token", "anonymous")],
)
def test_no_login_or_a_wrong_one(secure, tmp_path, monkeypatch, capsys, kind, password):
    secure(kind)
    monkeypatch.setenv("REGISTRY_PASSWORD", password)
    closed(tmp_path, capsys, r"does not show it to this login .401.*`docker login 127")


@pytest.fixture
def ours(root, registry):
    """Our own image has a name, and nobody has built it yet."""
    text = FILES[SMOKE].replace("ghcr.io/{nobody}", f"{registry.host}/o")
    (root / SMOKE).write_text(text)
    return text


@pytest.mark.parametrize("status", [401, 403, 404])
def test_our_own_image_before_its_first_build(root, registry, ours, capsys, status):
    registry.faults = [Fault(status, where="customer-churn")]
    pin.run(root, [])
    assert (root / SMOKE).read_text() == ours
    assert "customer-churn:0.1.0 left alone: nobody has pushed it yet" in capsys.readouterr().out
    assert "digest" in (root / BASE).read_text()


def test_our_own_image_once_it_is_built(root, registry, ours):
    digest = registry.tag("o/customer-churn:0.1.0-abc", index("e"))
    pin.run(root, [f"{registry.host}/o/customer-churn:0.1.0-abc"])
    tagged = ours.replace('"0.1.0"', f'"0.1.0-abc"\n    digest: {digest}')
    assert (root / SMOKE).read_text() == tagged


def test_our_own_image_that_is_gone_or_was_asked_for(root, registry, ours, capsys):
    before = pinned_tree.read(root)
    assert cli.main(["pin", f"{registry.host}/o/customer-churn:0.1.0-abc"]) == 1
    assert pinned_tree.read(root) == before
    assert "no o/customer-churn:0.1.0-abc" in capsys.readouterr().err
    (root / SMOKE).write_text(f"{ours}\n    digest: sha256:{'1' * 64}\n")
    closed(root, capsys, "no o/customer-churn:0.1.0, which")


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


@pytest.mark.parametrize("text", ["", "resources: [a.yaml]\n", "images: []\n"])
def test_a_kustomization_without_images(root, text):
    (root / BASE).write_text(text)
    pin.run(root, [])
    assert (root / BASE).read_text() == text


def test_a_tree_without_images(tmp_path, capsys):
    pin.run(tmp_path, [])
    assert capsys.readouterr().out == "No image stands in these files.\n"


def test_a_name_in_place_of_another(root, registry):
    text = f"images:\n- name: serving\n  newName: {registry.host}/o/serving\n  newTag: 2.20.0\n"
    (root / BASE).write_text(text)
    pin.run(root, [])
    digest = registry.tags["o/serving:2.20.0"]
    assert (root / BASE).read_text() == f"{text}  digest: {digest}\n"
