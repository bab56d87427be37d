"""Digests are a registry's answer, written where the tag stands; all of them or none."""

import pinned_tree
import pytest
import yaml
from pinned_tree import BASE, FILES, GPU, SMOKE

from customer_churn import cli
from customer_churn.delivery.placeholder import PLACEHOLDER
from customer_churn.images import pin
from registry_stub import MANIFEST

pytestmark = pytest.mark.usefixtures("nobody", "waits")


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
    [left] = [line for line in said if "left alone" in line]
    assert left.startswith(f"pin       ghcr.io/{PLACEHOLDER}/customer-churn:0.1.0 ")
    assert left.endswith(f" left alone: {PLACEHOLDER} is nobody ({SMOKE})")
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
    new = registry.tag("o/serving:2.20.0", pinned_tree.index("f"))
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
    digest = registry.tag("o/python:3.12-slim", pinned_tree.index("e"))
    name = f"{registry.host}/o/python"
    assert cli.main(["pin", f"{name}:3.12-slim"]) == 0
    text = (root / "Dockerfile").read_text()
    assert text.count(f"{name}:3.12-slim@{digest}") == 2
    assert "3.11" not in text
    assert "python:3.12-slim 3.11-slim → 3.12-slim, no digest → " in capsys.readouterr().out


def test_a_tag_that_reads_like_a_number_stays_text(root, registry):
    (root / GPU).unlink()
    digest = registry.tag("o/serving:2.30", pinned_tree.index("e"))
    pin.run(root, [f"{registry.host}/o/serving:2.30"])
    text = (root / BASE).read_text()
    assert f'newTag: "2.30" # ours is tested with it\n    digest: {digest}\n' in text


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
