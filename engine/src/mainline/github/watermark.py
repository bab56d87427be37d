"""How our comment is known again, by CML and by us.

CML appends an image whose title names the comment and whose URL ends in the commit; it looks for
it with a pattern in the first 30 comments and takes the last match. What we post carries the same
line, so that either finds what the other wrote. The HTML marker is ours alone: it survives an
edit that loses the image.
"""

import re
from collections.abc import Sequence
from typing import Any

TITLE = "mainline-proposal"  # no _ * [ or <: CML escapes those, and GitHub does not give them back
MARKER = f"<!-- {TITLE} -->"
READ_BY_CML = 30

_IMAGE = "https://cml.dev/watermark.png"
_PATTERN = re.compile(
    rf'!\[\]\({re.escape(_IMAGE)}#[0-9a-fA-F]+ "CML watermark {re.escape(TITLE)}"\)'
)


def mark(text: str) -> str:
    """The report with our marker, once; CML takes it from here and adds its watermark itself."""
    return text if MARKER in text else f"{MARKER}\n{text}"


def signed(text: str, sha: str) -> str:
    """What CML would post of `text` for the commit `sha`."""
    return f'{mark(text)}\n\n![]({_IMAGE}#{sha} "CML watermark {TITLE}")'


def carries(body: str) -> bool:
    """Whether a comment is this one, by either mark."""
    return MARKER in body or bool(_PATTERN.search(body))


def taken_by_cml(comments: Sequence[dict[str, Any]]) -> Any:
    """The id of the comment that CML would update; None when it would make a new one."""
    seen = [c["id"] for c in comments[:READ_BY_CML] if _PATTERN.search(c.get("body") or "")]
    return seen[-1] if seen else None
