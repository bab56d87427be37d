"""Cleans the words of a person or a system that asks for a retraining."""

import unicodedata

from mainline.core.errors import SettingsError
from mainline.core.markdown import escape

MOST = 500  # characters
BREAK = "\u200b"  # of no width: GitHub makes no link, mention or keyword of what it divides


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
    plain = escape(visible(text)).replace("://", f":{BREAK}//")
    return plain.replace("www.", f"www{BREAK}.").replace("WWW.", f"WWW{BREAK}.")


def in_git(line: str) -> str:
    """The line for a commit's message: no mention, and no `fixes #1` that closes an issue."""
    return line.replace("@", f"@{BREAK}").replace("#", f"#{BREAK}").replace("://", f":{BREAK}//")
