"""A machine that gives way: a line that names the place, never a traceback."""

import errno
import io
import os
import resource
import subprocess
import sys
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import pytest
from test_fuzzed_csv import params

from mainline.cli import main as cli
from mainline.core.files import staged
from mainline.process.outage import outage
from this_engine import this_engine

BUILD = 'def build(columns, options, task):\n    return open("vocab.txt").read()\n'
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class TensorFlowError(Exception):
    pass


@pytest.fixture
def here(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(params())
    (tmp_path / "pyproject.toml").write_text('[tool.mainline]\npackage = "shop"\n')
    (tmp_path / "src/shop").mkdir(parents=True)
    (tmp_path / "src/shop/__init__.py").touch()
    (tmp_path / "src/shop/network.py").write_text(BUILD)
    this_engine().write(tmp_path)
    rows = [f"c{n},{n % 60},{n},ulm,plus,{'no' if n % 4 else 'yes'}\n" for n in range(3000)]
    (tmp_path / "rows.csv").write_text("id,age,income,city,plan,left\n" + "".join(rows))
    return tmp_path


@pytest.fixture
def failing(monkeypatch, tmp_path):
    """Have a command fail with this error."""
    monkeypatch.chdir(tmp_path)

    def fail(error: BaseException) -> int:
        monkeypatch.setattr(cli, "_run", lambda *_: (_ for _ in ()).throw(error))
        return cli.main(["ingest"])

    return fail


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (FULL, "the disk is full. No file is half-written"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "models/x"), "models/x: the disk is"),
        (TensorFlowError("UNKNOWN: models/x; No space left on device"), "the disk is full"),
        (OSError(errno.EROFS, "", "models/x"), "models/x: Read-only file system. "),
        (OSError(errno.EMFILE, "", "models/x"), "models/x: Too many open files. `ulimit -n`"),
        (OSError(errno.ENOMEM, ""), "Cannot allocate memory. "),
        (MemoryError(), "out of memory"),
    ],
)
def test_each_is_said_in_one_line(error, message, failing, capsys):
    assert failing(error) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"ingest: {message}")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "error",
    [
        KeyError("a"),
        OSError("no number"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "vocab.txt"),
        PermissionError(errno.EACCES, "Permission denied", "vocab.txt"),
        IsADirectoryError(errno.EISDIR, "Is a directory", "vocab.txt"),
        ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    ],
)
def test_everything_else_keeps_its_traceback(error, failing):
    assert outage(error) is None
    with pytest.raises(type(error)):
        failing(error)


@pytest.mark.parametrize("kind", [FileNotFoundError, IsADirectoryError])
def test_a_file_that_a_network_misses_is_named_with_its_line(here, kind):
    """`open("vocab.txt")` in `network.py`: its author needs the file and the line."""
    if kind is IsADirectoryError:
        (here / "vocab.txt").mkdir()
    (here / "params.yaml").write_text(f"{params()}train: {{seed: 1, epochs: 1}}\n")
    for stage in ("ingest", "validate", "split"):
        assert cli.main([stage]) == 0
    with pytest.raises(kind) as caught:
        cli.main(["train"])
    assert str(caught.traceback[-1].path).endswith("network.py")
    assert caught.traceback[-1].lineno + 1 == 2
    assert not list(here.glob("models/*"))


def test_a_full_disk_is_said_with_the_file_that_did_not_fit(tmp_path):
    with pytest.raises(OSError) as caught, staged(tmp_path / "table"):
        raise OSError(*FULL.args)
    assert str(outage(caught.value)).startswith(f"{tmp_path}/table: the disk is full. ")


@contextmanager
def no_file_longer_than(limit: int):
    """A process's own limit, for root as for anybody; Python meets it as it meets a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        with redirect_stdout(io.StringIO()):  # pytest's own is a file
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("command", ["ingest", "split"])
def test_a_stage_that_cannot_write_leaves_what_was_there(here, command, capsys):
    for stage in ("ingest", "validate"):
        assert cli.main([stage]) == 0
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    capsys.readouterr()
    with no_file_longer_than(4096):
        assert cli.main([command]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{command}: ")
    assert "File too large" in said
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before
    assert cli.main([command]) == 0


def test_words_that_cannot_be_written_are_no_traceback(here):
    command = [sys.executable, "-m", "mainline.cli.main", "ingest"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("ingest: the disk is full")
    assert len(done.stderr.splitlines()) == 1
