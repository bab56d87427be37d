"""A verdict on its way from one pod to the next: an argument, which holds no file."""

import base64
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace

from mainline.core.errors import MainlineError
from mainline.core.files import json_text
from mainline.monitoring.finding import Finding, Verdict

MOST = 60_000  # characters: Argo cannot start a pod whose arguments are longer than 128 KiB
MOST_JSON = 8_000_000  # bytes, unpacked
GZIP = 16 + zlib.MAX_WBITS


def packed(verdict: Verdict) -> str:
    """The verdict's JSON on one line, compressed.

    Of one that is too long, what no trigger reads is left out: first details, then quiet findings,
    then the last findings. Raises MainlineError when even that is too long.
    """
    for shorter in _shorter(verdict):
        text = json_text(shorter.as_json()).encode()
        short = base64.b64encode(gzip.compress(text, mtime=0)).decode()
        if len(short) <= MOST and len(text) <= MOST_JSON:
            return short
    raise MainlineError(
        f"the verdict has {len(short):,} characters without any finding, packed; a pod may be told "
        f"{MOST:,}."
    )


def unpacked(text: str) -> Verdict:
    """The verdict that `packed` made. Raises MainlineError when it is none."""
    try:
        unzip = zlib.decompressobj(GZIP)
        found = unzip.decompress(base64.b64decode(text, validate=True), MOST_JSON)
        if not unzip.eof:
            long = len(found) >= MOST_JSON
            raise ValueError(
                f"it has more than {MOST_JSON:,} bytes" if long else "its end is missing"
            )
        value = json.loads(found)
    except (ValueError, zlib.error, RecursionError) as error:
        raise MainlineError(f"it cannot be read: {error}.", where="--verdict") from None
    return Verdict.parse(value, name="--verdict")


def _shorter(verdict: Verdict) -> Iterator[Verdict]:
    yield verdict
    plain = [replace(each, details={}) for each in verdict.findings]
    yield replace(verdict, findings=plain)
    kept = sorted(filter(_matters, plain), key=_last)
    while kept:
        yield replace(verdict, findings=kept)
        kept = kept[: len(kept) // 2]
    yield replace(verdict, findings=[])


def _matters(finding: Finding) -> bool:
    return finding.status != "quiet" or _of_all_rows(finding)


def _last(finding: Finding) -> tuple[bool, bool]:
    """Those that can fire a trigger come first, in their order."""
    return "[" in finding.name, finding.status == "unknown"


def _of_all_rows(finding: Finding) -> bool:
    """A trigger has its own bar for these, which may be higher than the one that alarms."""
    return finding.kind == "quality" and "[" not in finding.name
