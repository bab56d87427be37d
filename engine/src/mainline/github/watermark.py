"""The marks by which CML and we recognise our comment.

CML appends an image whose title names the comment and whose URL ends with the commit. It searches
the first 30 comments for it and takes the last match. We append the same image, so that each finds
the other's comment. We also add an HTML marker, which survives an edit that removes the image.
"""

import re
from collections.abc import Sequence
from typing import Any

TITLE = "mainline-proposal"  # without _ * [ and <: CML escapes them and then finds no match
MARKER = f"<!-- {TITLE} -->"
READ_BY_CML = 30

_IMAGE = "https://cml.dev/watermark.png"
_PATTERN = re.compile(
    rf'!\[\]\({re.escape(_IMAGE)}#[0-9a-fA-F]+ "CML watermark {re.escape(TITLE)}"\)'
)


def mark(text: str) -> str:
    """The report with our marker, once. CML adds its watermark itself."""
    return text if MARKER in text else f"{MARKER}\n{text}"


def signed(text: str, sha: str) -> str:
    """The comment that CML would post for `text` and the commit `sha`."""
    return f'{mark(text)}\n\n![]({_IMAGE}#{sha} "CML watermark {TITLE}")'


def carries(body: str) -> bool:
    """Whether a comment has one of the two marks."""
    return MARKER in body or bool(_PATTERN.search(body))


def taken_by_cml(comments: Sequence[dict[str, Any]]) -> Any:
    """The id of the comment that CML would update; None when it would create one."""
    seen = [c["id"] for c in comments[:READ_BY_CML] if _PATTERN.search(c.get("body") or "")]
    return seen[-1] if seen else None
