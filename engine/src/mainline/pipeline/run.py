"""The command `run`: the whole loop, or the last run's verdict if nothing has changed."""

from pathlib import Path

from mainline.pipeline import last


def run(root: Path, *, against: str | None = None, retrain: bool = False) -> bool:
    """Run the loop in `root`. Returns whether the gate is open."""
    known = last.told(root, against=against, retrain=retrain)
    if known is not None:
        print(known, flush=True)
        return True
    from mainline.pipeline import anew  # noqa: PLC0415  takes seconds, needed only here

    return anew.run(root, against=against, retrain=retrain)
