"""The command `run`: the whole loop, or the last run's verdict while nothing has changed."""

from pathlib import Path

from customer_churn.loop import last


def run(root: Path, *, against: str | None = None, retrain: bool = False) -> bool:
    """Run the loop in `root`. Returns whether the gate is open."""
    said = last.told(root, against=against, retrain=retrain)
    if said:
        print(said, flush=True)
        return True  # a closed verdict is never kept
    from customer_churn.loop import anew  # noqa: PLC0415  seconds, which the line above saves

    return anew.run(root, against=against, retrain=retrain)
