"""Ctrl-C ends a command as stopped, whatever the code that it meets makes of it."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from customer_churn import cli, dvc_main, interrupt


@pytest.fixture(autouse=True)
def heard():
    """As in a terminal: several processes at once ignore it."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_what_another_error_was_made_of_stays_an_interrupt():
    with pytest.raises(KeyboardInterrupt), interrupt.heeded():
        with suppress(KeyboardInterrupt):
            press()
        raise ImportError("initialization failed")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_was_cleared_away_is_found_by_a_look():
    with interrupt.heeded():
        interrupt.check()
        with suppress(KeyboardInterrupt):
            press()
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()
    interrupt.check()  # whatever comes next has nothing to do with it


def test_other_errors_stay_what_they_are():
    with pytest.raises(ImportError), interrupt.heeded():
        raise ImportError("initialization failed")


def test_who_ignores_it_goes_on_doing_so():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupt.heeded():
        press()
        interrupt.check()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_another_thread_than_the_first_runs_a_command_too():
    done = []

    def work() -> None:
        with interrupt.heeded():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done


@pytest.mark.parametrize("module", ["raise ImportError('initialization failed')", "ANSWER = 1"])
def test_an_import_that_swallows_it_does_not_go_on(module, tmp_path, monkeypatch, capsys):
    """As NumPy and SciPy do: the one fails with another error, the other succeeds."""
    (tmp_path / "swallows.py").write_text(
        "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\n"
        f"except KeyboardInterrupt:\n    pass\n{module}\ndef run(root): print('it went on')\n"
    )
    monkeypatch.setattr("customer_churn.__path__", [str(tmp_path)])
    monkeypatch.setitem(cli.COMMANDS, "ingest", cli.COMMANDS["ingest"].__class__("swallows", ""))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["ingest"]) == 130
    assert capsys.readouterr() == ("", "ingest: stopped\n")
    sys.modules.pop("customer_churn.swallows", None)


def test_one_while_the_options_are_read_is_a_line_as_well(monkeypatch, capsys):
    monkeypatch.setattr(cli, "parser", press)
    assert cli.main(["ingest"]) == 130
    assert capsys.readouterr().err == "customer-churn: stopped\n"


DVC = {
    "__init__.py": "",
    "repo/__init__.py": "",
    "repo/open_repo.py": "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n",
    "cli.py": """
import os, signal
def main(arguments):
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        return 252
    return 40 + len(arguments)
""",
}


@pytest.fixture
def dvc(tmp_path, monkeypatch):
    """Run a stand-in for DVC that is interrupted while it is imported, or while it works."""
    for name, text in DVC.items():
        path = tmp_path / "dvc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    command = [sys.executable, *dvc_main.COMMAND, "repro"]
    return lambda: subprocess.run(command, capture_output=True, text=True, check=False)


def test_dvc_that_still_imports_itself_ends_without_a_word(dvc):
    done = dvc()
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_dvc_at_work_hears_of_it(dvc, tmp_path):
    (tmp_path / "dvc/repo/open_repo.py").write_text("")
    assert dvc().returncode == 252


def test_dvc_in_the_background_does_not(dvc):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert dvc().returncode == 41


def test_it_is_dvc():
    command = [sys.executable, *dvc_main.COMMAND, "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout[0].isdigit()
