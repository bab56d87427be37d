"""A part of the pipeline: what came before is restored, its stages run, the results are pushed."""

from pathlib import Path

from mainline.cluster.checkout import Checkout
from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.dvc.graph import needs
from mainline.dvc.repro import repro
from mainline.params import params
from mainline.process.children import environment
from mainline.proposal import remote
from mainline.proposal.secrets import withheld
from mainline.snapshots import keep


def run(checkout: Checkout, stages: str, *, whole: bool = False) -> list[str]:
    """Run the stages, comma-separated, with nothing after them. Returns the stages that ran.

    With `whole` they have to end the pipeline. Raises MainlineError before a stage runs when the
    part, the settings or the DVC remote is wrong; and when a stage or the push fails.
    """
    root = checkout.root
    names = _part(needs(root), [name.strip() for name in stages.split(",")], whole=whole)
    _settings(root)
    remote.check(root)
    keep.prepare(root)
    try:
        ran = repro(root, "--pull", *names, variables=withheld(environment()), quoted=True)
    except StageFailedError as error:
        raise _failed(error) from None
    again = [name for name in ran if name not in names]
    if again:
        say("restore", f"the run cache did not hold {', '.join(again)}: run again here")
    say("stages", f"{', '.join(name for name in names if name in ran) or 'nothing'} ran here")
    say("data", remote.push(root, *names))
    return ran


def _settings(root: Path) -> None:
    """Raises MainlineError with every wrong setting in one line, as a workflow's status shows."""
    try:
        params.check(root)
    except MainlineError as error:
        raise MainlineError(" ".join(str(error).split())) from None


def _part(needed: dict[str, set[str]], names: list[str], *, whole: bool) -> list[str]:
    """Returns the names. Raises MainlineError when they have a gap or another order."""
    known = ", ".join(needed)
    for at, name in enumerate(names):
        if name not in needed:
            raise _wrong(f"has no stage '{name}'", f"some of {known}")
        if name in names[:at]:
            raise _wrong(f"names '{name}' twice", f"some of {known}")
        late = [other for other in names[at + 1 :] if other in needed[name]]
        if late:
            raise _wrong(f"needs {late[0]} before {name}", f"the order {known}")
    above = {other for name in names for other in needed[name]}
    gap = [other for other in needed if other in above - {*names} and needed[other] & {*names}]
    if gap:
        raise _wrong(f"has {', '.join(gap)} between the stages asked for", f"the order {known}")
    after = [other for other in needed if other not in above | {*names}]
    if whole and after:
        raise _wrong(f"has {', '.join(after)}, which would not be run", f"the last of {known}")
    return names


def _wrong(what: str, expected: str) -> MainlineError:
    return MainlineError(f"{Layout.pipeline} {what}.", where="--stages", expected=expected)


def _failed(error: StageFailedError) -> MainlineError:
    """The stage's own last line: DVC says only that it failed."""
    lines = [line for line in error.lines if "failed to reproduce" not in line]
    said = [line for line in lines if line.startswith((f"{error.stage}: ", "ERROR: "))]
    why = " ".join((said or lines or ["no output"])[-1].split()).removeprefix(f"{error.stage}: ")
    what = f"stage {error.stage}" if error.stage else "the pipeline"
    return MainlineError(f"{what} failed: {why}")
