"""One hub for all proposals of a test run, one new project: what tests share is dear to make."""

import pytest
from filelock import FileLock
from forged import Honest
from new_project import NewProject

from hub import TOKEN, Hub
from local_registry import LocalRegistry


@pytest.fixture(scope="session")
def registry():
    served = LocalRegistry()
    yield served
    served.close()


@pytest.fixture(scope="session")
def hub(trained, tmp_path_factory, registry):
    opened = Hub.open(trained, tmp_path_factory.mktemp("hub"), registry)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def honest(hub) -> Honest:
    hub.start("honest").set(**{"train.seed": 8})
    head = hub.push("Another seed")
    trained = hub.train("honest")
    assert trained.jobs["train"] == "success", trained.log
    return Honest(head, trained)


@pytest.fixture(autouse=True)
def _no_secret_is_left_behind(request):
    """After each test of workflows: nothing that is kept, no file and no log holds a secret."""
    here = request.getfixturevalue("hub") if "hub" in request.fixturenames else None
    yield
    if here is not None:
        found = here.holding(here.secret, TOKEN)
        here.act.runs.clear()
        assert found == [], found


@pytest.fixture(scope="session")
def new_project(shared) -> tuple[NewProject, str]:
    """A new project after its first `make run`, committed, and what that said. Never change it."""
    folder = shared / "new"
    said = folder / "said.txt"
    with FileLock(f"{folder}.lock"):
        if not said.exists():
            project = NewProject.create(folder)
            done = project.run("make", "run")
            assert done.returncode == 0, done.stdout[-4000:]
            project.commit("The first model")
            said.write_text(done.stdout)
        return NewProject(folder / "fraud-risk"), said.read_text()
