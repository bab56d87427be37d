"""Unpacks an archive that a stranger may have made."""

import shutil
import stat
import zipfile
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.proposal.parcel import ABOUT, BYTES, FILES, MEMBERS, NAME, OBJECTS

ROOTS = (f"{FILES}/", f"{OBJECTS}/")
OF_ARTIFACT = f"artifact '{ABOUT.partition('.')[0]}'"
# Of another method Python unpacks a block as a whole: a megabyte of bzip2 can be 20 GB of memory.
METHODS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}


def unzip(archive: Path, into: Path) -> None:
    """Unpack into a folder that does not exist yet: regular files with plain names.

    Raises MainlineError at the first thing that a training would not pack. Names, kinds and sizes
    are checked before anything is written; of a member no more bytes are read than its size.
    """
    into.mkdir(parents=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            if len(members) > MEMBERS:
                raise _wrong(f"{len(members):,} members", f"at most {MEMBERS:,}")
            size = sum(member.file_size for member in members)
            if size > BYTES:
                raise _wrong(f"{size:,} bytes", f"at most {BYTES:,}")
            for member in members:
                _checked(member)
            for member in members:
                if not member.is_dir():
                    _copied(opened, member, into / member.filename)
    # In order: not a zip; a newer zip; a password; cut short; a name that is there already.
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
    if member.compress_type not in METHODS:
        raise _wrong(f"{name} of method {member.compress_type}", " or ".join(METHODS.values()))


def _copied(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(member) as source, target.open("xb") as file:  # no name comes twice
        shutil.copyfileobj(source, file)


def _wrong(found: str, expected: str) -> MainlineError:
    return MainlineError("is not unpacked.", where=OF_ARTIFACT, found=found, expected=expected)
