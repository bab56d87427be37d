"""A pipeline of two shell scripts in the shape of ours, so that a training takes a second."""

from pathlib import Path

import pytest
from dvc.cli import main as dvc_main

from mainline.core.layout import Layout
from mainline.git import Git
from mainline.packaging.content import version
from mainline.proposal.machine import trained_on
from mainline.release.release_file import Release
from project import inside
from repository import commit, repository
from this_engine import this_engine

PIPELINE = """\
stages:
  ingest:
    cmd: sh ingest.sh
    deps: [ingest.sh]
    outs: [data/table.parquet]
    metrics: [data/catalogue.json: {cache: false}]
  train:
    cmd: sh train.sh
    deps: [data/table.parquet, release.txt, train.sh]
    outs:
      - dist/model
      - k8s/overlays/staging/release.yaml: {cache: false}
    metrics: [metrics/evaluation.json: {cache: false}]
"""
INGEST = """\
set -e
mkdir -p data
cat "$SOURCE" > data/table.parquet
echo '{"rows": 1}' > data/catalogue.json
"""
TRAIN = """\
set -e
mkdir -p dist/model metrics k8s/overlays/staging
cat data/table.parquet > dist/model/weights
printf "$NOISE" >> dist/model/weights
cat release.txt > k8s/overlays/staging/release.yaml
sed "s/AUC/${AUC:-0.8}/" figures.txt > metrics/evaluation.json
"""
FIGURES = '{"model": {"roc_auc": {"value": AUC}}, "baseline": {}}\n'
IGNORED = "/data/table.parquet\n/dist/\n"


def release(number: int) -> Release:
    content = "sha256:" + f"{number:02x}" * 32
    image = f"registry.example/model@{content}"
    return Release("tiny", str(version(content)), image, content, content)


class Tiny:
    """A model in `folder`/project, and the file that its rows are read from beside it.

    `model` is its directory below the git root, which is `folder`/project.
    """

    def __init__(self, folder: Path, model: str = ".") -> None:
        self.top, self.source = folder / "project", folder / "source.csv"
        self.root = self.top / model
        self.git = Git(self.root)

    @classmethod
    def create(cls, folder: Path, model: str = ".") -> "Tiny":
        made = cls(folder, model)
        made.root.mkdir(parents=True)
        made.source.write_text("rows\n")
        repository(made.top)
        made.write(Layout.pipeline, PIPELINE)
        made.write("ingest.sh", INGEST)
        made.write("train.sh", TRAIN)
        made.write("figures.txt", FIGURES)
        made.write(".gitignore", IGNORED)
        made.share(Layout.train_lock, "nothing\n")
        this_engine().write(made.root)
        made.share(Layout.dvc_config, "[core]\n    analytics = false\n")
        made.share(".dvc/.gitignore", "/config.local\n/tmp\n/cache\n")
        return made

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be there, with what its scripts read from the environment."""
        values = {"SOURCE": str(self.source), "NOISE": "", "DVC_NO_ANALYTICS": "1"}
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(self.root)

    def write(self, path: Path | str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def share(self, path: Path | str, text: str) -> None:
        """Write a file of all models, below the git root."""
        self.write(self.top / path, text)

    def dvc(self, *arguments: str) -> None:
        """In this process: its own start would cost a second each time."""
        with inside(self.root):
            code = dvc_main(list(arguments))
        assert code == 0, f"dvc {' '.join(arguments)} ended with {code}"

    def release(self, number: int = 1, *, recorded: bool = True) -> str:
        """What `make run` or the bot would commit."""
        self.write("release.txt", release(number).render())
        self.dvc("repro", "--quiet")
        trailer = f"\n\nTrained-on: {trained_on(self.root)}" if recorded else ""
        return commit(self.git, f"Model {number}{trailer}")


@pytest.fixture
def tiny(tmp_path, monkeypatch) -> Tiny:
    made = Tiny.create(tmp_path)
    made.enter(monkeypatch)
    return made
