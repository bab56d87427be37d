"""Unpacks an archive that a stranger may have made."""

import stat
import zipfile
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.proposal.parcel import ABOUT, BYTES, FILES, MEMBERS, NAME, OBJECTS

BLOCK = 1 << 20
ROOTS = (f"{FILES}/", f"{OBJECTS}/")
OF_ARTIFACT = f"artifact '{ABOUT.partition('.')[0]}'"


def unzip(archive: Path, into: Path) -> None:
    """Unpack into a folder that does not exist yet: regular files with plain names.

    Raises MainlineError at the first thing that a training would not pack. Bytes are counted as
    they are read, not as the archive says.
    """
    into.mkdir(parents=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            if len(members) > MEMBERS:
                raise _wrong(f"{len(members):,} members", f"at most {MEMBERS:,}")
            left = BYTES
            for member in members:
                _checked(member)
                if not member.is_dir():
                    left = _copied(opened, member, into / member.filename, left)
    # In order: not a zip; another compression; a password; cut short; a name that is there already.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _wrong(f"{type(error).__name__}: {error}", "a zip archive") from None


def _checked(member: zipfile.ZipInfo) -> None:
    name = member.filename.removesuffix("/") if member.is_dir() else member.filename
    known = name == ABOUT or f"{name}{'/' * member.is_dir()}".startswith(ROOTS)
    if not known or not NAME.fullmatch(name) or member.orig_filename != member.filename:
        raise _wrong(f"the name {member.orig_filename!r}", f"{ABOUT}, {FILES}/… or {OBJECTS}/…")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if member.is_dir() else stat.S_IFREG):
        raise _wrong(f"{name} of kind {oct(kind)}", "a file")


def _copied(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Returns how many bytes are left for the members after it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(member) as source, target.open("xb") as file:  # no name comes twice
        while block := source.read(BLOCK):
            left -= len(block)
            if left < 0:
                raise _wrong(f"more than {BYTES:,} bytes", "less")
            file.write(block)
    return left


def _wrong(found: str, expected: str) -> MainlineError:
    return MainlineError("is not unpacked.", where=OF_ARTIFACT, found=found, expected=expected)
