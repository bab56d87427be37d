import hashlib

import pytest

from mainline.core.errors import MainlineError
from mainline.packaging import content

DIGITS = "0000000000ff" + "a" * 52


def test_the_content_hash_is_that_of_sorted_sha256sum_lines(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b/two").write_bytes(b"2")
    (tmp_path / "one").write_bytes(b"1")
    lines = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n"
        for name, data in (("b/two", b"2"), ("one", b"1"))
    )
    expected = "sha256:" + hashlib.sha256(lines.encode()).hexdigest()
    assert content.content_hash(tmp_path) == expected


@pytest.mark.parametrize("first", ["0", "f"])
def test_a_version_fits_48_bits(first):
    version = content.version("sha256:" + first * 64)
    assert version == int(first * 12, 16)
    assert 0 <= version < 2**48 < 2**53  # JSON numbers are exact below the last


def test_the_prefix_of_a_version_is_padded_to_12_digits():
    assert content.version("sha256:" + DIGITS) == 255
    assert content.version_prefix(255) == "0000000000ff"
    assert DIGITS.startswith(content.version_prefix(content.version("sha256:" + DIGITS)))


@pytest.mark.parametrize("name", ["none", "empty"])
def test_no_files_have_no_content(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(MainlineError, match="has no model"):
        content.content_hash(tmp_path / name)
