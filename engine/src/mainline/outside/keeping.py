"""The command `keep`: stores what was judged, says the verdict. It loads no model and no project.

It is the one process that can write. What it stores is what was judged: the same artifact, each
object and file verified again.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.github.api import Api
from mainline.github.context import Context
from mainline.github.poster import post
from mainline.github.pulls import Pulls
from mainline.github.statuses import CHECK, Statuses
from mainline.github.workflow import no_commands, output, run_url, summarise
from mainline.outside import exported
from mainline.outside.judged import COMMENT, VERDICT, Judged
from mainline.outside.judged import digest as named
from mainline.outside.received import ABOUT, Received
from mainline.proposal import words
from mainline.report.markdown import escape


def run(
    root: Path, *, received: Path, judged: Path, digest: str, repackaged: str, needs: list[str]
) -> None:
    """Store, comment, set the status. A closed gate ends as an open one: the status says it.

    `digest` is that of `judged`; files that it does not name count as none. `repackaged` is what
    that command found. Raises MainlineError when another commit or artifact was judged than is
    received, or GitHub does not take the comment or the status.
    """
    if not (received / ABOUT).is_file():  # `receive` has said why
        print("nothing to keep: nothing was received", flush=True)
        return
    about = Received.read(received)
    found = Judged.read(judged) if named(judged) == digest else None
    api = Api.from_environment()
    if about.number and _moved_on(api, about):
        print(f"nothing to keep: the pull request is not at {about.head[:12]} any more", flush=True)
        return
    if found and (found.head, found.artifact) != (about.head, about.artifact):
        raise MainlineError(
            "another proposal was judged than is received.",
            found=f"commit {found.head}, artifact {found.artifact or 'none'}",
            expected=f"commit {about.head}, artifact {about.artifact or 'none'}",
            hint="Run the whole workflow again, not one of its jobs.",
        )
    with no_commands():
        try:
            well, made, comment = _kept(root, about, received, judged, found, repackaged=repackaged)
        except Exception as error:  # even after a defect of ours there is a comment and a status
            traceback.print_exc()
            well, made, comment = False, None, words.refused(words.defect(error))
    failed = about.failed(needs)
    if failed:
        note = f"The proposal's own run did not end well: {escape(', '.join(failed))}."
        well, comment = False, words.with_notes(comment, [note])
    where = Context(number=about.number, head=about.head, run_url=run_url())
    comment = words.of_commit(comment, where)
    write_text(Layout(root).comment, comment)
    summarise(comment)
    output("commit", made or "")
    said = comment.partition("\n")[0].lstrip("# ✅❌")
    said = f"{', '.join(failed)}. {said}" if failed else said
    with _status(
        api, [about.head, *([made] if made else [])], "success" if well else "failure", said
    ):
        if about.number and not about.fork:
            print(post(api, about.number, about.head, comment).line(), flush=True)
    if found and about.number and not about.fork and (judged / VERDICT).is_file():
        from mainline.retraining import closing  # noqa: PLC0415  the settings need pydantic

        closing.close(root, api, about.number, (about.base, about.head), judged / VERDICT)


def _moved_on(api: Api, about: Received) -> bool:
    pull = Pulls(api).get(about.number)
    return bool(pull["state"] != "open" or pull["head"]["sha"] != about.head)


def _kept(
    root: Path,
    about: Received,
    received: Path,
    judged: Path,
    found: Judged | None,
    *,
    repackaged: str,
) -> tuple[bool, str | None, str]:
    """Whether all is well, the bot's commit if there is one, and the comment."""
    if found is None:
        return False, None, words.broken_off()
    comment = (judged / COMMENT).read_text(encoding="utf-8")
    has_model = found.touched and (judged / VERDICT).is_file()
    wrong = exported.problem(repackaged, about) if has_model else ""
    if wrong:
        print(f"keep: {wrong}", flush=True)
        return False, None, words.not_made_again(wrong, comment)
    if not has_model or not about.number or about.fork:
        return found.open, None, comment
    try:
        from mainline.outside import storing  # noqa: PLC0415  only a model needs DVC and pydantic

        made, trained = storing.store(root, about, received)
    except MainlineError as error:
        print(f"keep: {error}", flush=True)
        return False, None, words.unkept(str(error), comment.partition("\n")[0])
    notes = [words.made_here(made, trained=trained), exported.note(repackaged)]
    return found.open, made, words.with_notes(comment, notes)


@contextmanager
def _status(api: Api, commits: list[str], state: str, said: str) -> Iterator[None]:
    """Set the status of the commits after the block; a failure if the block raises."""
    try:
        yield
    except MainlineError:
        state, said = "failure", "the comment could not be posted; see the log"
        raise
    finally:
        for sha in commits:
            Statuses(api).set(sha, CHECK, state, said, run_url())
        print(f"{state:<9} {CHECK}", flush=True)
