import json

import pytest

from mainline.core.errors import MainlineError
from mainline.release import write as release
from mainline.release.release_file import Release

DESCRIPTOR = {
    "name": "tiny",
    "image": "ghcr.io/org/tiny",
    "version": 20,
    "content": "sha256:14",
    "digest": "sha256:15",
}
PATH = "k8s/overlays/staging/release.yaml"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/descriptor.json").write_text(json.dumps(DESCRIPTOR))
    return tmp_path


def test_the_stage_writes_the_release_of_the_descriptor(root):
    release.run(root)
    written = Release.parse((root / PATH).read_text(), name=PATH)
    assert written == Release.from_descriptor(DESCRIPTOR)


@pytest.mark.parametrize("damage", ["no digest", "no JSON", "absent"])
def test_what_is_deployed_stays_when_the_descriptor_is_damaged(root, damage):
    release.run(root)
    before = (root / PATH).read_bytes()
    path = root / "dist/descriptor.json"
    path.write_text({"no digest": json.dumps(DESCRIPTOR | {"digest": None})}.get(damage, "{"))
    if damage == "absent":
        path.unlink()
    with pytest.raises(MainlineError, match="dvc repro package"):
        release.run(root)
    assert (root / PATH).read_bytes() == before
    assert [path.name for path in (root / PATH).parent.iterdir()] == ["release.yaml"]


def test_the_release_in_the_working_tree_is_read(root):
    release.run(root)
    assert Release.read(root) == Release.from_descriptor(DESCRIPTOR)


@pytest.mark.parametrize(("data", "said"), [(None, "does not exist"), (b"\xff", "no release file")])
def test_an_absent_or_unreadable_release_is_a_users_error(root, data, said):
    if data is not None:
        (root / PATH).parent.mkdir(parents=True)
        (root / PATH).write_bytes(data)
    with pytest.raises(MainlineError, match=said):
        Release.read(root)
