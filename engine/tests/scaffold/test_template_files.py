"""The file list: everything that is the project, nothing that a run or a person left behind."""

import subprocess

import pytest
from project_template import NEW, OLD, ROOT, everything, render, tree


@pytest.fixture
def copy(tmp_path):
    """This tree without its repository, as out of a zip file."""
    render.render(ROOT, tmp_path / "copy", OLD)
    return tmp_path / "copy"


def known_to_git():
    """What git tracks or would offer to add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


def test_every_file_in_git_is_rendered_or_generated():
    rendered = {path.as_posix() for path in render.files(ROOT)}
    generated = {
        name
        for name in known_to_git()
        if render.within(render.PurePosixPath(name), render.GENERATED)
    }
    forgotten = known_to_git() - rendered - generated
    assert not forgotten, "name them in FILES or GENERATED of cookiecutter/render.py"


def test_nothing_is_rendered_that_git_would_not_keep():
    assert {path.as_posix() for path in render.files(ROOT)} <= known_to_git()


def test_the_list_needs_no_git(copy):
    assert everything(copy) == [path.as_posix() for path in render.files(ROOT)]


# What a run or a person leaves behind, and what a run writes for its own project.
LEFT = [
    ".dvc/cache/files/md5/00/1",
    ".dvc/config.local",
    ".env",
    ".git/config",
    ".mypy_cache/3.11/a.json",
    ".venv/lib/site.py",
    "customers.csv",
    "data/table.parquet",
    "dist/model/saved_model.pb",
    "mlflow.db",
    "models/baseline.joblib",
    "reports/gate.json",
    "src/{package}/__pycache__/cli.cpython-311.pyc",
    "src/{slug}.egg-info/PKG-INFO",
    "tests/.pytest_cache/README.md",
    "tests/.hypothesis/unicode_data/x",
    "tools/bin/crane",
    "data/catalogue.json",
    "dvc.lock",
    "k8s/overlays/production/release.yaml",
    "k8s/overlays/staging/release.yaml",
    "metrics/evaluation.json",
    "plots/roc.csv",
]


def test_junk_and_what_a_run_wrote_stay(copy):
    before = render.files(copy)
    for name in LEFT:
        path = copy / name.format(package=OLD.package_name, slug=OLD.project_slug)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"junk")
    assert render.files(copy) == before


def test_bytes_that_are_no_text_and_executable_files_are_kept(copy, tmp_path):
    content = b"\x89PNG\r\n\0" + OLD.project_slug.encode()
    latin = f"{OLD.project_slug} \xe9".encode("latin-1")
    (copy / "docs").mkdir(exist_ok=True)
    (copy / "docs/made-up.png").write_bytes(content)
    (copy / "docs/made-up.txt").write_bytes(latin)
    (copy / "docs/made-up.crlf").write_bytes(f"{OLD.project_slug}\r\n".encode())
    (copy / "docs/made-up.sh").write_bytes(b"echo\n")
    (copy / "docs/made-up.sh").chmod(0o755)
    (copy / "docs/from-zip.sh").write_bytes(b"#!/bin/sh\n")
    render.render(copy, tmp_path / "new", NEW)
    rendered = tree(tmp_path / "new")
    assert rendered["docs/made-up.png"] == (content, False)
    assert rendered["docs/made-up.txt"] == (latin, False)
    assert rendered["docs/made-up.crlf"] == (f"{NEW.project_slug}\r\n".encode(), False)
    assert rendered["docs/made-up.sh"] == (b"echo\n", True)
    assert rendered["docs/from-zip.sh"] == (b"#!/bin/sh\n", True)
