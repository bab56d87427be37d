"""An hour that is over becomes one file with each row once, whatever happens meanwhile."""

import resource
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exchanges import exchange
from stored import files, ids, rows

from mainline.core.errors import DataError
from mainline.request_log import compact
from mainline.request_log.compact import run
from mainline.request_log.log_store import Store, folder_of
from mainline.request_log.read import Log
from mainline.request_log.settings import LogSettings

HOUR = 1_700_006_400 // 3600
LONG = "log: {retention_days: 36500}\n"


@pytest.fixture
def compacted(store, tmp_path):
    """A function: compact the store, without an end of what is kept."""
    (tmp_path / "long.yaml").write_text(LONG)
    return lambda: run(tmp_path, tmp_path / "long.yaml", str(store))


def again(store, name="again"):
    """Put copies of all files beside them, as another gateway or a crash would."""
    for path in list(store.rglob("*.parquet")):
        path.with_name(f"{name}-{path.name}").write_bytes(path.read_bytes())


def test_one_file_with_each_row_once(store, fill_store, compacted, capsys):
    given = fill_store()
    again(store)
    assert len(files(store)) == 6
    compacted()
    (one,) = files(store)
    assert one.startswith(f"{folder_of(HOUR)}/compact-")
    assert ids(rows(store)) == ids(given)
    assert "6 files and 60 rows, 30 of them twice" in capsys.readouterr().out
    compacted()
    assert files(store) == [one]
    assert capsys.readouterr().out.count("nothing to compact") == 1


def test_rows_that_come_late_join_the_file(store, fill_store, compacted):
    given = fill_store()
    compacted()
    late = fill_store(exchange(time=HOUR * 3600.0 + 5))
    again(store, "twice")
    compacted()
    assert len(files(store)) == 1
    assert ids(rows(store)) == ids(given + late)


def test_rows_of_one_request_are_several(store, fill_store, compacted):
    """Its rows, its arms, and a second request to which a caller gave the same id."""
    body = b'{"instances": [{"age": 1}, {"age": 2}]}'
    of = {"request_id": "same", "request": body, "response": b'{"predictions": [1, 2]}'}
    start = HOUR * 3600.0
    given = [
        exchange(**of, time=start),
        exchange(**of, time=start, arm="shadow"),
        exchange(**of, time=start + 1),
    ]
    fill_store(*given)
    again(store)
    compacted()
    found = rows(store)
    assert len(found) == 6
    assert len({(row["row"], row["arm"], row["time"]) for row in found}) == 6


def test_an_hour_that_is_not_over_stays(store, fill_store, compacted):
    now = time.time()
    fill_store(exchange(time=now), exchange(time=now), each=1)
    compacted()
    assert not [name for name in files(store) if "compact" in name]


def test_days_beyond_retention_are_deleted(store, fill_store, tmp_path, capsys):
    today = datetime.now(UTC).replace(hour=0, minute=0)
    days = [today - timedelta(days=back) for back in (89, 90, 91, 400)]
    fill_store(*[exchange(time=day.timestamp()) for day in days])
    run(tmp_path, None, str(store))
    assert [name[:14] for name in files(store)] == [f"day={day:%Y-%m-%d}" for day in days[1::-1]]
    assert capsys.readouterr().out.count("deleted, older than 90 days") == 2


def test_files_of_two_versions_get_types_that_hold_both(store, fill_store, compacted):
    given = fill_store()
    folder = store / folder_of(HOUR)
    first = pq.read_table(next(folder.glob("*.parquet")), partitioning=None)
    other = first.drop_columns(["input_plan"]).set_column(
        first.column_names.index("input_age"), "input_age", pa.array([7] * len(first), pa.int64())
    )
    other = other.set_column(1, "request_id", pa.array([f"o{n}" for n in range(len(first))]))
    other = other.append_column("input_more", pa.array([f"m{n}" for n in range(len(first))]))
    pq.write_table(other, folder / "other.parquet")
    compacted()
    (path,) = folder.glob("*.parquet")
    found = pq.ParquetFile(path).read()
    assert found.schema.field("input_age").type == pa.float64()
    assert len(found) == len(given) + len(other)
    by_id = {row["request_id"]: row for row in found.to_pylist()}
    assert (by_id["o0"]["input_age"], by_id["o0"]["input_more"]) == (7, "m0")
    assert by_id["o0"]["input_plan"] is None
    assert by_id[given[0].request_id]["input_plan"] == "basic"


def test_large_hours_are_written_in_groups(store, fill_store, compacted, monkeypatch):
    monkeypatch.setattr(compact, "GROUP", 25)
    given = fill_store(count=100)
    compacted()
    (path,) = store.rglob("*.parquet")
    about = pq.read_metadata(path)
    assert [about.row_group(n).num_rows for n in range(about.num_row_groups)] == [30, 30, 30, 10]
    assert ids(rows(store)) == ids(given)


