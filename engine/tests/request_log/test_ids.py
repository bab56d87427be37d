"""Ids of requests tell their time."""

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from mainline.request_log.ids import moment, uuid7


def test_an_id_tells_its_time():
    made = [uuid7() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {uuid.UUID(each).version for each in made} == {7}
    assert {uuid.UUID(each).variant for each in made} == {uuid.RFC_4122}
    assert abs(moment(made[0]) - datetime.now(UTC)) < timedelta(seconds=5)


def test_later_ids_sort_behind():
    first = uuid7()
    time.sleep(0.002)
    assert first < uuid7()


VERSION_4 = "6e0bbef3-c961-4fed-9bf4-cb5e9ceb3173"


@pytest.mark.parametrize("other", ["", "42", VERSION_4, "ffffffff-ffff-7fff-bfff-" + "f" * 12])
def test_another_id_tells_none(other):
    assert moment(other) is None
