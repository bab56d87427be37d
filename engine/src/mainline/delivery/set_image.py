"""The command `set-image`: writes the digests of our own images for Kustomize.

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
from mainline.github import starting
from mainline.github.api import Api
from mainline.github.pulls import Pulls
from mainline.k8s.environments import main
from mainline.k8s.placeholder import PLACEHOLDER, unset
from mainline.k8s.server_image import kustomizations

BRANCH = "set-image"
IMAGE = re.compile(r"(?P<name>\S+):(?P<setting>(?P<tag>[\w.-]+)@sha256:[0-9a-f]{64})")
TARGETS = ("-gpu", "-gateway")  # what the tag of another target than `cli` ends in


def run(root: Path, images: list[str], *, push: bool = False) -> None:
    """Write each image, NAME:TAG@sha256:…, into every kustomization that names NAME.

    A tag that ends in `-gpu` or `-gateway` replaces only such a tag, and another tag only another
    one. `push` writes to a new branch and opens a pull request, and leaves the working tree alone.
    Raises MainlineError when an image has another form, no file names it, or GitHub refuses.
    """
    if found := [image for image in images if unset(image)]:
        print(f"set-image {found[0]} is skipped: {PLACEHOLDER} is a placeholder")
        return
    texts: dict[Path, str] = {}
    for image in images:
        texts |= changed(root, image, texts)
    given = ", ".join(images)
    if not texts:
        print(f"set-image {given} is set already")
    elif push:
        propose(Git(root), images, texts)
    else:
        for path, text in texts.items():
            write_text(root / path, text)
            print(f"set-image {given} ({path})")


def changed(root: Path, image: str, before: dict[Path, str]) -> dict[Path, str]:
    """The new text of every file whose `newTag` changes, by path relative to `root`.

    `before` has texts that replace those of files. Raises MainlineError when no kustomization names
    the image, or it has another form than NAME:TAG@sha256:….
    """
    found = IMAGE.fullmatch(image)
    if not found:
        raise MainlineError(f"{image!r} is not of the form NAME:TAG@sha256:DIGEST.")
    line = re.compile(
        rf"((?:- name|newName): {re.escape(found['name'])}\n\s+newTag: )([\w.-]+)(?:@\S+)?"
    )

    def put(there: re.Match[str]) -> str:
        alike = _target(there[2]) == _target(found["tag"])
        return there[1] + found["setting"] if alike else there[0]

    named = False
    texts = {}
    for path in kustomizations(root):
        short = Path(os.path.relpath(path, root))
        text = before.get(short) or path.read_text(encoding="utf-8")
        new, count = line.subn(put, text)
        named = named or bool(count)
        if new != text:
            texts[short] = new
    if not named:
        raise MainlineError(
            f"no kustomization.yaml below {Layout.manifests} has `newName: {found['name']}` with "
            "`newTag:` in the line below. The name is IMAGE in the Makefile."
        )
    return texts


def _target(tag: str) -> str:
    return next((it for it in TARGETS if tag.endswith(it)), "")


def propose(git: Git, images: list[str], texts: dict[Path, str]) -> None:
    """Push `texts` as one commit on top of main, and open or update the pull request.

    A branch that has these texts already is left alone, to keep its approvals. Raises MainlineError
    when HEAD is not main, or GitHub refuses.
    """
    if git.resolve("HEAD") != main(git):
        raise MainlineError("`--push` starts from main: `git switch --detach origin/main`.")
    title = f"Run {images[0].rpartition('/')[2].partition('@')[0]}"
    pushed = f"refs/remotes/origin/{BRANCH}"
    new = not git.resolve(pushed) or any(git.show(pushed, path) != texts[path] for path in texts)
    if new:
        with branches.prepared(git, BRANCH, main(git)):
            for path, text in texts.items():
                write_text(git.root / path, text)
            git.run("add", "--", *map(str, texts))
            branches.save(git, title)
        branches.push(git, BRANCH)
    given = "\n".join(images)
    body = f"`images.yml` built and pushed our images:\n\n```\n{given}\n```"
    api = Api.from_environment()
    made = Pulls(api).make(BRANCH, title, body)
    print(f"set-image {made['html_url']}")
    if new:
        starting.propose(api, BRANCH, int(made["number"]))
