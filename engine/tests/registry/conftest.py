"""An image on disk."""

import pytest

from mainline.packaging import image
from mainline.registry.oci_layout import OciLayout


@pytest.fixture
def directory(tmp_path):
    """The OCI layout of a made-up model."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model/saved_model.pb").write_bytes(b"graph" * 1000)
    image.build(tmp_path / "model", "tiny", 42).write(tmp_path / "image")
    return tmp_path / "image"


@pytest.fixture
def layout(directory):
    return OciLayout.read(directory)
