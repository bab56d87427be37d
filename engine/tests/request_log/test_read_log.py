"""What reads the log: of one hour no more than that, and it changes nothing."""

from dataclasses import replace
from datetime import timedelta

from exchanges import exchange
from stored import ids

from mainline.request_log.log_store import Store, folder_of
from mainline.request_log.read import Log
from mainline.request_log.settings import LogSettings

HOUR = 1_700_006_400 // 3600


def test_a_reader_removes_no_temporary_file(store, fill_store, monkeypatch):
    """A clock that is ahead, or a writer that is slow, would lose the writer's file."""
    (given,) = fill_store(exchange(time=HOUR * 3600.0))
    left = store / folder_of(HOUR) / ".slow.2"
    left.write_bytes(b"PAR1")
    monkeypatch.setattr("mainline.request_log.log_store.LEFT", timedelta(seconds=-5))
    log = Log(LogSettings(store=str(store)), None)
    assert ids(log.last(5)) == ids(log.of_request(given.request_id)) == ids([given])
    assert left.exists()


def test_of_other_hours_nothing_is_read(store, fill_store, monkeypatch):
    given = exchange(time=HOUR * 3600.0)
    for hour in (0, -5, -9):
        fill_store(replace(given, request_id=f"id-{hour}", time=(HOUR + hour) * 3600.0))
    read, files_of = [], Store.files
    monkeypatch.setattr(
        Store, "files", lambda self, hour: read.append(hour) or files_of(self, hour)
    )
    Log(LogSettings(store=str(store)), None).of_request("id-0")
    assert read == [HOUR]


def test_arms_of_a_request_that_lie_in_two_hours_are_both_found(store, fill_store):
    early = exchange(time=HOUR * 3600.0 - 0.1)
    late = replace(early, time=HOUR * 3600.0 + 0.1, arm="shadow")
    fill_store(early)
    fill_store(late)
    log = Log(LogSettings(store=str(store)), None)
    assert {row["arm"] for row in log.of_request(early.request_id)} == {"main", "shadow"}
