"""Records of exchanges in a file: every byte back, and nothing of a torn one."""

import io

import pytest
from exchanges import exchange
from hypothesis import given
from hypothesis import strategies as st

from mainline.request_log import record_bytes

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n"), max_size=9)


def read(data: bytes) -> list[record_bytes.Record]:
    return list(record_bytes.decoded(io.BytesIO(data), len(data)))


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "request_id": TEXT,
                "target": TEXT,
                "entity": TEXT,
                "status": st.integers(0, 999),
                "time": st.floats(0, 2e9),
                "request": st.binary(max_size=50),
                "response": st.binary(max_size=50),
            }
        ),
        max_size=4,
    )
)
def test_exchanges_come_back(changes):
    given = [exchange(**each) for each in changes]
    data = b"".join(record_bytes.encode(number, each) for number, each in enumerate(given))
    found = read(data)
    assert [record.exchange for record in found] == given
    assert [record.number for record in found] == list(range(len(given)))
    assert not found or found[-1].end == len(data)


def test_a_torn_tail_is_cut_at_every_byte():
    given = [exchange(request=bytes(20)), exchange(request=b"x" * 30)]
    first, second = (record_bytes.encode(number, each) for number, each in enumerate(given))
    for cut in range(len(second)):
        found = read(first + second[:cut])
        assert [record.exchange for record in found] == given[:1], cut
        assert found[0].end == len(first)


@pytest.mark.parametrize("flipped", [1, 40])
def test_a_changed_byte_is_found(flipped):
    """Of each byte one bit in turn: a checksum, a length, a number, a text or a body."""
    first, second = (record_bytes.encode(number, exchange()) for number in (1, 2))
    for place in range(len(first), len(first) + len(second)):
        data = bytearray(first + second)
        data[place] ^= flipped
        assert len(read(bytes(data))) == 1, place


def test_a_line_end_in_a_text_becomes_a_space():
    found = read(record_bytes.encode(1, exchange(entity="a\nb", caller="c\n")))
    assert found[0].exchange.entity == "a b"
    assert found[0].exchange.caller == "c "
