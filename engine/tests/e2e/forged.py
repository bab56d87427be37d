"""Artifacts of a training that was honest, changed afterwards and judged in its place."""

import hashlib
import io
import json
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace

from act import Done
from hub import OURS, Hub
from mainline.core.layout import Layout

LOCK = f"files/{Layout.lock}"
LINKED = b"/proc/self/environ"  # a member of this content is a symbolic link
Members = dict[str, bytes]


@dataclass(frozen=True)
class Honest:
    """A run of propose.yml whose artifact each attack changes."""

    head: str
    trained: Done

    def members(self) -> Members:
        with zipfile.ZipFile(io.BytesIO(self.trained.artifacts["proposed"])) as opened:
            return {name: opened.read(name) for name in opened.namelist()}

    def judged(self, hub: Hub, branch: str, archive: bytes) -> Done:
        """A branch at the same commit whose run has uploaded this instead."""
        hub.reset()
        where = f"{self.head}:refs/heads/{branch}"
        hub.project.git("push", "-q", str(hub.origins / OURS), where)
        made = replace(self.trained, artifacts={"proposed": archive})
        return hub.judge(hub.report(made, branch))


def zipped(members: Members) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, content in members.items():
            about = zipfile.ZipInfo(name)
            kind = stat.S_IFLNK if content == LINKED else stat.S_IFREG
            about.external_attr = (kind | 0o644) << 16
            opened.writestr(about, content)
    return made.getvalue()


def stored(content: bytes, kind: str = "") -> tuple[str, str]:
    """The hash of an object of DVC's cache, and the member that holds it."""
    oid = hashlib.md5(content, usedforsecurity=False).hexdigest() + kind
    return oid, f"objects/{oid[:2]}/{oid[2:]}"


def locked(members: Members, path: object) -> str:
    """The object of an output in the lock."""
    found = re.search(rf"path: {path}\n\s+hash: md5\n\s+md5: (\S+)", members[LOCK].decode())
    assert found, members[LOCK]
    return found[1]


def with_output(members: Members, path: object, content: bytes, kind: str = "") -> Members:
    """Another object in place of an output's, and the lock names that."""
    old, (oid, place) = locked(members, path), stored(content, kind)
    lock = re.sub(rf"{old}(\n\s+size: )\d+", rf"{oid}\g<1>{len(content)}", members[LOCK].decode())
    assert old not in lock
    kept = {name: it for name, it in members.items() if name != f"objects/{old[:2]}/{old[2:]}"}
    return kept | {LOCK: lock.encode(), place: content}


def model_file(members: Members, name: str) -> bytes:
    """A file of the packaged model."""
    oid = _listed(members)[name]
    return members[f"objects/{oid[:2]}/{oid[2:]}"]


def with_model(members: Members, files: Mapping[str, bytes]) -> Members:
    """The packaged model with these files beside or in place of its own."""
    listed, made = _listed(members), dict(members)
    for name, content in files.items():
        if old := listed.get(name):
            del made[f"objects/{old[:2]}/{old[2:]}"]
        listed[name], place = stored(content)
        made[place] = content
    entries = [{"md5": oid, "relpath": name} for name, oid in sorted(listed.items())]
    return with_output(made, Layout.saved_model, json.dumps(entries).encode(), ".dir")


def _listed(members: Members) -> dict[str, str]:
    oid = locked(members, Layout.saved_model)
    entries = json.loads(members[f"objects/{oid[:2]}/{oid[2:]}"])
    return {each["relpath"]: each["md5"] for each in entries}
