"""The OCI layout, read back by tarfile and json alone."""

import hashlib
import io
import json
import tarfile

import pytest

from mainline.core.errors import MainlineError
from mainline.packaging import image

FILES = {"saved_model.pb": b"graph", "variables/v.index": b"i" * 700, "assets.extra/g.json": b"{}"}


@pytest.fixture
def model(tmp_path):
    for name, data in FILES.items():
        path = tmp_path / "model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "model"


@pytest.fixture
def written(model, tmp_path):
    made = image.build(model, "tiny", 42)
    made.write(tmp_path / "image")
    return tmp_path / "image", made.digest, made.size


def blob(layout, digest):
    data = (layout / "blobs/sha256" / digest.removeprefix("sha256:")).read_bytes()
    assert digest == "sha256:" + hashlib.sha256(data).hexdigest()
    return data


def manifest(layout):
    (entry,) = json.loads((layout / "index.json").read_text())["manifests"]
    data = blob(layout, entry["digest"])
    assert len(data) == entry["size"]
    assert entry["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
    return json.loads(data)


def test_index_leads_to_manifest_config_and_layer(written):
    layout, digest, size = written
    assert json.loads((layout / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    index = json.loads((layout / "index.json").read_text())
    assert index["manifests"][0]["digest"] == digest
    about = manifest(layout)
    parts = [about["config"], *about["layers"]]
    assert [len(blob(layout, part["digest"])) for part in parts] == [part["size"] for part in parts]
    blobs = list((layout / "blobs/sha256").iterdir())
    assert len(blobs) == 3
    assert sum(path.stat().st_size for path in blobs) == size


def test_the_config_names_the_uncompressed_layer(written):
    about = manifest(written[0])
    config = json.loads(blob(written[0], about["config"]["digest"]))
    assert (config["os"], config["architecture"]) == ("linux", "amd64")
    (layer,) = about["layers"]
    assert layer["mediaType"] == "application/vnd.oci.image.layer.v1.tar"
    assert config["rootfs"] == {"type": "layers", "diff_ids": [layer["digest"]]}


def test_the_layer_holds_the_model_below_its_version(written):
    with _layer(written[0]) as archive:
        found = {
            entry.name: archive.extractfile(entry).read() for entry in archive if entry.isfile()
        }
    assert found == {f"models/tiny/42/{name}": data for name, data in FILES.items()}


def test_entries_are_sorted_roots_and_of_1970(written):
    with _layer(written[0]) as archive:
        entries = archive.getmembers()
    folders = [entry.name for entry in entries if entry.isdir()]
    files = [entry.name for entry in entries if entry.isfile()]
    assert [entry.name for entry in entries] == folders + files
    assert (folders, files) == (sorted(folders), sorted(files))
    assert folders[:3] == ["models", "models/tiny", "models/tiny/42"]
    for entry in entries:
        assert (entry.uid, entry.gid, entry.uname, entry.gname) == (0, 0, "", "")
        assert entry.mtime == 0
        assert entry.mode == (0o755 if entry.isdir() else 0o644)


def test_computing_the_digest_gives_what_writing_gives(model, written):
    assert image.build(model, "tiny", 42).digest == written[1]


def test_an_absent_model_has_no_digest(tmp_path):
    with pytest.raises(MainlineError, match="has no model"):
        image.build(tmp_path / "none", "tiny", 42)


def _layer(layout):
    data = blob(layout, manifest(layout)["layers"][0]["digest"])
    return tarfile.open(fileobj=io.BytesIO(data), mode="r:")
