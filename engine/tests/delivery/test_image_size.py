"""`mainline image-size`, with a builder that has an image of a known size."""

import io
import tarfile

import pytest

from mainline.cli import main as cli


@pytest.fixture
def builder(tmp_path, monkeypatch):
    """A function: put `builder` on PATH, whose image has files of these sizes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def call(*sizes, cut=None, create="echo 12ab", export=""):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as files:
            for number, size in enumerate(sizes):
                about = tarfile.TarInfo(f"file-{number}")
                about.size = size
                files.addfile(about, io.BytesIO(bytes(size)))
        (tmp_path / "image.tar").write_bytes(packed.getvalue()[:cut])
        script = tmp_path / "builder"
        script.write_text(
            f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\ncase "$1" in\n'
            f"create) {create} ;;\nexport) cat {tmp_path}/image.tar; {export or ':'} ;;\nesac\n"
        )
        script.chmod(0o755)
        return tmp_path / "calls"

    return call


def test_the_size_is_that_of_the_files(builder, capsys):
    calls = builder(1_500_000, 500_000)
    line = ["image-size", "registry/x:1", "--builder=builder"]
    assert cli.main([*line, "--most=2"]) == 0
    assert capsys.readouterr().out == "image-size registry/x:1: 2.0 MB unpacked, of 2 MB\n"
    assert calls.read_text() == "create registry/x:1\nexport 12ab\nrm 12ab\n"


def test_an_image_that_is_too_large_is_one_clear_line(builder, capsys):
    calls = builder(1_500_000, 600_000)
    assert cli.main(["image-size", "x:1", "--builder=builder", "--most=2"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "image-size: x:1: the image is too large. Found 2.1 MB unpacked, expected 2 MB or less.\n"
    )
    assert calls.read_text().endswith("rm 12ab\n")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"cut": 700}, "`builder export` failed"),
        ({"cut": 0}, "`builder export` failed"),
        ({"export": "exit 1"}, "`builder export` failed"),
        ({"create": "echo no such image >&2; exit 125"}, "`builder create` failed: no such image"),
    ],
)
def test_an_image_that_cannot_be_read_is_never_small_enough(builder, capsys, broken, said):
    builder(10_000, **broken)
    assert cli.main(["image-size", "x:1", "--builder=builder"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_without_a_builder(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["image-size", "x:1", "--builder=builder"]) == 1
    assert capsys.readouterr().err == "image-size: builder is not on PATH.\n"
