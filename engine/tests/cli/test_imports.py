"""Heavy imports are quiet, leave the collector on, and end at once when Ctrl-C comes."""

import gc
import os
import signal
import subprocess
import sys
import weakref

import pytest

from mainline.dvc import command as dvc_main
from mainline.process.imports import hushed, importing


class Knot:
    """An object that only the collector can take away."""

    def __init__(self):
        self.itself = self


@pytest.fixture(autouse=True)
def collector():
    yield
    gc.unfreeze()
    gc.enable()


def test_chatter_on_the_error_stream_is_held_back(capfd):
    with hushed():
        os.write(2, b"no GPU\n")
    assert capfd.readouterr().err == ""


def test_it_is_shown_when_the_block_fails(capfd):
    with pytest.raises(ImportError), hushed():
        os.write(2, b"missing library\n")
        raise ImportError
    assert capfd.readouterr().err == "missing library\n"


def test_nothing_is_collected_within_and_all_that_comes_after():
    with importing():
        kept = weakref.ref(Knot())
    gone = weakref.ref(Knot())
    gc.collect()
    assert kept() is not None
    assert gone() is None


def test_a_failing_import_leaves_the_collector_and_ctrl_c_as_they_were():
    usual = signal.getsignal(signal.SIGINT)
    with pytest.raises(ImportError), importing():
        assert not gc.isenabled()
        raise ImportError
    assert gc.isenabled()
    assert signal.getsignal(signal.SIGINT) is usual


PRESS = "import os, signal; os.kill(os.getpid(), signal.SIGINT); print('it went on')"
SWALLOWED = f"""
import signal
signal.signal(signal.SIGINT, signal.{{handler}})
from mainline.process.imports import importing
with importing():
    try:
        {PRESS}
    except KeyboardInterrupt:
        print('swallowed')
"""


@pytest.mark.parametrize(
    ("handler", "code", "said"),
    [("default_int_handler", -signal.SIGINT, ""), ("SIG_IGN", 0, "it went on\n")],
)
def test_ctrl_c_ends_imports_without_a_word_unless_it_is_ignored(handler, code, said):
    program = [sys.executable, "-c", SWALLOWED.format(handler=handler)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, said, "")


DVC = {
    "__init__.py": "",
    "repo/__init__.py": "",
    "repo/open_repo.py": PRESS,
    "cli.py": f"""
def main(arguments):
    try:
        {PRESS}
    except KeyboardInterrupt:
        return 252
    return 40 + len(arguments)
""",
}


@pytest.fixture
def dvc(tmp_path):
    """Run a stand-in for DVC that is interrupted while it is imported, or while it works."""
    for name, text in DVC.items():
        path = tmp_path / "dvc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(handler) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, *dvc_main.COMMAND, "repro"],
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            preexec_fn=lambda: signal.signal(signal.SIGINT, handler),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    return run


def test_dvc_that_is_still_imported_ends_without_a_word(dvc):
    assert dvc(signal.SIG_DFL) == (-signal.SIGINT, "")


def test_dvc_at_work_hears_of_it(dvc, tmp_path):
    (tmp_path / "dvc/repo/open_repo.py").write_text("")
    assert dvc(signal.SIG_DFL) == (252, "")


def test_dvc_in_the_background_ignores_it(dvc):
    assert dvc(signal.SIG_IGN) == (41, "")
