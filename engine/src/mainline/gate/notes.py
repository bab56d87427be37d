"""Notes for the reviewer. They do not open or close the gate."""

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.data import validate
from mainline.data.settings import ValidationSettings
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion, section_at
from mainline.gate.differences import first_of
from mainline.gate.source import same_sections
from mainline.git import Git


def on_validation(candidate: Candidate, git: Git, base: str | None) -> list[str]:
    """If the validation rules changed: a note with the result of main's rules on this table.

    It does not close the gate: new columns and categories need new rules in the same proposal.
    """
    if base is None or git.show(base, Layout.params) is None:
        return []
    try:
        own = config.section(candidate.root, "validation", ValidationSettings)
        theirs = section_at(git, base, "validation", ValidationSettings)
        if own == theirs:
            return []
        broken = validate.check(candidate.frame, candidate.table, theirs)
    except MainlineError as error:
        return [f"main's validation rules do not fit this table: {error}"]
    except Exception as error:  # an unreadable table; the rules report it
        return [f"main's validation rules could not be tried: {type(error).__name__}: {error}"]
    if not broken:
        return []
    return [f"under main's validation rules this table would be refused: {first_of(broken)}"]


def on_outside(candidate: Candidate) -> list[str]:
    """What this proposal changes of its judges, where main's judge it."""
    if not candidate.outside:
        return []
    return [
        f"this proposal changes {module}.py: main's {module}.py judged it."
        for module in ("checks", "metrics")
        if not candidate.same_code(module)
    ]


def on_split(candidate: Candidate, champion: Champion) -> list[str]:
    """A note if the proposal changes the split: it then chooses its own test rows."""
    if same_sections(candidate, champion.git, champion.commit, ("split",)):
        return []
    return ["this proposal changes the split, and so chooses its own test rows."]


def on_rollback(candidate: Candidate, git: Git, commits: list[str]) -> str:
    """Where main released this model. `commits` added or removed it, newest first."""
    content = candidate.content
    brought = [c for c in commits if content in (git.show(c, Layout.release) or "")]
    where = f" in {git.describe(brought[0])}" if brought else ""
    return f"main released the same bytes{where}. Quality rules are shown but do not count."


def on_history(git: Git) -> list[str]:
    """A note in a shallow clone, where a rollback cannot be recognised."""
    if not git.shallow():
        return []
    return ["shallow clone: a rollback is judged as a new model. Run `git fetch --unshallow`."]
