"""A machine that gives way: a line that names the place, never a traceback."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from test_fuzzed_csv import params

from customer_churn import cli
from customer_churn.core.files import staged
from customer_churn.outage import explained

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class TensorFlowError(Exception):
    pass


@pytest.fixture
def here(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(params())
    rows = [f"c{n},{n % 60},{n},ulm,plus,{'no' if n % 4 else 'yes'}\n" for n in range(9000)]
    (tmp_path / "rows.csv").write_text("id,age,income,city,plan,left\n" + "".join(rows))
    return tmp_path


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (FULL, "the disk is full"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "the disk is full"),
        (TensorFlowError("UNKNOWN: models/x; No space left on device"), "the disk is full"),
        (PermissionError(errno.EACCES, "", "models/x"), "models/x: Permission denied; whoever"),
        (OSError(errno.EROFS, "", "models/x"), "models/x: Read-only file system; "),
        (OSError(errno.EMFILE, "", "models/x"), "models/x: Too many open files; `ulimit -n`"),
        (OSError(errno.EIO, ""), "Input/output error; the disk"),
        (MemoryError(), "the memory ran out"),
    ],
)
def test_each_is_said_in_words(error, message, monkeypatch, capsys):
    monkeypatch.setattr(cli, "_run", lambda *_: (_ for _ in ()).throw(error))
    assert cli.main(["ingest"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"ingest: {message}")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("error", [KeyError("a"), ValueError("b"), OSError("no number")])
def test_a_defect_of_ours_keeps_its_traceback(error, monkeypatch):
    assert explained(error) is None
    monkeypatch.setattr(cli, "_run", lambda *_: (_ for _ in ()).throw(error))
    with pytest.raises(type(error)):
        cli.main(["ingest"])


def test_a_full_disk_is_said_with_the_file_that_did_not_fit(tmp_path):
    with pytest.raises(OSError) as caught, staged(tmp_path / "table"):
        raise OSError(*FULL.args)
    assert str(explained(caught.value)).startswith(f"{tmp_path}/table could not be written: ")


def ended(*command: str, limit: int | None = None, **options) -> subprocess.CompletedProcess[str]:
    """One of our commands, allowed to write no file longer than `limit` bytes."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "customer_churn.cli", *command],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        preexec_fn=bounded if limit is not None else None,
        **({"stdout": subprocess.PIPE} | options),
    )


@pytest.mark.parametrize("command", ["ingest", "split"])
def test_a_stage_that_cannot_write_leaves_what_was_there(here, command):
    """A process's own limit, for root as for anybody; Python meets it as it meets a full disk."""
    for stage in ("ingest", "validate"):
        assert ended(stage).returncode == 0
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    done = ended(command, limit=4096)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{command}: ")
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before
    assert ended(command).returncode == 0


def test_words_that_cannot_be_written_are_no_traceback(here):
    with Path("/dev/full").open("w") as full:
        done = ended("ingest", stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith("ingest: the disk is full")
    assert len(done.stderr.splitlines()) == 1
