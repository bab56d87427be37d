"""Comments for the proposals that never reach the gate."""

import re

from mainline.core.errors import StageFailedError
from mainline.github.context import Context
from mainline.proposal.secrets import masked
from mainline.report.markdown import LIMIT

ROOM = 40_000  # characters of foreign text, before escaping


def stopped(error: StageFailedError) -> str:
    """The comment on a failed stage: its name, its last lines, and how to reproduce the failure."""
    where = f"stage `{error.stage}` failed" if error.stage else "the pipeline did not start"
    text = masked("\n".join(error.lines))[-ROOM:]
    text = re.sub("`{100,}", "`" * 99, text)
    longest = max((len(found) for found in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)  # longer than any fence in the text
    lines = [
        f"## ❌ The gate is closed: {where}.",
        "",
        "Nothing was judged or committed. The last lines of its output:",
        "",
        f"{fence}text",
        text,
        fence,
        "",
        "To reproduce it on your machine:",
        "",
        "```",
        "make setup && . .venv/bin/activate",
        "dvc pull    # with a DVC remote: downloads existing outputs",
        f"dvc repro {error.stage}".rstrip(),
        "```",
    ]
    return "\n".join([*lines, ""])


def refused(reason: str) -> str:
    """The comment on another error; `reason` says what to do."""
    lines = ["## ❌ The gate is closed: nothing could be judged.", "", _quoted(reason)]
    return "\n".join([*lines, "", "To reproduce it on your machine: `make propose`.", ""])


def unkept(reason: str, headline: str) -> str:
    """The comment on a judged model whose image, data or commit could not be pushed."""
    said = headline.lstrip("#✅❌ ")
    lines = [
        "## ❌ Not ready to merge: the model was judged, but could not be stored.",
        "",
        _quoted(reason),
        "",
        f"The verdict was: {said} No commit names this model yet; the figures are in the run's "
        "artifacts. Fix the cause, then run the job again.",
    ]
    return "\n".join([*lines, ""])


def not_made_again(reason: str, comment: str) -> str:
    """The comment on a judged model that its weights and sources did not give again."""
    first, _, rest = comment.partition("\n")
    lines = [
        "## ❌ Not ready to merge: exporting the trained weights again did not give the packaged "
        "model.",
        "",
        _quoted(reason),
        "",
        f"Nothing was stored. The gate itself said: {first.lstrip('#✅❌ ')}",
    ]
    return clipped("\n".join([*lines, rest]))


def made_here(commit: str | None, *, trained: bool) -> str:
    """The note on the bot's commit, so that the author pulls it before the next push."""
    if not commit:
        return ""
    how = "the model was trained here" if trained else "it was updated here"
    return (
        f"`dvc.lock` did not match this code, data and settings, so {how}. The result is "
        f"commit {commit[:12]} on this branch: run `git pull` before you continue."
    )


def broken_off() -> str:
    """The comment on a run that failed early. It replaces the comment with an older verdict."""
    return (
        "## ❌ The run failed before anything was judged.\n\n"
        "A step outside the pipeline failed: the setup, a login, the check of production's "
        "release file, or a time limit. See the log.\n"
    )


def of_commit(text: str, where: Context) -> str:
    """The comment with a last line that names its commit and links the log."""
    parts = [f"Commit {where.head[:12]}"] if where.head else []
    parts += [f"[the whole log]({where.run_url})"] if where.run_url else []
    return f"{clipped(text).rstrip()}\n\n{', '.join(parts)}.\n" if parts else text


def with_notes(text: str, notes: list[str]) -> str:
    """The comment with notes directly below the headline."""
    first, _, rest = text.partition("\n")
    quoted = [f"> {note}" for note in notes if note]
    return clipped("\n\n".join([first, *quoted, rest.lstrip("\n")])) if quoted else text


def clipped(text: str) -> str:
    """At most `LIMIT` characters, cut at a line; open fences and tags are closed."""
    if len(text) <= LIMIT:
        return text
    kept = text[: LIMIT - 200].rpartition("\n")[0]
    fences = sum(line.startswith("```") for line in kept.splitlines())
    closing = ["```"] * (fences % 2)
    closing += ["</details>"] * (kept.count("<details>") - kept.count("</details>"))
    return "\n".join([kept, *closing, "", "_The rest was cut to fit the comment._", ""])


def _quoted(reason: str) -> str:
    """The reason as a quote. Foreign text in it makes no mention, tag, link or image; it is cut."""
    plain = masked(reason).replace("<", "&lt;").replace("@", "@\u200b").replace("[", "\\[")
    return "\n".join(f"> {line}" for line in plain.splitlines())[:ROOM]


def defect(error: Exception) -> str:
    """The text for an unexpected exception."""
    return (
        f"{type(error).__name__}: {error}. This is a defect in mainline. The log has the "
        "traceback; please report it."
    )
