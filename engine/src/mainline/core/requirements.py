"""Reads versions from `requirements/train.txt`, the lock of the packages that stages import."""

import re

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout


def locked(text: str, package: str) -> str:
    """The version of a package in the text of a lock.

    Raises MainlineError unless the lock has exactly one.
    """
    found = re.findall(rf"^{re.escape(package)}==([^\s;\\]+)", text, re.MULTILINE)
    if len(found) != 1:
        said = f"has {' and '.join(found)}" if found else "has none"
        raise MainlineError(
            f"{Layout.train_lock} must lock one version of {package}; it {said}. `make lock`."
        )
    return str(found[0])
