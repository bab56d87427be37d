"""The registry of go-containerregistry, run and asked by its own tool, `make e2e` builds it."""

import io
import tarfile

import pytest

from local_registry import LocalRegistry, crane
from mainline.registry.repository import Repository


@pytest.fixture
def host():
    registry = LocalRegistry()
    yield registry.host
    registry.close()


@pytest.mark.e2e
def test_a_real_registry_has_every_byte_and_a_real_client_reads_it(layout, host, tmp_path):
    repository = Repository.of(f"{host}/o/model")
    assert not repository.has(layout.digest)
    repository.push(layout)
    assert repository.has(layout.digest)
    pinned = f"{host}/o/model@{layout.digest}"
    assert crane("manifest", pinned) == layout.manifest
    assert crane("ls", f"{host}/o/model") == b""  # by digest: no tag is made
    for digest, path in layout.blobs.items():
        assert crane("blob", f"{host}/o/model@{digest}") == path.read_bytes()
    # Without --fast it takes every layer for gzip; ours is a plain tar, as the format allows.
    crane("validate", "--fast", "--remote", pinned)
    with tarfile.open(fileobj=io.BytesIO(crane("export", pinned, "-"))) as files:
        assert "models/tiny/42/saved_model.pb" in files.getnames()
