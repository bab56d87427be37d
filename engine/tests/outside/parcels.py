"""Archives as a training packs them, and as a stranger would."""

import hashlib
import io
import json
import stat
import zipfile

HEAD = "c0ffee" * 6 + "1234"
ABOUT = {
    "format": 1,
    "head": HEAD,
    "stages": ["train"],
    "trained_on": "",
    "stopped": None,
    "gone": [],
    "costs": {},
}
LINK = (stat.S_IFLNK | 0o777) << 16


def about(**other: object) -> bytes:
    return json.dumps(ABOUT | other).encode()


def archive(*members: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of members in this order, compressed by the method `how`."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", how) as opened:
        for name, content in members:
            opened.writestr(name, content, how)
    return written.getvalue()


def entry(name: str, attributes: int) -> zipfile.ZipInfo:
    """A member of a kind: a link, a device."""
    made = zipfile.ZipInfo(name)
    made.external_attr, made.create_system = attributes, 3
    return made


def oid(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def stored(content: bytes, name: str = "") -> tuple[str, bytes]:
    """A member that is an object of DVC's cache, under its own name or another."""
    name = name or oid(content)
    return f"objects/{name[:2]}/{name[2:]}", content
