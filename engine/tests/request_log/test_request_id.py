"""Ids of requests: kept when given, else a UUID whose time can be read."""

import uuid
from datetime import UTC, datetime

import pytest

from mainline.request_log.request_id import made_at, request_id, uuid7


@pytest.mark.parametrize("given", ["a", "0af7651916cd43dd", "order/7:retry=1", "~" * 128])
def test_a_callers_id_is_kept(given):
    assert request_id(given) == given


@pytest.mark.parametrize("given", ["", " ", "a b", "a\nb", "ü", "x" * 129, "\x00"])
def test_an_id_that_is_no_short_visible_text_is_replaced(given):
    assert uuid.UUID(request_id(given)).version == 7


def test_ours_is_a_uuid_of_version_7_that_sorts_by_time():
    ids = [uuid7(lambda now=now: now * 1_000_000) for now in (0, 1, 1_700_000_000_000, 2**48 - 1)]
    assert ids == sorted(ids)
    for each in ids:
        parsed = uuid.UUID(each)
        assert (parsed.version, parsed.variant, str(parsed)) == (7, uuid.RFC_4122, each)
    assert len({uuid7() for _ in range(1000)}) == 1000


def test_the_time_is_read_back():
    nanoseconds = 1_795_984_228_554_999_999
    expected = datetime.fromtimestamp(1_795_984_228.554, UTC)
    assert made_at(uuid7(lambda: nanoseconds)) == expected
    assert made_at("order-7") is None
    assert made_at(str(uuid.uuid4())) is None
