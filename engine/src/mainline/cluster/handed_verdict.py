"""A verdict on its way from one pod to the next: an argument, which holds no file."""

import base64
import gzip
import json
import zlib

from mainline.core.errors import MainlineError
from mainline.core.files import json_text
from mainline.monitoring.finding import Verdict

MOST = 60_000  # characters: Argo cannot start a pod whose arguments are longer than 128 KiB


def packed(verdict: Verdict) -> str:
    """The verdict's JSON on one line, compressed. Raises MainlineError when that is too long."""
    text = json_text(verdict.as_json()).encode()
    short = base64.b64encode(gzip.compress(text, mtime=0)).decode()
    if len(short) > MOST:
        raise MainlineError(
            f"the verdict has {len(short):,} characters, packed; a pod may be told {MOST:,}.",
            hint="Watch fewer slices: `evaluation.slices` in params.yaml.",
        )
    return short


def unpacked(text: str) -> Verdict:
    """The verdict that `packed` made. Raises MainlineError when it is none."""
    try:
        found = json.loads(gzip.decompress(base64.b64decode(text, validate=True)))
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise MainlineError(f"it cannot be read: {error}.", where="--verdict") from None
    return Verdict.parse(found, name="--verdict")
