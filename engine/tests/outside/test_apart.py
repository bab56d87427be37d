"""The rules for what runs apart: it sees no process, no secret, and writes nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mainline.core.errors import MainlineError
from mainline.outside import apart, started

TOKENS = {
    "GITHUB_TOKEN": "secret-token",
    "PUSH_TOKEN": "secret-push",
    "REGISTRY_PASSWORD": "secret-password",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "secret-oidc",
    "ACTIONS_RUNTIME_TOKEN": "secret-cache",
    "AWS_SECRET_ACCESS_KEY": "secret-key",
    "MLFLOW_TRACKING_PASSWORD": "secret-mlflow",
}
GIVEN = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
# Each line says what a program there could do, and fails where it cannot.
CAN = {
    "write there": "touch {there}/made",
    "write elsewhere": "touch {elsewhere}/made",
    "write where all may": "touch /dev/shm/made",
    "make all writable again": "mount -o remount,bind,rw /",
    "see others": "test -d /proc/{parent}",
    "ask a service": "ls /run | grep -q .",
    "use a network": "cat /proc/net/route | grep -q .0",
    "gain rights": "grep -q 'CapBnd:.*[1-9a-f]' /proc/self/status",
    "run at all": "true",
}


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "there").mkdir()
    return tmp_path / "there"


def do(line: str, folder: Path, *, network: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell apart."""
    said = line.format(there=folder, elsewhere=folder.parent, parent=os.getpid())
    found, command = apart.command(["sh", "-c", said], GIVEN, folder, network=network)
    if not found:
        # A laptop may be a Mac or a container. CI proves the boundary, so there it is an error.
        why = "this machine gives no Linux namespaces, neither by sudo nor to this user"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("what", CAN)
def test_what_a_program_can_do_apart(folder, what):
    allowed = what in ("write there", "run at all")
    assert (do(CAN[what], folder).returncode == 0) is allowed


def test_it_has_the_environment_that_it_is_given_and_its_own_exit_code(folder):
    assert set(do("env", folder).stdout.split()) - {f"PWD={Path.cwd()}"} == {
        f"{name}={value}" for name, value in GIVEN.items()
    }
    assert do("exit 7", folder).returncode == 7


def test_sudo_is_the_first_way_and_none_the_last(folder, monkeypatch, tmp_path):
    [(_, first), (_, second)] = apart.WAYS.items()
    assert first[0][0] == "sudo"
    assert {f"--reuid={os.getuid()}", "--clear-groups"} <= {*first[1]}
    assert second[1] == ()
    monkeypatch.setattr(apart, "WAYS", {"a": (("false",), ()), "b": (("env",), ())})
    monkeypatch.setattr(apart, "NO_NETWORK", "--ignore-environment")
    monkeypatch.setattr(apart, "__file__", str(tmp_path / "passes.py"))
    (tmp_path / "passes.py").write_text("")
    found, command = apart.command(["it"], GIVEN, folder, network=False)
    assert (found, command[0], command[-1]) == ("b", "env", "it")
    monkeypatch.setattr(apart, "WAYS", {"a": (("false",), ()), "b": (("/no/such",), ())})
    found, command = apart.command(["it"], GIVEN, folder, network=False)
    assert (found, command) == ("", ["env", "-i", *(f"{k}={v}" for k, v in GIVEN.items()), "it"])


def test_what_cannot_be_closed_runs_nothing(tmp_path):
    command = [sys.executable, "-I", apart.__file__, str(tmp_path / "absent"), "", "echo", "ran"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode
    assert done.stdout == ""


def test_the_way_is_said_and_code_of_a_proposal_needs_one(folder, monkeypatch, capsys):
    monkeypatch.setattr(apart, "WAYS", {})
    done = started.run("platform", at=folder, writes=folder, read=True)
    assert "platform runs in no namespaces" in capsys.readouterr().out
    assert "Linux" in done.stdout or sys.platform != "linux"
    with pytest.raises(MainlineError, match="no Linux namespaces here"):
        started.run("platform", at=folder, writes=folder, only_apart=True)


def test_the_child_s_environment_holds_no_secret(monkeypatch, tmp_path):
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    seen = started.clean(os.environ, tmp_path)
    assert seen["PATH"] == os.environ["PATH"]
    assert not [name for name, value in seen.items() if "secret" in value]
    assert not seen.keys() & TOKENS.keys()
    assert seen["HOME"] == str(tmp_path.resolve())


# On a Mac there is no prctl; workflows judge on Linux, where this runs.
@pytest.mark.skipif(sys.platform != "linux", reason="prctl is a call of Linux")
def test_while_the_child_runs_only_root_reads_the_parent_s_environment():
    program = (
        "from mainline.outside import started; import ctypes, os; started._hide();"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "0\n"
