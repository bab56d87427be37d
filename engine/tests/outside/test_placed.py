"""A clone holds the proposal's commit and what was handed over, and neither replaces the other."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from parcels import about

from mainline.core.errors import MainlineError
from mainline.gate.repackaged import NEEDS
from mainline.git import Git
from mainline.outside import placed
from mainline.outside.received import Received
from mainline.proposal import commit as bot
from repository import commit, repository

PIPELINE = {"stages": {"package": {"cmd": "x", "outs": ["dist/model", "models/trained"]}}}
IGNORED = "/received\n/dist\n/models\n/.dvc/cache\n"


@dataclass(frozen=True)
class Handed:
    """Main, whose commit is also the proposal's, and what a run is said to have made of it."""

    git: Git

    @property
    def received(self) -> Path:
        return self.git.root / "received"

    def kept(self, content: bytes, suffix: str = "") -> str:
        oid = hashlib.md5(content, usedforsecurity=False).hexdigest() + suffix
        self.write(f"objects/{oid[:2]}/{oid[2:]}", content)
        return oid

    def folder(self, **files: bytes) -> str:
        listed = [{"md5": self.kept(each), "relpath": name} for name, each in files.items()]
        return self.kept(json.dumps(listed).encode(), ".dir")

    def write(self, name: str, content: bytes) -> None:
        path = self.received / "proposed" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def lock(self, **more: str) -> bytes:
        """A lock of the honest outputs, and of these in a stage that `dvc.yaml` does not have."""
        outs = {"dist/model": self.folder(graph=b"honest"), "models/trained": self.folder(w=b"w")}
        stages = {"package": outs, "other": more}
        text = yaml.safe_dump(
            {
                "schema": "2.0",
                "stages": {
                    name: {"outs": [{"path": path, "md5": oid} for path, oid in of.items()]}
                    for name, of in stages.items()
                },
            }
        )
        return text.encode()

    def place(self, **how: object) -> Path:
        head = self.git.known("HEAD")
        self.git.run("update-ref", placed.REF, head)
        self.write("proposed.json", about(head=head))
        found = Received("pull_request", 1, 7, head, head, "proposal")
        model = placed.clone(self.git.root, found, self.received)
        placed.fill(self.git.root, model, found, self.received, **how)
        return model


@pytest.fixture
def handed(tmp_path) -> Handed:
    git = repository(tmp_path)
    for name, text in {
        ".dvc/config": "",
        ".gitignore": IGNORED,
        "dvc.yaml": yaml.safe_dump(PIPELINE),
        "params.yaml": "committed: 1\n",
        "engine.yaml": "committed: 1\n",
        "metrics/evaluation.json": "{}\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    commit(git)
    return Handed(git)


def test_what_was_handed_over_lies_where_the_lock_says(handed):
    handed.write("files/dvc.lock", handed.lock())
    model = handed.place()
    assert (model / "dist/model/graph").read_bytes() == b"honest"
    assert (model / "params.yaml").read_text() == "committed: 1\n"


@pytest.mark.parametrize("only", [(), NEEDS], ids=["judge, keep", "repackage"])
@pytest.mark.parametrize(
    "path",
    [
        "dist/model/graph",  # another graph in the model that is exported again
        "dist",
        "dvc.lock",  # another lock than the one that was verified
        "params.yaml",
        "engine.yaml",
        "metrics/other.json",
        "vendor/engine.whl",
    ],
)
def test_an_output_where_something_else_is(handed, path, only):
    oid = handed.folder(graph=b"hostile") if path == "dist" else handed.kept(b"hostile")
    handed.write("files/dvc.lock", handed.lock(**{path: oid}))
    with pytest.raises(MainlineError, match=r"dvc\.lock names an output where something else is"):
        handed.place(only=only)


def test_attributes_and_ignored_names_of_the_proposal_change_no_file(handed):
    """Git would convert the file, or leave it out, between the judge and the bot's commit."""
    folder = handed.git.root / "metrics"
    (folder / ".gitattributes").write_text("* working-tree-encoding=UTF-7\n")
    (folder / ".gitignore").write_text("evaluation.json\n")
    handed.git.run("rm", "-q", "--cached", "metrics/evaluation.json")
    (folder / "evaluation.json").unlink()
    commit(handed.git)
    text = b'{"roc_auc": "+ACI-"}\n'
    handed.write("files/metrics/evaluation.json", text)
    handed.write("files/dvc.lock", handed.lock())
    model = handed.place()
    assert (model / "metrics/evaluation.json").read_bytes() == text
    made = bot.commit(model)
    assert Git(model).show(made, Path("metrics/evaluation.json")).encode() == text
