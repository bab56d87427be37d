"""Comments for the proposals that never reach the gate."""

import re

from mainline.core.errors import StageFailedError
from mainline.github.context import Context
from mainline.proposal.secrets import masked
from mainline.report.markdown import LIMIT

ROOM = 40_000  # for what others wrote, before what is written to make it harmless


def stopped(error: StageFailedError) -> str:
    """A stage failed: which, its last words, and how to see the same at home."""
    where = f"stage `{error.stage}` failed" if error.stage else "the pipeline did not start"
    text = masked("\n".join(error.lines))[-ROOM:]
    text = re.sub("`{100,}", "`" * 99, text)
    longest = max((len(found) for found in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)  # nothing in the text can end it
    lines = [
        f"## ❌ The gate is closed: {where}.",
        "",
        "Nothing was judged and nothing was committed. Its last lines:",
        "",
        f"{fence}text",
        text,
        fence,
        "",
        "The same on your machine:",
        "",
        "```",
        "make setup && . .venv/bin/activate",
        "dvc pull    # with a DVC remote: what is there already",
        f"dvc repro {error.stage}".rstrip(),
        "```",
    ]
    return "\n".join([*lines, ""])


def refused(reason: str) -> str:
    """Something else stood in the way; `reason` says what to do."""
    lines = ["## ❌ The gate is closed: nothing could be judged.", "", _quoted(reason)]
    return "\n".join([*lines, "", "The same on your machine: `make propose`.", ""])


def unkept(reason: str, headline: str) -> str:
    """Judged, but image, data or commit did not arrive where others would get them."""
    said = headline.lstrip("#✅❌ ")
    lines = [
        "## ❌ Not ready to merge: the model was judged, but could not be stored.",
        "",
        _quoted(reason),
        "",
        f"What was judged: {said} Nothing names this model yet; the figures are among the run's "
        "artifacts. When the cause is mended, run the job again.",
    ]
    return "\n".join([*lines, ""])


def made_here(commit: str | None, *, trained: bool) -> str:
    """What the author would otherwise learn from a push that is rejected."""
    if not commit:
        return ""
    how = "the model was trained here" if trained else "it was brought up to date here"
    return (
        f"`dvc.lock` was not what this code, data and settings make, so {how}. The result is "
        f"commit {commit[:12]} on this branch: `git pull` before you go on."
    )


def broken_off() -> str:
    """For a run that ended before it could say anything, and must not leave an older verdict."""
    return (
        "## ❌ The run broke off before anything was judged.\n\n"
        "A step around the pipeline failed: setting up, a login, the check of production's "
        "release file, a time limit. The log says which.\n"
    )


def of_commit(text: str, where: Context) -> str:
    """The comment with its last line: which commit it is about, and where the whole log is."""
    parts = [f"Commit {where.head[:12]}"] if where.head else []
    parts += [f"[the whole log]({where.run_url})"] if where.run_url else []
    return f"{clipped(text).rstrip()}\n\n{', '.join(parts)}.\n" if parts else text


def with_notes(text: str, notes: list[str]) -> str:
    """Notes stand under the headline, before all that may be long."""
    first, _, rest = text.partition("\n")
    quoted = [f"> {note}" for note in notes if note]
    return clipped("\n\n".join([first, *quoted, rest.lstrip("\n")])) if quoted else text


def clipped(text: str) -> str:
    """At most `LIMIT` characters, cut at a line, with what was open there closed again."""
    if len(text) <= LIMIT:
        return text
    kept = text[: LIMIT - 200].rpartition("\n")[0]
    fences = sum(line.startswith("```") for line in kept.splitlines())
    closing = ["```"] * (fences % 2)
    closing += ["</details>"] * (kept.count("<details>") - kept.count("</details>"))
    return "\n".join([kept, *closing, "", "_The rest was cut to fit the comment._", ""])


def _quoted(reason: str) -> str:
    """A reason holds what others wrote: it mentions nobody, opens no tag and has an end."""
    plain = masked(reason).replace("<", "&lt;").replace("@", "@\u200b")
    return "\n".join(f"> {line}" for line in plain.splitlines())[:ROOM]


def defect(error: Exception) -> str:
    """Something that nobody foresaw: the person can do nothing but report it."""
    return (
        f"{type(error).__name__}: {error}. Nobody foresaw this: it is a defect of the pipeline's "
        "own code, and the log has its trace."
    )
