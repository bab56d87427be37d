"""Cleans the words of a person or a system that asks for a retraining."""

import re
import unicodedata

from mainline.core.errors import SettingsError
from mainline.core.markdown import escape

MOST = 500  # characters
BREAK = "\u200b"  # of no width: GitHub makes no link, mention or keyword of what it divides
TRAILER = re.compile("(skip)(-checks)", re.IGNORECASE)


def cleaned(text: str | None) -> str:
    """The reason on one line, without control and format characters.

    Raises SettingsError when nothing is left, or too much.
    """
    line = " ".join(visible(text or "").split())
    if not line:
        raise SettingsError(
            "a retraining needs a reason.",
            hint='`mainline retrain --reason "…"`; it stands in the pull request.',
        )
    if len(line) > MOST:
        raise SettingsError(
            "the reason is too long.", found=f"{len(line):,} characters", expected=f"at most {MOST}"
        )
    return line


def visible(text: object) -> str:
    """The text with blanks for controls and for what turns text around or hides in it."""
    return "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in str(text))


def in_markdown(text: object) -> str:
    """As `escape`, and bare addresses become no links."""
    plain = TRAILER.sub(rf"\1{BREAK}\2", escape(visible(text))).replace("://", f":{BREAK}//")
    return plain.replace("www.", f"www{BREAK}.").replace("WWW.", f"WWW{BREAK}.")


def in_git(line: str) -> str:
    """The line for a commit's message: no mention, and no `fixes #1` that closes an issue.

    And no `[skip ci]`, `***NO_CI***` or `skip-checks: true`, for which GitHub starts no workflow.
    """
    for sign in "@#[*":
        line = line.replace(sign, f"{sign}{BREAK}")
    return TRAILER.sub(rf"\1{BREAK}\2", line).replace("://", f":{BREAK}//")


def in_code(text: object) -> str:
    """The text for a code span: it holds no tag, no comment of HTML, and no `[skip ci]`."""
    plain = visible(text)
    for sign in "<[*":
        plain = plain.replace(sign, f"{sign}{BREAK}")
    return TRAILER.sub(rf"\1{BREAK}\2", plain)
