"""In the place of actions/upload-artifact and download-artifact: zip files in a folder.

What an upload holds is as GitHub's: below the one folder that is named, or below the folder that
all paths have in common; no hidden files; nothing when nothing is there.
"""

import os
import sys
import zipfile
from pathlib import Path


def chosen(lines: str) -> tuple[Path, list[Path]]:
    """The folder that names are relative to, and the files."""
    names = [line.strip() for line in lines.splitlines() if line.strip()]
    without = [Path(name[1:]) for name in names if name.startswith("!")]
    there = [Path(name) for name in names if not name.startswith("!")]
    files = [
        file
        for start in there
        for file in ([start] if start.is_file() else sorted(start.rglob("*")))
        if file.is_file()
        and not any(part.startswith(".") for part in file.parts)
        and not any(file.is_relative_to(folder) for folder in without)
    ]
    found = [start for start in there if start.exists()]
    if len(found) == 1 and found[0].is_dir():
        return found[0], files
    return Path(os.path.commonpath(found)) if found else Path(), files


def main(verb: str, name: str, path: str) -> None:
    """Upload or download the artifact `name`."""
    archive = Path(os.environ["ARTIFACTS"], f"{name}.zip")
    if verb == "download":
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(path)
        return
    root, files = chosen(path)
    if files:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
            for file in files:
                made.write(file, file.relative_to(root))


if __name__ == "__main__":
    main(*sys.argv[1:])
