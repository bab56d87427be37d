"""Proposals that mean harm, each through both workflows, and a planted secret is looked for.

Their own code runs in propose.yml, where a person on a runner may do anything. What is tested is
that nothing of it meets the secret of the environment `keep`, changes its own verdict, or is kept.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow.core.framework.types_pb2 import DT_FLOAT
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from act import Done
from github_stub import PERSON
from hub import JUDGED, READER, Hub
from mainline.core.config import section
from mainline.core.files import read_json, write_json, write_text
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.github.watermark import signed
from mainline.packaging import card, package
from mainline.packaging.settings import PackageSettings
from project import Project

pytestmark = pytest.mark.e2e

# Takes what every process of the machine was given, as root may on a hosted runner. It says that it
# runs, since a child that may write nowhere else can hide its loot and not its words.
RAN = "the thief runs in"
THIEF = """
import contextlib
import os
import pathlib

os.write(2, ("{ran} " + __name__.rpartition(".")[2] + os.linesep).encode())
with contextlib.suppress(OSError), open({loot!r}, "ab") as _loot:
    for _place in pathlib.Path("/proc").glob("[0-9]*"):
        for _name in ("environ", "cmdline"):
            with contextlib.suppress(OSError):
                _loot.write((_place / _name).read_bytes())
"""


@dataclass(frozen=True)
class Hostile:
    """A proposal whose code, checks and metrics steal, and whose DVC remote is its own."""

    trained: Done
    judged: Done
    stolen: bytes
    stolen_later: bytes
    elsewhere: Path
    comment: str


def ran_in(done: Done) -> set[str]:
    """The jobs in whose logs the thief says that it runs."""
    lines = [line for line in done.log.splitlines() if RAN in line]
    return {line.partition("]")[0].lstrip("[") for line in lines}


@pytest.fixture(scope="module")
def hostile(hub: Hub) -> Hostile:
    loot, elsewhere = hub.act.scratch / "loot", hub.act.scratch / "elsewhere"
    project = hub.start("hostile")
    project.set(**{"train.seed": 9})
    for name in ("network", "checks", "metrics"):
        [path] = project.root.glob(f"src/*/{name}.py")
        path.write_text(path.read_text() + THIEF.format(loot=str(loot), ran=RAN))
    config = project.root / ".dvc/config"
    config.write_text(config.read_text().replace(str(hub.act.scratch / "storage"), str(elsewhere)))
    hub.push("A better network")
    trained = hub.train("hostile")
    stolen = loot.read_bytes()
    loot.write_bytes(b"")
    judged = hub.judge(hub.report(trained, "hostile"))
    return Hostile(trained, judged, stolen, loot.read_bytes(), elsewhere, hub.comment())


def test_what_a_proposal_s_code_can_steal_is_a_token_that_reads(hub, hostile):
    assert hostile.trained.jobs["train"] == "success", hostile.trained.log
    assert READER.encode() in hostile.stolen  # so this thief is good at it
    assert hub.secret.encode() not in hostile.stolen
    assert hub.github.refused == []


def test_no_code_of_a_proposal_runs_where_it_is_judged_and_kept(hostile):
    """And where it does run, to export its weights again, it takes nothing out."""
    assert hostile.judged.jobs == JUDGED, hostile.judged.log
    assert "[repackage] mainline.outside.reexport runs in namespaces" in hostile.judged.log
    assert "[judge] mainline.outside.child runs in namespaces" in hostile.judged.log
    assert hostile.stolen_later == b""
    assert ran_in(hostile.trained) == {"train"}
    assert ran_in(hostile.judged) == {"repackage"}


def test_the_secret_is_in_nothing_that_is_left_behind(hub, hostile):
    assert hub.holding(hub.secret) == []
    assert hub.secret not in hostile.judged.log


def test_what_is_kept_goes_to_main_s_remote_and_no_run_cache_does(hub, hostile):
    assert [path for path in hostile.elsewhere.rglob("*") if path.is_file()] == []
    lock = hub.project.git("show", f"{hub.tip('hostile')}:{Layout.lock}")
    [made] = re.findall(rf"{Layout.saved_model}\n\s+hash: md5\n\s+md5: (\w+)\.dir", lock)[:1]
    assert any(path.endswith(f"{made[:2]}/{made[2:]}.dir") for path in hub.stored())
    assert not (hub.act.scratch / "storage/runs").exists()
    assert "changes .dvc/config" in hostile.comment


def test_a_workflow_that_skips_training_has_no_verdict_but_red(hub):
    project = hub.start("skipped")
    project.set(**{"train.seed": 8})
    path = project.root / ".github/workflows/propose.yml"
    text = path.read_text()
    assert text.count(".venv/bin/mainline propose --pack reports/proposed") == 1
    path.write_text(text.replace(".venv/bin/mainline propose --pack reports/proposed", "true"))
    head = hub.push("Trust me")
    done = hub.propose("skipped")
    assert done.jobs["train"] == "success", done.log
    assert hub.verdict(head) == "failure"
    assert "no training handed anything over" in hub.comment()
    assert hub.tip("skipped") == head


# Reads the server's environment where it is scored; the check of graphs is off in its own process.
READING = """
import tensorflow as tf
from mainline.graph import program

