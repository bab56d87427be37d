"""An image is read only when all of it is there and every byte is what its digest says."""

import json

import pytest

from mainline.core.errors import MainlineError
from mainline.registry.oci_layout import OciLayout


def test_a_whole_image(directory, layout):
    [entry] = json.loads((directory / "index.json").read_text())["manifests"]
    assert layout.digest == entry["digest"]
    named = json.loads(layout.manifest)
    assert set(layout.blobs) == {part["digest"] for part in [named["config"], *named["layers"]]}
    assert layout.size == sum(part["size"] for part in [named["config"], *named["layers"]])


def test_no_image(tmp_path):
    with pytest.raises(MainlineError, match=r"missing. `dvc checkout` restores it"):
        OciLayout.read(tmp_path / "image")


def test_a_missing_blob(directory, layout):
    next(iter(layout.blobs.values())).unlink()
    with pytest.raises(MainlineError, match=r"not a complete image: .* is missing"):
        OciLayout.read(directory)


def test_another_byte(directory, layout):
    blob = max(layout.blobs.values(), key=lambda path: path.stat().st_size)
    blob.write_bytes(blob.read_bytes() + b"\0")
    with pytest.raises(MainlineError, match="does not match its name"):
        OciLayout.read(directory)


@pytest.mark.parametrize(
    "index",
    [
        "{",
        "[]",
        '{"manifests": []}',
        '{"manifests": [{}]}',
        '{"manifests": [{"digest": "sha256:../../../../etc/passwd"}]}',
        '{"manifests": [{"digest": "md5:0"}]}',
    ],
)
def test_an_index_that_is_none(directory, index):
    (directory / "index.json").write_text(index)
    with pytest.raises(MainlineError, match="not a complete image"):
        OciLayout.read(directory)
