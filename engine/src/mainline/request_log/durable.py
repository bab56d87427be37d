"""Brings what is written to the disk, so that a machine that loses its power keeps it."""

import errno
import os


def sync(path: str) -> None:
    """A file's bytes, or a folder's names. Raises OSError when the disk fails."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot do it for folders
            raise
    finally:
        os.close(file)
