"""Does the source still say what the table says? What was settled on main is not settled again."""

from dataclasses import dataclass
from typing import Any

from mainline.core import config
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.data import ingest
from mainline.data.catalogue import content_hash
from mainline.data.sources.raw import Raw
from mainline.data.sources.sql import SqlSource
from mainline.dvc.outputs import same_file
from mainline.gate import batches as history
from mainline.gate.candidate import Candidate
from mainline.git import Git

NEW = "New data is a new data.as_of."
SETTINGS = ("data", "table")  # what decides which rows the source is asked for


@dataclass(frozen=True)
class Answer:
    """What the source gave, if it was asked; `refused` is why the table cannot stand.

    `said` ends the sentence of a rule that passed, `notes` are for the reviewer.
    """

    raw: Raw | None
    refused: str
    said: str
    notes: list[str]


def ask(candidate: Candidate, git: Git, base: str | None) -> Answer:
    """Ask as strictly as the proposal demands. Raises MainlineError when there is no answer.

    A table that main has locked under the same settings was judged when it came to main: what the
    source says since then is told, and closes nothing. Any other table has to be what it says.
    """
    if isinstance(candidate.data.source, SqlSource):
        answer = _kept(candidate, candidate.data.source, git, base)
    else:
        answer = _read_again(candidate, git, base)
        answer.notes.extend(history.on_trust(candidate, git, base))
    answer.notes.extend(history.rewritten(candidate, git, base))
    return answer


def settled(candidate: Candidate, git: Git, commits: list[str]) -> bool:
    """Whether one of these commits had this table and these batches: the source is not asked.

    Batches are judged with the table that is made of them.
    """
    same = same_file(git, commits, Layout.table, Layout(candidate.root).table)
    return same and history.unchanged(candidate, git, commits)


def _read_again(candidate: Candidate, git: Git, base: str | None) -> Answer:
    if base is not None and _of_main(candidate, git, base):
        return _since_then(candidate, git, base)
    raw, _, same = _asked(candidate)
    if not same:
        return Answer(None, "the source, read again, gives other rows. " + NEW, "", [])
    said = "; the source, read again, gives the same table"
    return Answer(raw, "", said, _other_than_main(candidate, git, base))


def _kept(candidate: Candidate, source: SqlSource, git: Git, base: str | None) -> Answer:
    """Batches are content: the table has to be made of them, and new ones of the source."""
    raw, _, same = _asked(candidate)
    if not same:
        return Answer(None, f"the batches in {Layout.manifest} give other rows.", "", [])
    refused, notes = history.judge(candidate, source, git, base)
    said = "; the batches give the same table"
    return Answer(raw, refused, said, notes + _other_than_main(candidate, git, base))


def _asked(candidate: Candidate) -> tuple[Raw, int, bool]:
    """What the source says of itself, how many rows it gives, and whether they are the table's."""
    raw, fresh = ingest.read(candidate.root, candidate.data, candidate.table)
    # Value by value: a hash of rows can be met by other rows on purpose.
    return raw, len(fresh), fresh.equals(candidate.frame)


def _of_main(candidate: Candidate, git: Git, base: str) -> bool:
    file = Layout(candidate.root).table
    return same_file(git, [base], Layout.table, file) and same_sections(
        candidate, git, base, SETTINGS
    )


def same_sections(candidate: Candidate, git: Git, base: str, names: tuple[str, ...]) -> bool:
    """Whether these sections of params.yaml say what they say at the base revision."""
    text = git.show(base, Layout.params)
    if text is None:
        return False
    theirs, own = read_yaml(text, name=str(Layout.params)), config.read_params(candidate.root)
    return all(name in own and theirs.get(name) == own[name] for name in names)


def _since_then(candidate: Candidate, git: Git, base: str) -> Answer:
    """Main's table, and what the source says of it now."""
    try:
        raw, rows, same = _asked(candidate)
    except Exception as error:  # whatever a source raises: nothing of it is used here
        same, said = False, f"it does not give the table any more: {error}"
    else:
        said = f"it gives {rows:,} rows, not all of them those of the table."
    if same:
        return Answer(raw, "", "; the source, read again, gives the same table", [])
    theirs = read_yaml(git.show(base, Layout.catalogue) or "", name=str(Layout.catalogue))
    raw = Raw(candidate.frame, theirs.get("source", ""), theirs.get("notes", {}))
    note = (
        f"THE SOURCE ANSWERS DIFFERENTLY THAN WHEN MAIN'S TABLE WAS MADE: {said} This proposal "
        "keeps main's table; what is new is a proposal of its own, with another data.as_of."
    )
    return Answer(raw, "", "; it is main's, which the source does not give any more", [note])


def _other_than_main(candidate: Candidate, git: Git, base: str | None) -> list[str]:
    """Another table under main's own settings is news that no line of params.yaml tells."""
    text = git.show(base, Layout.catalogue) if base else None
    if base is None or text is None or not same_sections(candidate, git, base, SETTINGS):
        return []
    theirs: dict[str, Any] = read_yaml(text, name=str(Layout.catalogue))
    own = read_json(Layout(candidate.root).catalogue, made_by="dvc repro ingest")
    if theirs.get("content") == content_hash(candidate.frame):
        return []
    return [
        f"THE TABLE IS ANOTHER THAN MAIN'S UNDER THE SAME data.as_of: {theirs.get('rows')} rows on "
        f"main, {own.get('rows')} here. The source answers differently than it did, or the code of "
        "this proposal reads it differently."
    ]
