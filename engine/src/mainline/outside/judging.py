"""The command `judge`: main's engine judges a proposal, without its code and without tokens."""

import traceback
from pathlib import Path

from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.files import read_json, remove, write_json, write_text
from mainline.core.layout import Layout
from mainline.delivery import check_promotion
from mainline.dvc import objects
from mainline.gate import upgrade
from mainline.gate.promise import promised
from mainline.git import Git
from mainline.github.workflow import no_commands, output
from mainline.outside import left_behind, placed, started, upgraded
from mainline.outside.child import RETRAIN
from mainline.outside.judged import COMMENT, VERDICT, Judged, digest
from mainline.outside.placed import BASE
from mainline.outside.received import Received
from mainline.proposal import base as base_branch
from mainline.proposal import fork, no_remote, words
from mainline.proposal.touched import touched, untrained
from mainline.report.markdown import escape

OF_CHAMPION = (Layout.saved_model, Layout.table, Layout.snapshots)


def run(root: Path, *, received: Path, out: Path) -> None:
    """Write outcome and comment, and the verdict if there is one, into `out`.

    The step's output `digest` names these files.

    Raises MainlineError when nothing was received. An open and a closed gate end alike.
    """
    about = Received.read(received)
    remove(out)
    out.mkdir(parents=True)
    with no_commands():  # what a proposal says is printed
        _run(root, about, received, out)
    output("digest", digest(out))


def _run(root: Path, about: Received, received: Path, out: Path) -> None:
    change = None
    try:
        model = placed.clone(root, about, received)
        change = upgrade.of(Git(model), BASE)
        well, found, comment, change = _judged(root, model, about, received, out)
    except MainlineError as error:
        print(f"judge: {error}", flush=True)
        well, found, comment = False, True, words.refused(str(error))
    except Exception as error:  # even after a defect of ours the pull request gets a comment
        traceback.print_exc()
        well, found, comment = False, True, words.refused(words.defect(error))
    if change is not None and not found:
        comment = upgraded.untouched(change, comment)
    elif change is not None:
        both, comment = _upgraded(change, comment, received, out)
        well = well and both
    write_text(out / COMMENT, comment)
    description = comment.partition("\n")[0].lstrip("# ✅❌")
    Judged(
        about.number,
        about.head,
        about.branch,
        about.event,
        well,
        found,
        description,
        about.artifact,
    ).write(out)
    print(f"\n{comment}", flush=True)


def _upgraded(change: upgrade.Upgrade, comment: str, received: Path, out: Path) -> tuple[bool, str]:
    """Whether both engines' verdicts are open, and the comment."""
    parcel, place = placed.handed(received), out / VERDICT
    main = read_json(place, made_by="mainline judge") if place.is_file() else None
    return upgraded.told(change, comment, main=main, own=parcel.verdict if parcel else None)


def _judged(
    root: Path, model: Path, about: Received, received: Path, out: Path
) -> tuple[bool, bool, str, upgrade.Upgrade | None]:
    """Whether the gate is open, whether a model is touched, the comment, and another engine."""
    git = Git(model)
    change = upgrade.of(git, BASE)
    check_promotion.run(model, BASE)
    if about.fork:
        fork.run(model, against=BASE)
        return True, False, untrained(git, BASE), change
    if about.refused:
        raise MainlineError(about.refused)
    parcel = placed.handed(received)
    made = parcel is not None and placed.makes(received, parcel)
    if not touched(git, BASE) and not made:
        return True, False, untrained(git, BASE), change
    if parcel is None:
        no_remote.refuse(git, BASE)  # then `scope` has stopped before the training
        ended = about.jobs.get("train", "not there")
        raise MainlineError(
            f"a model is touched, and no training handed anything over: the job train is {ended}."
        )
    if parcel.stopped:
        stage, lines = parcel.stopped.stage, parcel.stopped.lines
        text = words.stopped(StageFailedError("", stage=stage, lines=lines))
        return False, True, text, change
    if about.event == "merge_group" and made:
        raise MainlineError(
            "the merged code makes another model than the reviewed one. Update the branch, let CI "
            "train it there, and queue it again."
        )
    notes = [_on_config(git), base_branch.note(model, BASE)]
    placed.fill(root, model, about, received)
    change = upgrade.of(git, BASE)  # once more: `engine.yaml` may have been handed over
    upgrade.refuse(git, BASE)
    write_json(Layout(model).costs, parcel.costs)
    base_branch.settled(model, "origin/main")
    _champion(root, about)
    _run_child(root, model, about, received)  # from here on no git runs in there: it has settings
    write_text(out / VERDICT, left_behind.read(Layout(model).verdict, received))
    well = read_json(out / VERDICT, made_by="mainline judge")["open"] is True
    text = left_behind.read(Layout(model).comment, received)
    return well, True, words.with_notes(text, notes), change


def _on_config(git: Git) -> str:
    """A note if the proposal changes DVC's settings: main's were used."""
    names = git.changed(git.fork_point(BASE) or BASE, git.seen(str(Layout.dvc)))
    shown = ", ".join(escape(path) for path, _, _ in names[:5])
    return f"This proposal changes {shown}; main's settings of DVC were used." if shown else ""


def _champion(root: Path, about: Received) -> None:
    """Fetch what the gate compares with: the child has no access to the remote.

    These are the bytes and rows of main's model, and the bytes of its last releases.
    """
    from mainline.gate.standing import remembered  # noqa: PLC0415  needs pandas

    git = Git(root)
    wanted = _named(git, about.base, *OF_CHAMPION)
    try:
        for release in remembered(git, about.base):
            wanted |= _named(git, release.commit, Layout.saved_model)
        objects.fetch(root, wanted)
    except MainlineError as error:  # the gate says what is out of reach
        print(f"judge: {error}", flush=True)


def _named(git: Git, commit: str, *paths: Path) -> set[str]:
    """The objects of these outputs in a commit of main."""
    try:
        named = objects.named(lambda path: git.show(commit, path))
    except MainlineError:  # of an old commit, whose lock is not read any more
        return set()
    return {oid for path, oid in named.items() if Path(path) in paths}


def _run_child(root: Path, model: Path, about: Received, received: Path) -> None:
    asked = [RETRAIN] if promised(about.branch) else []
    places = [str(model.resolve()), str(Layout(root).top.resolve() / Layout(root).directory)]
    # The gate may ask a source again, which may be anywhere: it has the network.
    done = started.run("mainline.outside.child", *places, BASE, *asked, at=model, writes=received)
    if done.returncode:
        raise MainlineError(f"the judge's process ended with {done.returncode}; the log says more.")
