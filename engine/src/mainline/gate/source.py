"""Checks the table against its source. A table that main has accepted is not refused again."""

from dataclasses import dataclass
from typing import Any

from mainline.core import config
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.data import ingest
from mainline.data.catalogue import content_hash
from mainline.data.sources.python import PythonSource
from mainline.data.sources.raw import Raw
from mainline.data.sources.sql import SqlSource
from mainline.dvc.outputs import same_file
from mainline.gate import batches as history
from mainline.gate.candidate import Candidate
from mainline.git import Git

NEW = "New data needs a new data.as_of."
SETTINGS = ("data", "table")  # sections that select the source's rows


@dataclass(frozen=True)
class Answer:
    """The source's rows, if it was read. `refused` is the reason to refuse the table, or "".

    `said` is the end of the passing rule's sentence. `notes` are for the reviewer.
    """

    raw: Raw | None
    refused: str
    said: str
    notes: list[str]


def ask(candidate: Candidate, git: Git, base: str | None) -> Answer:
    """Read the source and compare it with the table. Raises MainlineError if it cannot be read.

    A table that main has locked with the same settings was judged before the merge. If the source
    has changed since then, a note says so and the gate stays open. Any other table must match the
    source.
    """
    if isinstance(candidate.data.source, SqlSource):
        answer = _kept(candidate, candidate.data.source, git, base)
    else:
        answer = _unread(candidate, git, base) or _read_again(candidate, git, base)
        answer.notes.extend(history.on_trust(candidate, git, base))
    answer.notes.extend(history.rewritten(candidate, git, base))
    return answer


def settled(candidate: Candidate, git: Git, commits: list[str]) -> bool:
    """Whether one of these commits has this table and these batches. The source is then not read.

    Batches are judged together with the table that is made from them.
    """
    same = same_file(git, commits, Layout.table, Layout(candidate.root).table)
    return same and history.unchanged(candidate, git, commits)


def _unread(candidate: Candidate, git: Git, base: str | None) -> Answer | None:
    """The answer where the source is code of this proposal, which does not run here; else None."""
    source = candidate.data.source
    if not isinstance(source, PythonSource) or candidate.same_code(source.module):
        return None
    if base is not None and _of_main(candidate, git, base):
        return Answer(None, "", "; it is main's table", [])
    note = (
        f"THIS PROPOSAL'S OWN CODE MADE THE TABLE ({source.function}), and it was not asked again: "
        "its rows were checked against its catalogue alone. Read that code."
    )
    return Answer(None, "", "", [note, *_other_than_main(candidate, git, base)])


def _read_again(candidate: Candidate, git: Git, base: str | None) -> Answer:
    if base is not None and _of_main(candidate, git, base):
        return _since_then(candidate, git, base)
    raw, _, same = _asked(candidate)
    if not same:
        return Answer(None, "the source, read again, gives other rows. " + NEW, "", [])
    said = "; the source, read again, gives the same table"
    return Answer(raw, "", said, _other_than_main(candidate, git, base))


def _kept(candidate: Candidate, source: SqlSource, git: Git, base: str | None) -> Answer:
    """The table must match its stored batches, and new batches must match the source."""
    raw, _, same = _asked(candidate)
    if not same:
        return Answer(None, f"the batches in {Layout.manifest} give other rows.", "", [])
    refused, notes = history.judge(candidate, source, git, base)
    said = "; the batches give the same table"
    return Answer(raw, refused, said, notes + _other_than_main(candidate, git, base))


def _asked(candidate: Candidate) -> tuple[Raw, int, bool]:
    """The source, its number of rows, and whether they equal the table."""
    code = isinstance(candidate.data.source, PythonSource)
    root = candidate.judges if code else candidate.root
    raw, fresh = ingest.read(root, candidate.data, candidate.table)
    # Value by value: other rows can be crafted to have the same row hash.
    return raw, len(fresh), fresh.equals(candidate.frame)


def _of_main(candidate: Candidate, git: Git, base: str) -> bool:
    file = Layout(candidate.root).table
    return same_file(git, [base], Layout.table, file) and same_sections(
        candidate, git, base, SETTINGS
    )


def same_sections(candidate: Candidate, git: Git, base: str, names: tuple[str, ...]) -> bool:
    """Whether these sections of params.yaml are the same as at the base revision."""
    text = git.show(base, Layout.params)
    if text is None:
        return False
    theirs, own = read_yaml(text, name=str(Layout.params)), config.read_params(candidate.root)
    return all(name in own and theirs.get(name) == own[name] for name in names)


def _since_then(candidate: Candidate, git: Git, base: str) -> Answer:
    """The answer for main's own table, with a note if the source has changed since then."""
    try:
        raw, rows, same = _asked(candidate)
    except Exception as error:  # a source may raise anything; its rows are not used
        same, said = False, f"it does not give the table any more: {error}"
    else:
        said = f"it gives {rows:,} rows that differ from the table."
    if same:
        return Answer(raw, "", "; the source, read again, gives the same table", [])
    theirs = read_yaml(git.show(base, Layout.catalogue) or "", name=str(Layout.catalogue))
    raw = Raw(candidate.frame, theirs.get("source", ""), theirs.get("notes", {}))
    note = (
        f"THE SOURCE HAS CHANGED SINCE MAIN'S TABLE WAS MADE: {said} This proposal "
        "keeps main's table. Propose the new rows separately, with another data.as_of."
    )
    return Answer(raw, "", "; it is main's table, and the source has changed", [note])


def _other_than_main(candidate: Candidate, git: Git, base: str | None) -> list[str]:
    """A note if the table differs from main's although the settings are the same."""
    text = git.show(base, Layout.catalogue) if base else None
    if base is None or text is None or not same_sections(candidate, git, base, SETTINGS):
        return []
    theirs: dict[str, Any] = read_yaml(text, name=str(Layout.catalogue))
    own = read_json(Layout(candidate.root).catalogue, made_by="dvc repro ingest")
    if theirs.get("content") == content_hash(candidate.frame):
        return []
    return [
        f"THE TABLE DIFFERS FROM MAIN'S UNDER THE SAME data.as_of: {theirs.get('rows')} rows on "
        f"main, {own.get('rows')} here. The source has changed, or this proposal's code reads it "
        "differently."
    ]
