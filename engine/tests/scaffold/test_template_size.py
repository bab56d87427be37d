"""A new project stays small enough to be read, and its owner's part smaller still."""

from pathlib import PurePosixPath

import pytest
from project_template import NEW, ROOT, known_to_git, render, tree

from project import MOST_FILES

# Of a first run git keeps these; a promotion comes later.
RUN = ("data", "dvc.lock", "k8s/overlays/staging/release.yaml", "metrics", "plots")
MADE = ["requirements/engine.txt", "vendor/mainline_ml-0.2.0-py3-none-any.whl"]
OWNERS = ("README.md", "dvc.yaml", "params.yaml", "src", "tests")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Bytes of the rendered files by name."""
    path = tmp_path_factory.mktemp("rendered")
    render.render(ROOT, path, NEW)
    return {name: content for name, (content, _) in tree(path).items()}


def fits(name, folder, ending):
    return name.startswith(folder) and name.endswith(ending)


def test_files_after_the_first_run(files):
    made = [name for name in known_to_git() if render.within(PurePosixPath(name), RUN)]
    assert len(files) + len(made) + len(MADE) <= MOST_FILES


def test_files_of_the_owner(files):
    assert len([name for name in files if render.within(PurePosixPath(name), OWNERS)]) <= 20


@pytest.mark.parametrize(
    ("folder", "ending", "most"),
    [("src/", ".py", 600), ("tests/", ".py", 500), ("requirements/", ".txt", 6000)],
)
def test_lines(files, folder, ending, most):
    found = [text for name, text in files.items() if fits(name, folder, ending)]
    assert found
    assert sum(len(text.splitlines()) for text in found) <= most
