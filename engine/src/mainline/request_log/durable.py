"""Brings what is written to the disk, so that a machine that loses its power keeps it."""

import errno
import os

# A network file system that has no such call for folders; a folder that is not readable.
UNABLE = (errno.EINVAL, errno.EACCES)


def sync(path: str) -> None:
    """A file's bytes, or a folder's names. Raises OSError when the disk fails."""
    try:
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
