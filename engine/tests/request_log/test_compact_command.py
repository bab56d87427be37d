"""`log compact` as a workflow runs it: with a mounted ConfigMap, and with nothing to do."""

import pytest
from exchanges import exchange
from stored import files

from mainline.cli import main as cli
from mainline.request_log.settings import LogSettings
from mainline.request_log.shipped_segments import ship
from mainline.request_log.spool import Spool


@pytest.fixture
def mounted(tmp_path):
    """The gateway's settings as the kubelet mounts a ConfigMap: by two symbolic links."""
    content, folder = tmp_path / "..2026_11_30", tmp_path / "gateway"
    content.mkdir()
    folder.mkdir()
    said = "log: {retention_days: 36500, hash: [plan]}\nlimits: {connections: 512}\n"
    (content / "settings.yaml").write_text(said)
    (folder / "..data").symlink_to(content)
    (folder / "settings.yaml").symlink_to("..data/settings.yaml")
    return folder / "settings.yaml"


@pytest.fixture
def compacting(mounted, store, capsys, monkeypatch):
    """A function: run the command without the key of hashes. Returns exit code and output."""
    monkeypatch.delenv("LOG_HASH_KEY", raising=False)

    def call():
        code = cli.main(["log", "compact", f"--settings={mounted}", f"--store={store}"])
        return code, *capsys.readouterr()

    return call


@pytest.mark.parametrize("there", [False, True], ids=["missing", "empty"])
def test_a_store_without_a_day_is_one_line_and_no_error(compacting, store, there):
    if there:
        store.mkdir()
    assert compacting() == (0, f"{store}: nothing to compact, the log has no day yet\n", "")


def test_hours_are_compacted_once_and_then_there_is_nothing_to_do(compacting, spool, store, fill):
    fill(exchange(time=1_700_000_000.0), exchange(time=1_700_000_001.0), each=1)
    ship(Spool(spool), LogSettings(store=str(store)))
    assert len(files(store)) == 2
    code, said, _ = compacting()
    assert (code, said) == (0, "day=2023-11-14/hour=22: 2 files and 2 rows, 0 of them twice\n")
    assert len(files(store)) == 1
    said = f"{store}: nothing to compact, every hour that is over is one file\n"
    assert compacting() == (0, said, "")


def test_a_store_that_cannot_be_listed_is_an_error(compacting, store):
    store.write_text("a file")
    code, said, wrong = compacting()
    assert (code, said, wrong.count("\n")) == (1, "", 1)
    assert str(store) in wrong
