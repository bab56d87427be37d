"""Turns failures of the machine into one-line errors. Other exceptions keep their traceback."""

import errno
import os

from mainline.core.errors import OutageError

FULL = (errno.ENOSPC, errno.EDQUOT)
HINTS = {
    errno.EFBIG: "`ulimit -f` shows the largest allowed file.",
    errno.EROFS: "This path must be writable.",
    errno.EMFILE: "`ulimit -n` shows the largest number of open files.",
    errno.ENFILE: "Other programs hold them open; end some.",
    errno.ENOMEM: "Use a machine with more memory.",
}
ROOM = (
    "No file is half-written. Free some space (`df -h` and `df -i` show what is full) and run the "
    "same command again."
)


def outage(error: BaseException) -> OutageError | None:
    """The outage that caused `error`; None for any other error, which keeps its traceback.

    Permission errors of our outputs are raised by `core.files.writing`.
    """
    if isinstance(error, MemoryError):
        return OutageError("out of memory.", hint="Use a machine with more memory, or fewer rows.")
    number = error.errno if isinstance(error, OSError) else None
    where = getattr(error, "filename", None)
    if number in HINTS:
        return OutageError(f"{os.strerror(number)}.", where=where, hint=HINTS[number])
    # TensorFlow, Arrow and SQLite raise their own errors for a full disk, with the system's text.
    words = [os.strerror(full).lower() for full in FULL]
    if number in FULL or (number is None and any(each in str(error).lower() for each in words)):
        return OutageError("the disk is full.", where=where, hint=ROOM)
    return None
