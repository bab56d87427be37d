"""Ids of requests: kept when given, else made."""

import uuid

import pytest

from mainline.request_log.request_id import request_id


@pytest.mark.parametrize("given", ["a", "0af7651916cd43dd", "order/7:retry=1", "~" * 128])
def test_a_callers_id_is_kept(given):
    assert request_id(given) == given


@pytest.mark.parametrize("given", ["", " ", "a b", "a\nb", "ü", "x" * 129, "\x00"])
def test_an_id_that_is_no_short_visible_text_is_replaced(given):
    assert uuid.UUID(request_id(given)).version == 7
