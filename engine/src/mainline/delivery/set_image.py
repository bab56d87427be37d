"""The command `set-image`: writes the digest of our own image for Kustomize.

Renovate writes the digests of third-party images. Ours is known to the job that pushed it.
"""

import os
import re
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.delivery import branch as branches
from mainline.git import Git
from mainline.github.api import Api
from mainline.github.pulls import Pulls
from mainline.k8s.environments import main
from mainline.k8s.placeholder import PLACEHOLDER, unset
from mainline.k8s.server_image import kustomizations

BRANCH = "set-image"
IMAGE = re.compile(r"(?P<name>\S+):(?P<setting>[\w.-]+@sha256:[0-9a-f]{64})")
NO_CHECKS = (
    "The job's own token opened this pull request, so its checks wait. Choose *Approve workflows "
    "to run*, or close the pull request and open it again."
)


def run(root: Path, image: str, *, push: bool = False) -> None:
    """Write `image`, NAME:TAG@sha256:…, into every kustomization that names NAME.

    `push` writes it to a new branch and opens a pull request, and leaves the working tree alone.
    Raises MainlineError when the image has another form, no file names it, or GitHub refuses.
    """
    if unset(image):
        print(f"set-image {image} is skipped: {PLACEHOLDER} is a placeholder")
        return
    found = IMAGE.fullmatch(image)
    if not found:
        raise MainlineError(f"{image!r} is not of the form NAME:TAG@sha256:DIGEST.")
    texts = changed(root, found["name"], found["setting"])
    if not texts:
        print(f"set-image {image} is set already")
    elif push:
        propose(Git(root), image, texts)
    else:
        for path, text in texts.items():
            write_text(root / path, text)
            print(f"set-image {image} ({path})")


def changed(root: Path, name: str, setting: str) -> dict[Path, str]:
    """The new text of every file whose `newTag` changes, by path relative to `root`.

    Raises MainlineError when no kustomization names the image.
    """
    line = re.compile(rf"((?:- name|newName): {re.escape(name)}\n\s+newTag: )\S+")
    named = False
    texts = {}
    for path in kustomizations(root):
        text = path.read_text(encoding="utf-8")
        new, count = line.subn(rf"\g<1>{setting}", text)
        named = named or bool(count)
        if new != text:
            texts[Path(os.path.relpath(path, root))] = new
    if not named:
        raise MainlineError(
            f"no kustomization.yaml below {Layout.manifests} has `newName: {name}` with `newTag:` "
            "in the line below. The name is IMAGE in the Makefile."
        )
    return texts


def propose(git: Git, image: str, texts: dict[Path, str]) -> None:
    """Push `texts` as one commit on top of main, and open or update the pull request.

    A branch that has these texts already is left alone, to keep its approvals. Raises MainlineError
    when HEAD is not main, or GitHub refuses.
    """
    if git.resolve("HEAD") != main(git):
        raise MainlineError("`--push` starts from main: `git switch --detach origin/main`.")
    title = f"Run {image.rpartition('/')[2].partition('@')[0]}"
    pushed = f"refs/remotes/origin/{BRANCH}"
    if not git.resolve(pushed) or any(git.show(pushed, path) != texts[path] for path in texts):
        with branches.prepared(git, BRANCH, main(git)):
            for path, text in texts.items():
                write_text(git.root / path, text)
            git.run("add", "--", *map(str, texts))
            branches.save(git, title)
        branches.push(git, BRANCH)
    body = f"`images.yml` built and pushed this image of our commands:\n\n```\n{image}\n```"
    if not os.environ.get("PUSH_TOKEN"):
        body += f"\n\n{NO_CHECKS}"
    print(f"set-image {Pulls(Api.from_environment()).make(BRANCH, title, body)['html_url']}")
