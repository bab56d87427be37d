import os

import pytest

from customer_churn.hush import hushed


def test_chatter_on_the_error_stream_is_held_back(capfd):
    with hushed():
        os.write(2, b"no GPU\n")
    assert capfd.readouterr().err == ""


def test_it_is_shown_when_the_block_fails(capfd):
    with pytest.raises(ImportError), hushed():
        os.write(2, b"missing library\n")
        raise ImportError
    assert capfd.readouterr().err == "missing library\n"
