"""A command on a project that cannot be used: one error, exit 1, nothing written."""

import pytest

from mainline.cli import main as cli
from mainline.core.layout import Layout

BROKEN = {
    "no section": ("pyproject.toml", "[project]\nname = 'x'\n", "no package of the project is nam"),
    "no package": (
        "pyproject.toml",
        "[tool.mainline]\npackage = 'gone'\n",
        "the package 'gone' ca",
    ),
    "no import": ("src/small/network.py", "import gone\n", "No module named 'gone'"),
    "no build": (
        "src/small/network.py",
        "def bild(): pass\n",
        "the project has no function 'build'",
    ),
    "signature": (
        "src/small/network.py",
        "def build(columns): pass\n",
        "Found def build(columns),",
    ),
    "options": ("params.yaml", "dropout", "'train.options.dropuot' is not a setting; did you mean"),
    "features": (
        "src/small/features.py",
        "def features(inputs): pass\n",
        "returns no dict of colum",
    ),
}


@pytest.mark.parametrize("command", ["params", "train"])
@pytest.mark.parametrize("case", BROKEN)
def test_it_says_what_is_wrong_and_writes_nothing(
    trained, tmp_path, monkeypatch, capsys, case, command
):
    project = trained.copy(tmp_path / "project")
    name, text, said = BROKEN[case]
    path = project.root / name
    path.write_text(path.read_text().replace(text, "dropuot") if case == "options" else text)
    monkeypatch.chdir(project.root)
    before = files(project.root)
    assert cli.main([command]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert files(project.root) == before


def files(root):
    kept = [Layout(root).trained, root / "plots", root / "metrics", Layout(root).baseline]
    found = [path for folder in kept for path in (folder, *folder.rglob("*"))]
    return {path: path.stat().st_mtime_ns for path in found}
