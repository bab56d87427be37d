"""The log in Google Cloud Storage: shipped, read, made one file, and deleted."""

from stored import ids

from mainline.request_log.compact import compact
from mainline.request_log.log_store import Store
from mainline.request_log.settings import LogSettings
from mainline.request_log.shipped_segments import ship
from mainline.request_log.spool import Spool

HOUR = 1_700_006_400.0  # 2023-11-15, the hour from 00:00


def rows(store):
    hours = [hour for day in store.days() for hour in store.hours(day)]
    paths = [path for hour in hours for path in store.files(hour)]
    found = []
    for path in paths:
        with store.opened(path) as file:
            found += file.read().to_pylist()
    return found


def test_segments_become_objects_that_are_read_compacted_and_deleted(spool, fill, google_bucket):
    given = fill(count=30, each=10, time=HOUR)
    place = google_bucket("requests/log")
    ship(Spool(spool), LogSettings(store=place))
    store = Store(place)
    assert store.days() == ["2023-11-15"]
    (hour,) = store.hours("2023-11-15")
    assert len(store.files(hour)) == 3
    assert ids(rows(store)) == ids(given)
    compact(store, hour)
    assert len(store.files(hour)) == 1
    assert ids(rows(store)) == ids(given)
    store.delete_day("2023-11-15")
    assert store.days() == []


def test_a_segment_that_is_shipped_again_replaces_itself(spool, fill, google_bucket):
    given = fill(time=HOUR)
    (segment,) = Spool(spool).closed()
    content = segment.read_bytes()
    settings = LogSettings(store=google_bucket("log"))
    ship(Spool(spool), settings)
    segment.write_bytes(content)
    ship(Spool(spool), settings)
    assert Spool(spool).closed() == []
    assert ids(rows(Store(settings.store))) == ids(given)
