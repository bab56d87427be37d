"""What a reviewer has to know beside the rules: nothing here opens or closes the gate."""

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
    """What the base's validation rules would say of this table, where the rules changed.

    New columns and categories need new rules together with the data, so these do not close.
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
    except Exception as error:  # a table that cannot be read; the rules say so already
        return [f"main's validation rules could not be tried: {type(error).__name__}: {error}"]
    if not broken:
        return []
    return [f"under main's validation rules this table would be refused: {first_of(broken)}"]


def on_split(candidate: Candidate, champion: Champion) -> list[str]:
    """Whoever divides the rows anew chooses which of them a model is judged by."""
    if same_sections(candidate, champion.git, champion.commit, ("split",)):
        return []
    return ["this proposal divides the rows anew, and so chooses what it is tested on."]


def on_rollback(candidate: Candidate, git: Git, commits: list[str]) -> str:
    """Where main had this model; `commits` brought or removed it, newest first."""
    content = candidate.content
    brought = [c for c in commits if content in (git.show(c, Layout.release) or "")]
    where = f" in {git.describe(brought[0])}" if brought else ""
    return f"main released these very bytes{where}. Rules of quality are shown but have no say."


def on_history(git: Git) -> list[str]:
    """A clone without main's past cannot tell a rollback from a new model."""
    if not git.shallow():
        return []
    return ["this clone is shallow: a rollback is judged as a new model. `git fetch --unshallow`."]
