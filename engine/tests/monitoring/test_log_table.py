"""A window of the log: which rows it has, each once, and one line for all that can be wrong."""

from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from logged_window import DAY, rows, table, write

from conftest import WINDOW, inputs
from mainline.core.errors import DataError, MainlineError, SettingsError
from mainline.monitoring.log_table import LogTable, last_window
from mainline.monitoring.window import Window


def test_the_rows_of_the_window_alone_with_time_in_utc(store, opened):
    for day in ("2026-07-05", DAY, "2026-07-07"):
        write(store, rows(inputs(3, 1), day=day))
    found = opened().frame("SELECT time, request_id, input_age FROM log ORDER BY time")
    assert list(found["request_id"]) == [f"{DAY}-{place}" for place in range(3)]
    assert found["time"][0] == pd.Timestamp(f"{DAY} 10:00:00")


def test_rows_that_stand_twice_between_two_steps_of_the_compaction_count_once(store, opened):
    first, second = rows(inputs(4, 1)), rows(inputs(4, 2), request_id=[f"b{n}" for n in range(4)])
    write(store, first, "a")
    write(store, second, "b")
    write(store, pd.concat([first, second]), "compact-1")
    with opened() as log:
        assert log.one("SELECT count(*), count(DISTINCT request_id) FROM log") == (8, 8)
        assert log.one("SELECT sum(input_age) FROM log")[0] == pytest.approx(
            float(first["input_age"].sum() + second["input_age"].sum()), rel=1e-6
        )


def test_arms_and_rows_of_one_request_are_no_copies(store, opened):
    found = rows(inputs(4, 1), request_id="one", arm=["main", "main", "shadow", "shadow"])
    found["row"] = [0, 1, 0, 1]
    write(store, found, "a")
    assert opened().one("SELECT count(*) FROM log") == (4,)


def test_a_request_id_that_a_caller_gives_twice_is_two_requests(store, opened):
    write(store, rows(inputs(2, 1), request_id="mine"), "a")  # at two times
    assert opened().one("SELECT count(*) FROM log") == (2,)


def test_files_of_two_signatures_are_one_table(store, opened):
    write(store, rows(inputs(2, 1)), "a")
    wider = rows(inputs(2, 2).assign(extra=1.5), request_id=["x", "y"])
    write(store, wider, "b", input_age=pa.float64())
    log = opened()
    assert log.types["input_age"] == "DOUBLE"
    assert log.one("SELECT count(*), count(input_extra) FROM log") == (4, 2)


def test_nan_and_null_stay_apart(store, opened):
    found = table(rows(pd.DataFrame({"age": [1.0, np.nan, 3.0]})))
    place = found.column_names.index("input_age")
    nulls = pa.array([1.0, float("nan"), None], pa.float32())
    write(store, found.set_column(place, "input_age", nulls))
    log = opened()
    assert log.one("SELECT count(input_age), count_if(isnan(input_age)) FROM log") == (2, 1)


def test_no_log_yet(store):
    with pytest.raises(MainlineError, match=r"store: no prediction is logged yet\. `make serve`"):
        LogTable.opened(str(store), WINDOW)
    with pytest.raises(MainlineError, match="no prediction is logged yet"):
        last_window(str(store), 7, date(2026, 7, 8))


def test_a_window_without_rows_says_which_days_there_are(store):
    for day in ("2026-06-01", "2026-06-03"):
        write(store, rows(inputs(1, 1), day=day))
    with pytest.raises(MainlineError, match=r"no rows of 2026-07-06\. .*2026-06-01 to 2026-06-03"):
        LogTable.opened(str(store), WINDOW)


def test_a_file_without_rows_is_no_window(store):
    write(store, rows(inputs(1, 1)), "a").unlink()
    path = store / f"day={DAY}/hour=10/empty.parquet"
    pa.parquet.write_table(table(rows(inputs(1, 1))).slice(0, 0), path)
    with pytest.raises(MainlineError, match="no rows of 2026-07-06"):
        LogTable.opened(str(store), WINDOW)


def test_a_window_in_the_wrong_order():
    with pytest.raises(SettingsError, match="begins on 2026-07-07, after its end on 2026-07-06"):
        Window.parse("2026-07-07", "2026-07-06")


def test_a_file_that_is_no_parquet_is_named(store):
    path = write(store, rows(inputs(1, 1)))
    path.write_bytes(b"no parquet at all")
    with pytest.raises(DataError, match=r"compact-1\.parquet: ") as error:
        LogTable.opened(str(store), WINDOW)
    assert "\n" not in str(error.value)


def test_a_file_with_damaged_pages_is_one_line(store, opened):
    path = write(store, rows(inputs(2000, 1)))
    content = bytearray(path.read_bytes())
    content[4 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4)
    path.write_bytes(content)
    with pytest.raises(DataError, match="the log cannot be read: ") as error:
        opened().rows("SELECT * FROM log")
    assert "\n" not in str(error.value)
    assert str(store) in str(error.value)


def test_only_a_file_that_is_gone_is_put_down_to_the_compaction(store, opened):
    path = write(store, rows(inputs(3, 1)))
    log = opened()
    with pytest.raises(DataError, match="the log cannot be read: ") as error:
        log.rows("SELECT no_such_column FROM log")
    assert "compact" not in str(error.value)
    path.unlink()
    with pytest.raises(DataError, match="`mainline log compact` may have replaced files"):
        log.rows("SELECT * FROM log")


@pytest.mark.parametrize(
    ("days", "today", "window"),
    [
        pytest.param(["2026-07-01", DAY], "2026-07-08", "2026-06-30 to 2026-07-06", id="whole"),
        pytest.param(["2026-07-05", DAY], DAY, "2026-06-29 to 2026-07-05", id="today is not over"),
        pytest.param([DAY], DAY, DAY, id="the first day"),
    ],
)
def test_the_default_window(store, days, today, window):
    for day in days:
        write(store, rows(inputs(1, 1), day=day))
    assert str(last_window(str(store), 7, date.fromisoformat(today))) == window


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_parquet('{path}')",
        "COPY (SELECT 1) TO '{path}.csv'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM of_python",
    ],
    ids=["read", "write", "extension", "setting", "python"],
)
def test_sql_reaches_nothing_but_the_log(store, opened, sql):
    path = write(store, rows(inputs(1, 1)))
    of_python = pd.DataFrame({"a": [1]})
    assert len(of_python) == 1
    with pytest.raises(duckdb.Error):
        opened().connection.sql(sql.format(path=path)).fetchall()


def test_a_log_in_an_object_store(object_store, store):
    object_store.create_bucket(
        Bucket="watched", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    for name in ("a", "b"):
        path = write(store, rows(inputs(5, 1), request_id=[f"{name}{n}" for n in range(5)]), name)
        object_store.upload_file(str(path), "watched", f"log/{path.relative_to(store)}")
    with LogTable.opened("s3://watched/log", WINDOW) as log:
        assert log.one("SELECT count(*), count(input_age) FROM log") == (10, 10)
