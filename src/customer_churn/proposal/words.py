"""Comments for the proposals that never reach the gate."""

import re

from customer_churn.proposal.training import Stopped

ROOM = 60_000


def stopped(what: Stopped, run_url: str) -> str:
    """A stage failed: which, its last words, and how to see the same at home."""
    where = f"stage `{what.stage}` failed" if what.stage else "the pipeline did not start"
    text = "\n".join(what.lines)[-ROOM:]
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
        "dvc pull    # with a DVC remote: what is there already",
        what.command,
        "```",
    ]
    return "\n".join([*lines, *_log(run_url), ""])


def refused(reason: str, run_url: str) -> str:
    """Something else stood in the way; `reason` says what to do."""
    quoted = "\n".join(f"> {line}" for line in reason.splitlines())
    plain = quoted.replace("<", "&lt;").replace("@", "@\u200b")
    lines = ["## ❌ The gate is closed: nothing could be judged.", "", plain]
    return "\n".join([*lines, "", "The same on your machine: `make propose`.", *_log(run_url), ""])


def untouched(base: str) -> str:
    """Documents, tests, workflows: no model."""
    return (
        "## ✅ The gate is open: this proposal touches no model.\n\n"
        f"Nothing that the pipeline reads or writes differs from `{base}`; nothing was trained.\n"
    )


def _log(run_url: str) -> list[str]:
    return ["", f"[The whole log]({run_url})."] if run_url else []
