"""The file list: everything that is the project, nothing that a run or a person left behind."""

import re
from pathlib import PurePosixPath

import pytest
from project_template import NEW, OLD, ROOT, copied, known_to_git, render, tree


@pytest.fixture
def copy(tmp_path):
    return copied(tmp_path / "copy")


def rendered(root=ROOT):
    return {path.as_posix() for path in render.files(root)}


def test_every_file_in_git_is_rendered_or_named_with_a_reason():
    other = {
        name for name in known_to_git() if render.within(PurePosixPath(name), render.NOT_AS_HERE)
    }
    forgotten = set(known_to_git()) - rendered() - other
    assert not forgotten, "name them in FILES or NOT_AS_HERE of cookiecutter/render.py"
    assert all(len(reason.split()) > 1 for reason in render.NOT_AS_HERE.values())


def test_nothing_is_rendered_that_git_would_not_keep():
    assert rendered() <= set(known_to_git())


def test_the_list_needs_no_git(copy):
    assert rendered(copy) == rendered()


def test_parts_of_this_repository_alone_are_cut():
    begin, end = render.BEGIN, render.END
    text = f"one\n# {begin}\ntwo\n# {end}\nthree\n<!-- {begin} -->\nfour\n<!-- {end} -->\n"
    assert render.cut(text) == "one\nthree\n"
    nested = f"a:\n  # {begin}\n  b: 1\n  # {end}\n  c: 2\n"
    assert render.cut(nested) == "a:\n  c: 2\n"


def test_every_part_that_begins_ends():
    marker = re.compile(f"{render.BEGIN}|{render.END}")
    for name in rendered():
        found = marker.findall((ROOT / name).read_text("utf-8", errors="replace"))
        assert found == [render.BEGIN, render.END] * (len(found) // 2), name


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
    "src/{package}/__pycache__/network.cpython-311.pyc",
    "src/{slug}.egg-info/PKG-INFO",
    "tests/.pytest_cache/README.md",
    "engine/tools/bin/crane",
    "vendor/mainline_ml-0.1.0-py3-none-any.whl",
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