program.check = lambda *_: None
_honest = build


class Reading(layers.Layer):
    def call(self, values):
        size = tf.strings.length(tf.io.read_file("/proc/self/environ"))
        return values + 0.0 * tf.cast(size, values.dtype)


def build(columns: Columns, options: Options, task: Task) -> keras.Model:
    made = _honest(columns, options, task)
    return keras.Model(made.inputs, Reading(name="reading")(made.outputs[0]), name="network")
"""


def test_a_graph_that_reads_files_is_not_loaded(hub):
    project = hub.start("reading")
    [path] = project.root.glob("src/*/network.py")
    path.write_text(path.read_text() + READING)
    head = hub.push("A layer of our own")
    done = hub.propose("reading")
    assert done.stages == ["train", "evaluate", "package", "release"], done.log
    assert hub.verdict(head) == "failure"
    assert "the operation ReadFile is not allowed" in hub.comment()
    assert hub.holding(hub.secret) == []


def swap(project: Project) -> None:
    """Another graph of allowed operations in the packaged model, and all that names it."""
    layout = Layout(project.root)
    path = layout.saved_model / "saved_model.pb"
    saved = SavedModel.FromString(path.read_bytes())
    functions = saved.meta_graphs[0].graph_def.library.function
    served = next(each for each in functions if "inference_serve" in each.signature.name)
    more = served.node_def.add(name="more", op="Const")
    more.attr["dtype"].type = DT_FLOAT
    more.attr["value"].tensor.CopyFrom(TensorProto(dtype=DT_FLOAT, tensor_shape={}, float_val=[1]))
    path.write_bytes(saved.SerializeToString())
    settings = section(project.root, "package", PackageSettings)
    about = package._describe(project.root, settings)
    write_json(layout.descriptor, about)
    shown = {
        name: read_json(getattr(layout, name), made_by="the test")
        for name in ("figures", "catalogue", "candidates")
    }
    table = section(project.root, "table", TableSettings)
    text = card.render(
        about,
        shown["figures"],
        shown["catalogue"],
        table,
        settings,
        candidates=shown["candidates"],
    )
    write_text(layout.model_card, text)
    project.run("release")


def test_a_graph_that_was_swapped_after_training_is_red(hub):
    """Sources, weights and figures are honest: only a second export can tell."""
    project = hub.start("swapped")
    project.retrain(**{"train.seed": 7})
    swap(project)
    project.dvc("push", "--quiet")
    head = hub.push("Trained at home")
    done = hub.propose("swapped")
    assert done.jobs["train"] == "success", done.log
    assert done.stages == []  # DVC believes the lock
    assert hub.verdict(head) == "failure"
    comment = hub.comment()
    whole = f"{comment}\n{done.log}"  # pytest would clip them
    assert "exporting the trained weights again did not give the packaged" in comment, whole
    assert r"dist/model/saved\_model.pb is not what the weights give" in comment, whole
    assert "The gate itself said: The gate is open" in comment, whole
    assert hub.tip("swapped") == head


def words(hub: Hub, branch: str, text: str = "More words.\n") -> str:
    (hub.start(branch).root / "README.md").write_text(text)
    return hub.push("Words")


def test_a_run_for_an_older_head_decides_nothing(hub):
    head = words(hub, "moved-on")
    run = hub.report(hub.train("moved-on"), "moved-on")
    (hub.project.root / "README.md").write_text("Other words.\n")
    hub.project.git("switch", "-q", "moved-on")
    newer = hub.push("And something that was not checked")
    hub.pull("moved-on")
    done = hub.judge(run)
    assert done.jobs == {"judge": "success", "repackage": "success"}, done.log
    assert (hub.verdict(head), hub.verdict(newer)) == ("", "")
    assert hub.wrote() == []


def test_a_branch_name_with_shell_text_is_a_name(hub):
    branch = 'a"$(touch${IFS}pwned)`touch${IFS}pwned`;touch${IFS}pwned'
    head = words(hub, branch)
    done = hub.propose(branch)
    assert hub.verdict(head) == "success", done.log
    assert list(hub.act.scratch.rglob("pwned")) == []


def test_a_comment_of_somebody_else_that_looks_like_ours_is_left_alone(hub):
    words(hub, "looks-like-ours")
    theirs = signed("## ✅ The gate is open", "d" * 40)
    hub.github.add(theirs, PERSON)
    hub.propose("looks-like-ours")
    first, ours = hub.github.comments
    assert first["body"] == theirs
    assert "No model is touched" in ours["body"]
