"""Only the image that the release file names is published, and only to somebody's registry."""

import pytest

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.delivery import publish
from mainline.k8s.placeholder import PLACEHOLDER
from mainline.packaging import image
from mainline.release.release_file import Release

RELEASE = "k8s/overlays/staging/release.yaml"


@pytest.fixture
def registry(serve):
    return serve()


@pytest.fixture
def root(tmp_path, registry):
    """A released model."""
    (tmp_path / "dist/model").mkdir(parents=True)
    (tmp_path / "dist/model/saved_model.pb").write_bytes(b"graph")
    made = image.build(tmp_path / "dist/model", "tiny", 42)
    made.write(tmp_path / "dist/image")
    write(tmp_path, f"{registry.host}/o/model", made.digest)
    return tmp_path


def write(root, name, digest):
    release = Release("tiny", "42", f"{name}@{digest}", digest, "sha256:0")
    (root / RELEASE).parent.mkdir(parents=True, exist_ok=True)
    (root / RELEASE).write_text(release.render())
    (root / "params.yaml").write_text(f"package: {{name: tiny, image: '{name}'}}\n")


def test_once_and_then_it_is_there(root, registry, monkeypatch, capsys):
    monkeypatch.chdir(root)
    assert cli.main(["publish"]) == 0
    assert capsys.readouterr().out.endswith(" pushed, 0.01 MB\n")
    registry.seen.clear()
    assert cli.main(["publish"]) == 0
    assert "is there already" in capsys.readouterr().out
    assert [line.split()[0] for line in registry.seen] == ["HEAD"]


def test_another_image_than_the_release_s(root, registry):
    write(root, f"{registry.host}/o/model", "sha256:" + "1" * 64)
    with pytest.raises(
        MainlineError, match=r"only the image of the release is published. `dvc repro`"
    ):
        publish.publish(root)
    assert registry.seen == []


def test_a_damaged_image(root, registry):
    for blob in (root / "dist/image/blobs/sha256").iterdir():
        blob.write_bytes(b"")
    with pytest.raises(MainlineError, match="dist/image is not a complete image"):
        publish.publish(root)
    assert registry.seen == []


def test_the_template_s_own_address(root):
    nobody = PLACEHOLDER
    write(root, f"ghcr.io/{nobody}/a-model", Release.read(root).digest)
    said = rf"still ghcr.io/{nobody}/a-model; {nobody} is a placeholder. Set it"
    with pytest.raises(MainlineError, match=said):
        publish.publish(root)


def test_an_empty_directory_is_told_in_a_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["publish"]) == 1
    assert capsys.readouterr().err.startswith("publish: k8s/overlays/staging/release.yaml does not")
