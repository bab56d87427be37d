"""What a machine that gives way (disk, memory, permissions) says to the person before it."""

import errno
import os

FULL = (errno.ENOSPC, errno.EDQUOT)
ADVICE = {
    errno.EFBIG: "a file may not grow any further; `ulimit -f` says up to where",
    errno.EACCES: "whoever runs this must be allowed to",
    errno.EPERM: "whoever runs this must be allowed to",
    errno.EROFS: "this must be a place that can be written to",
    errno.EIO: "the disk or the network drive below gives way; `dmesg` may say more",
    errno.ESTALE: "the network drive below has gone; mount it again",
    errno.EMFILE: "`ulimit -n` says how many may be open at once",
    errno.ENFILE: "other programs hold them; end some",
    errno.ENOMEM: "give it a machine with more memory",
}
ROOM = "make room (`df -h` and `df -i` show where it is gone)"


def explained(error: BaseException) -> str | None:
    """A message for people; None when this is a defect of ours, which a traceback explains best."""
    if isinstance(error, MemoryError):
        return "the memory ran out. Give it a machine with more, or fewer rows."
    if isinstance(error, OSError) and error.errno is not None and error.errno not in FULL:
        where = f"{error.filename}: " if error.filename is not None else ""
        advice = ADVICE.get(error.errno)
        return f"{where}{os.strerror(error.errno)}{f'; {advice}' if advice else ''}."
    # TensorFlow, Arrow and SQLite have errors of their own for a full disk, with its words.
    if any(os.strerror(number).lower() in str(error).lower() for number in FULL):
        name = getattr(error, "filename", None)
        where = f"{name} could not be written: " if name else ""
        return (
            f"{where}the disk is full. Nothing is left half-written: {ROOM} and run the same "
            "command again."
        )
    return None
