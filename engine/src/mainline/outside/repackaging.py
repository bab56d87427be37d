"""The command `repackage`: is the packaged model what the proposal's weights and sources give?

This alone runs code of a proposal, so it does in a job of its own that holds nothing. Its answer is
an output of that job, which `keep` reads.
"""

import json
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.gate import upgrade
from mainline.git import Git
from mainline.github.workflow import no_commands, output
from mainline.outside import exported, placed, started
from mainline.outside.exported import EQUAL, OTHER_ENGINE, UNEQUAL, Exported
from mainline.outside.placed import BASE
from mainline.outside.received import Received

OUTPUT = "result"


def run(root: Path, *, received: Path) -> None:
    """Export the weights again and set the step's output. Another result is no error here.

    Raises MainlineError when nothing was received, or the proposal's code may not run here.
    """
    about = Received.read(received)
    parcel = None if about.refused or about.fork else placed.handed(received)
    if parcel is None or parcel.stopped:
        print("nothing to export again", flush=True)
        return
    with no_commands():  # what a proposal says is printed
        found = _compared(root, about, received)
        print(f"repackage {found.outcome}: {found.why}", flush=True)
    output(OUTPUT, found.line())


def _compared(root: Path, about: Received, received: Path) -> Exported:
    from mainline.gate.repackaged import NEEDS  # noqa: PLC0415  the gate needs TensorFlow

    try:
        model = placed.clone(root, about, received)
        placed.fill(root, model, about, received, only=NEEDS)
        change = upgrade.of(Git(model), BASE)
        upgrade.refuse(Git(model), BASE)  # an edited line makes no difference a note
    except MainlineError as error:
        return Exported(about.head, about.artifact, UNEQUAL, str(error)[: exported.WHY])
    equal, why = _answer(model, received)
    # Then the comment says first that the engine changes, and both engines have to agree.
    otherwise = UNEQUAL if change is None else OTHER_ENGINE
    return Exported(about.head, about.artifact, EQUAL if equal else otherwise, why)


def _answer(model: Path, received: Path) -> tuple[bool, str]:
    """What the process says, as far as it is an answer. It has no network and writes nothing."""
    done = started.run(
        "mainline.outside.reexport",
        str(model.resolve()),
        at=model,
        writes=received,
        network=False,
        only_apart=True,
        read=True,
    )
    print(done.stdout, flush=True)
    try:
        equal, why = json.loads(done.stdout.splitlines()[-1])
        return equal is True and done.returncode == 0, str(why)[: exported.WHY]
    except (ValueError, TypeError, IndexError, RecursionError):
        return False, f"the export ended with {done.returncode} and no answer; the log says more."