@pytest.mark.parametrize("point", ["read", "write", "close", "delete", "second delete"])
def test_killed_at_any_point_no_row_is_lost(store, fill_store, compacted, monkeypatch, point):
    given = fill_store()
    again(store)
    calls = []
    where, name, at = {
        "read": (compact, "_new", 1),
        "write": (compact, "_as", 2),
        "close": (Store, "files", 2),
        "delete": (Store, "delete", 1),
        "second delete": (Store, "delete", 2),
    }[point]
    real = getattr(where, name)

    def crash(*of):
        calls.append(point)
        if len(calls) == at:
            raise KeyboardInterrupt
        return real(*of)

    with monkeypatch.context() as patch:
        patch.setattr(where, name, crash)
        if point == "close":
            compacted()  # asks for the files once
        else:
            with pytest.raises(KeyboardInterrupt):
                compacted()
    assert {row["request_id"] for row in rows(store)} == {each.request_id for each in given}
    compacted()
    assert len(files(store)) == 1
    assert ids(rows(store)) == ids(given)


def test_another_run_removes_what_this_one_reads(store, fill_store, compacted, monkeypatch, capsys):
    given = fill_store()
    again(store)
    real = compact._write
    monkeypatch.setattr(compact, "_write", lambda *of: both(real, *of))

    def both(real, *of):
        monkeypatch.setattr(compact, "_write", real)
        compacted()
        return real(*of)

    compacted()
    assert "another run is at work here" in capsys.readouterr().out
    compacted()
    assert len(files(store)) == 1
    assert ids(rows(store)) == ids(given)
    real_open = Store.opened

    def gone(self, path):
        self.delete(path)
        return real_open(self, path)

    fill_store(exchange(time=HOUR * 3600.0))
    monkeypatch.setattr(Store, "opened", gone)
    compacted()
    assert "another run is at work here" in capsys.readouterr().out


def test_an_unreadable_file_is_kept_and_stops_its_hour_alone(store, fill_store, compacted):
    fill_store(exchange(time=HOUR * 3600.0), exchange(time=HOUR * 3600.0 + 3600))
    (store / folder_of(HOUR) / "bad.parquet").write_bytes(b"PAR1")
    before = files(store)
    with pytest.raises(DataError, match=r"bad.parquet: Parquet file size is 4 bytes") as raised:
        compacted()
    assert "\n" not in str(raised.value)
    assert files(store)[:2] == before[:2]
    assert "hour=01/compact-" in files(store)[2]  # the next hour


def test_an_empty_file_is_removed_with_a_line_and_no_reader_meets_it(
    store, fill_store, compacted, capsys
):
    given = fill_store()
    empty = store / folder_of(HOUR) / "empty.parquet"
    empty.touch()
    (store / folder_of(HOUR) / ".temporary").touch()
    assert ids(Log(LogSettings(store=str(store)), None).last(30)) == ids(given)
    compacted()
    said = f"{empty}: was empty, as after a loss of power, and is removed.\n"
    assert capsys.readouterr().err == said
    temporary, one = files(store)
    assert (temporary[-10:], "compact-" in one) == (".temporary", True)
    assert ids(rows(store)) == ids(given)


def test_an_hour_has_more_files_than_a_process_may_open(store, fill_store, compacted):
    given = fill_store(count=3, each=3)
    (one,) = store.rglob("*.parquet")
    for number in range(60):
        one.with_name(f"again{number}.parquet").write_bytes(one.read_bytes())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 20, hard)
    )
    try:
        compacted()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(files(store)) == 1
    assert ids(rows(store)) == ids(given)


def test_a_temporary_file_is_removed_when_it_is_old(store, fill_store, compacted, monkeypatch):
    fill_store()
    left = store / folder_of(HOUR) / ".compact-1.2"
    left.write_bytes(b"PAR1")
    compacted()
    assert left.exists()
    monkeypatch.setattr("mainline.request_log.log_store.LEFT", timedelta(seconds=-5))
    compacted()
    assert not left.exists()


@pytest.mark.e2e
def test_runs_that_are_killed_and_run_at_once(store, fill_store, compacted, command, tmp_path):
    given = fill_store(count=3000, each=100)
    again(store)
    for turn in range(8):
        several = [
            command("log", "compact", "--store", store, "--settings", tmp_path / "long.yaml")
            for _ in range(2)
        ]
        time.sleep(1.5 + 0.15 * turn)
        for each in several:
            each.send_signal(signal.SIGKILL)
            each.communicate()
        assert {row["request_id"] for row in rows(store)} == {e.request_id for e in given}
    compacted()
    assert ids(rows(store)) == ids(given)
