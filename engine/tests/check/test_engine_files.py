"""k8s/base and k8s/components: an edit, a missing and an added file are each said."""

import tomllib
from pathlib import Path

import pytest

from mainline.check import engine_files

ROOT = Path(__file__).parents[3]


def problems(root: Path) -> dict[str, list[str]]:
    said = {file[0]: list(engine_files.as_shipped(file)) for file in engine_files.files(root)}
    return {path: found for path, found in said.items() if found}


def test_the_hashes_are_those_of_this_repository():
    """After a change there: `python -m mainline.check.engine_files` at the top."""
    assert problems(ROOT) == {}
    assert len(engine_files.files(ROOT)) > 15


def test_no_file_of_theirs_names_a_project():
    name = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"]
    for path, _, _ in engine_files.files(ROOT):
        text = (ROOT / path).read_text().lower()
        assert not [it for it in (name, name.replace("-", "_"), "your-org") if it in text], path


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        (lambda it: it.write_text(it.read_text() + "# mine\n"), "k8s/base/service.yaml", "edited"),
        (lambda it: it.unlink(), "k8s/components/gpu/kustomization.yaml", "is missing"),
        (lambda it: it.write_text("a: 1\n"), "k8s/base/mine.yaml", "does not come from Mainline"),
    ],
)
def test_each_change_is_said(project, change, path, said):
    change(project / path)
    [[found]] = problems(project).values()
    assert said in found


def test_line_ends_do_not_matter(project):
    for path, _, _ in engine_files.files(project):
        content = (project / path).read_bytes()
        (project / path).write_bytes(content.replace(b"\n", b"\r\n"))
    assert problems(project) == {}


def test_overlays_and_settings_are_the_project_s(project):
    for name in ("overlays/staging", "settings"):
        path = project / "k8s" / name / "kustomization.yaml"
        path.write_text(path.read_text() + "# mine\n")
    assert problems(project) == {}


def test_the_command_writes_the_hashes_of_the_files_that_are_here(project, monkeypatch, tmp_path):
    monkeypatch.setattr(engine_files, "HASHES", tmp_path / "hashes.json")
    (project / "k8s/base/mine.yaml").write_text("a: 1\n")
    engine_files.write(project)
    assert problems(project) == {}
