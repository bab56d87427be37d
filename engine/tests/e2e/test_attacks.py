"""Proposals that mean harm, each through both workflows.

Their own code runs in propose.yml, where a person on a runner may do anything. What is tested is
that nothing of it meets the secret of the environment `keep`, changes its own verdict, or is kept.
The secret is looked for after each of these tests, and of all that run workflows (conftest.py).
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from act import Done
from github_stub import PERSON
from hub import JUDGED, READER, Hub
from mainline.core.layout import Layout
from mainline.github.watermark import signed
from project import SIMULATOR

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
# Answers other rows each time that it is asked.
FICKLE = """
import dataclasses

_steady = read


def read(as_of: datetime.date, options: Options) -> Raw:
    raw = _steady(as_of, options)
    return dataclasses.replace(raw, frame=raw.frame.sample(frac=0.95))
"""


@dataclass(frozen=True)
class Hostile:
    """A proposal whose code, of all kinds, steals; its source is fickle, its DVC remote its own."""

    trained: Done
    judged: Done
    stolen: bytes
    stolen_later: bytes
    elsewhere: Path
    comment: str


@pytest.fixture(scope="module")
def hostile(hub: Hub) -> Hostile:
    loot, elsewhere = hub.act.scratch / "loot", hub.act.scratch / "elsewhere"
    project = hub.start("hostile")
    project.set(**{"train.seed": 9, "data.source": SIMULATOR})
    for name, more in {"network": "", "checks": "", "metrics": "", "simulator": FICKLE}.items():
        [path] = project.root.glob(f"src/*/{name}.py")
        path.write_text(path.read_text() + THIEF.format(loot=str(loot), ran=RAN) + more)
    config = project.root / ".dvc/config"
    config.write_text(config.read_text().replace(str(hub.act.scratch / "storage"), str(elsewhere)))
    hub.push("A better network")
    trained = hub.train("hostile")
    stolen = loot.read_bytes()
    loot.write_bytes(b"")
    judged = hub.judge(hub.report(trained, "hostile"))
    stolen_later = loot.read_bytes()
    loot.unlink()
    return Hostile(trained, judged, stolen, stolen_later, elsewhere, hub.comment())


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
    assert hostile.trained.saying(RAN) == {"train"}
    assert hostile.judged.saying(RAN) == {"repackage"}


def test_a_source_of_the_proposal_s_own_is_not_asked_again_and_that_is_said(hostile):
    """What it answers then would be its word again."""
    assert "THIS PROPOSAL'S OWN CODE MADE THE TABLE" in hostile.comment
    assert f"{RAN} simulator" in hostile.trained.log
    assert f"{RAN} simulator" not in hostile.judged.log


def test_a_secret_that_a_job_prints_or_hands_over_is_found(hub):
    """So what is looked for after each test would be seen."""
    workflows = hub.start("leaking").root / ".github/workflows"
    judge = (workflows / "judge.yml").read_text()
    [upload] = set(re.findall(r"actions/upload-artifact@\w+", judge))
    steps = [
        {"run": "mkdir said && echo ${{ secrets.REGISTRY_PASSWORD }} | tee said/it"},
        {"uses": upload, "with": {"name": "leaked", "path": "said"}},
    ]
    job = {"runs-on": "ubuntu-latest", "permissions": {}, "steps": steps}
    (workflows / "leak.yml").write_text(yaml.safe_dump({"on": "push", "jobs": {"leak": job}}))
    done = hub.act.run("leak", hub.project.root, "push", {"ref": "refs/heads/main"})
    assert done.jobs == {"leak": "success"}, done.log
    found = hub.holding(hub.secret)
    assert found == ["log 0", "leaked/it"], found
    hub.act.runs.clear()


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


def test_shell_text_in_a_branch_s_name_and_a_title_is_text(hub):
    there = hub.act.scratch / "pwned"
    branch = f'a"$(touch${{IFS}}{there})`touch${{IFS}}{there}`;echo"'
    title = f'"; touch {there}; $(touch {there}) `touch {there}` #'
    for text in (branch, title):
        subprocess.run(["sh", "-c", f'echo "{text}"'], check=True)
        there.unlink()  # it works
    hub.github.titles[branch] = title
    head = words(hub, branch)
    done = hub.propose(branch)
    assert hub.verdict(head) == "success", done.log
    assert not there.exists()


def test_a_comment_of_somebody_else_that_looks_like_ours_is_left_alone(hub):
    words(hub, "looks-like-ours")
    theirs = signed("## ✅ The gate is open", "d" * 40)
    hub.github.add(theirs, PERSON)
    hub.propose("looks-like-ours")
    first, ours = hub.github.comments
    assert first["body"] == theirs
    assert "No model is touched" in ours["body"]
