"""The failures of a machine that become one line. All other exceptions keep their traceback."""

import errno
import os

from mainline.core.errors import OutageError

FULL = (errno.ENOSPC, errno.EDQUOT)
HINTS = {
    errno.EFBIG: "`ulimit -f` says how large a file may be.",
    errno.EROFS: "This path must be writable.",
    errno.EMFILE: "`ulimit -n` says how many files may be open at once.",
    errno.ENFILE: "Other programs hold them; end some.",
    errno.ENOMEM: "Use a machine with more memory.",
}
ROOM = (
    "Nothing is left half-written: make room (`df -h` and `df -i` show where it went) and run the "
    "same command again."
)


def outage(error: BaseException) -> OutageError | None:
    """The outage that `error` stands for; None when a traceback explains it best.

    Permissions of our own outputs are not here: `core.files.writing` raises them as OutageError.
    """
    if isinstance(error, MemoryError):
        return OutageError("the memory ran out.", hint="Use a machine with more, or fewer rows.")
    number = error.errno if isinstance(error, OSError) else None
    where = getattr(error, "filename", None)
    if number in HINTS:
        return OutageError(f"{os.strerror(number)}.", where=where, hint=HINTS[number])
    # TensorFlow, Arrow and SQLite have errors of their own for a full disk, with its words.
    words = [os.strerror(full).lower() for full in FULL]
    if number in FULL or (number is None and any(each in str(error).lower() for each in words)):
        return OutageError("the disk is full.", where=where, hint=ROOM)
    return None
