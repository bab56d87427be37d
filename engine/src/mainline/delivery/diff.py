"""The command `diff`: the changes in the cluster between two revisions."""

from pathlib import Path

from mainline.git import Git
from mainline.k8s.rendered import difference, rendered, rendered_at

HERE = "."


def run(root: Path, old: str, new: str) -> None:
    """Print a unified diff of the rendered manifests; `.` as `new` is the working tree.

    Raises MainlineError for a revision that git does not know or an overlay that does not render.
    """
    git = Git(root)
    after = rendered(root) if new == HERE else rendered_at(git, git.known(new))
    found = difference(rendered_at(git, git.known(old)), after)
    for lines in found.values():
        print("\n".join(lines))
    if not found:
        there = "the working tree" if new == HERE else new
        print(f"nothing changes in the cluster between {old} and {there}")
