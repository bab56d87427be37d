"""Trains a proposal and packs what came of it. Judging, storing and commenting are not done here.

The machine that does this runs the proposal's code, so it holds nothing that can write.
"""

import shutil
from pathlib import Path

from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.files import remove
from mainline.core.layout import Layout
from mainline.dvc import objects
from mainline.gate import alternatives, gate, repackaged, upgrade
from mainline.gate.candidate import Candidate
from mainline.git import MAINS, Git, short
from mainline.github.workflow import group
from mainline.params import params
from mainline.pipeline.up_to_date import reproduce
from mainline.process.children import environment
from mainline.proposal import base as base_branch
from mainline.proposal.commit import changed
from mainline.proposal.machine import trained_on
from mainline.proposal.own_verdict import OwnVerdict
from mainline.proposal.parcel import BYTES, FILES, MEMBERS, NAME, OBJECTS, Parcel, Stopped
from mainline.proposal.secrets import masked, withheld
from mainline.tracking import record


def run(root: Path, into: Path, base: str | None, *, retrain: bool = False) -> bool:
    """Write the parcel into the folder `into`. Returns whether the pipeline ran to its end.

    An engine other than the base's gives its own verdict, too; `retrain` is the gate's.

    Raises MainlineError when the parcel is too large, or a generated file's name cannot travel.
    """
    git = Git(root)
    head = git.known("HEAD")
    remove(into)
    into.mkdir(parents=True)
    try:
        base_branch.settled(root, short(base or MAINS[0]))
        params.check(root)
        with group("Pipeline"):
            stages = reproduce(root, variables=withheld(environment()), quoted=True)
    except MainlineError as error:
        print(f"propose: {error}", flush=True)
        _stopped(head, error).write(into)
        return False
    print(record.describe(root), flush=True)
    names = changed(root)
    gone = [name for name in names if not (root / name).is_file()]
    for name in names:
        _travels(git, name)
        if name not in gone:
            _copy(root / name, into / FILES / _from_top(git, name))
    for oid in sorted(_new(git, base)):
        _copy(objects.place(Layout(root).dvc_cache, oid), objects.place(into / OBJECTS, oid))
    trained = trained_on(root) if "train" in stages else ""
    removed = [_from_top(git, name) for name in gone]
    costs, own = alternatives.costs(Candidate(root)), _verdict(root, base, retrain=retrain)
    Parcel(head, stages, trained, None, removed, costs, own).write(into)
    files = [path for path in into.rglob("*") if path.is_file()]
    _fits(len(files), sum(path.stat().st_size for path in files))
    print(f"packed    {len(files)} files in {into}", flush=True)
    return True


def _verdict(root: Path, base: str | None, *, retrain: bool) -> OwnVerdict | None:
    """That of this engine, in a proposal that brings it."""
    before = base and Git(root).resolve(base)
    if not before or upgrade.of(Git(root), before) is None:
        return None
    with group("The verdict of this proposal's engine"):
        return OwnVerdict.of(gate.run(root, against=before, retrain=retrain, in_ci=True))


def _stopped(head: str, error: MainlineError) -> Parcel:
    stage = error.stage if isinstance(error, StageFailedError) else ""
    lines = error.lines if isinstance(error, StageFailedError) else []
    said = "\n".join(lines) or str(error)
    return Parcel(head, stopped=Stopped(stage, masked(said).splitlines()))


def _new(git: Git, base: str | None) -> set[str]:
    """The objects that neither the base names nor the remote has; and what is exported again.

    The job that does that has no access to the remote.
    """
    cache = Layout(git.root).dvc_cache
    before = base and git.resolve(base)
    known = objects.named(lambda path: git.show(before, path)) if before else {}
    own = objects.named(objects.of_tree(git.root))
    found = objects.at_hand(cache, set(own.values()) - set(known.values()))
    again = {oid for path, oid in own.items() if Path(path) in repackaged.NEEDS}
    return objects.lacking(git.root, found) | objects.at_hand(cache, again)


def _from_top(git: Git, name: str) -> str:
    """A path seen from the model's directory, as seen from the git root."""
    top = Layout(git.root).top.resolve()
    return (git.root.resolve() / name).resolve().relative_to(top).as_posix()


def _travels(git: Git, name: str) -> None:
    path = git.root / name
    if path.is_symlink() or not NAME.fullmatch(_from_top(git, name)):
        raise MainlineError(
            "a generated file cannot be handed over.",
            found=repr(name),
            expected="no link, and a name of letters, digits and _ . + = @ -",
        )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _fits(files: int, size: int) -> None:
    if files > MEMBERS or size > BYTES:
        raise MainlineError(
            "what this proposal makes is too much to hand over from one job to the next.",
            found=f"{files:,} files, {size / 1e9:.2f} GB",
            expected=f"at most {MEMBERS:,} files and {BYTES / 1e9:g} GB",
            hint="Push the rows before: `dvc repro split`, `dvc push`, commit dvc.lock. Or train "
            "where you may write to the remote: `make run`, `dvc push`, commit and push.",
        )
