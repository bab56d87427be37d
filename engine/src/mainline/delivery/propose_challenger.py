"""The command `challenge`: a release of main's history runs beside an environment's own."""

import re
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.delivery import branch as branches
from mainline.delivery import check_promotion, trace
from mainline.git import Git
from mainline.k8s.environments import CHALLENGER, challenger_path, main, release_at
from mainline.release.release_file import Release

HEADER = """\
# Written by `mainline challenge`. The gateway sends requests to this release as well, as `routes`
# of k8s/settings/gateway says; reverting this commit takes it back.
"""
LINES = (
    ("- release.yaml", f"- {CHALLENGER}"),
    ("- ../../components/release", "- ../../components/challenger"),
)


def run(root: Path, version: str, environment: str) -> None:
    """Commit the challenger on a new branch, and print the next step.

    Raises MainlineError when main never released the version, the environment runs it already or
    runs another model, or its kustomization has another form.
    """
    git = Git(root)
    head = main(git)
    champion = release_at(git, head, environment)
    if champion is None:
        raise MainlineError(
            f"{environment} has no release on main, so there is nothing to challenge."
        )
    release = trace.find(git, head, version)
    if release == champion:
        raise MainlineError(f"{environment} runs version {version} already.")
    path = challenger_path(environment)
    kustomization = path.with_name("kustomization.yaml")
    texts = {
        path: render(release),
        kustomization: listed(git.show(head, kustomization) or "", str(kustomization)),
    }
    branch = f"challenge-{environment}-{version}"
    with branches.prepared(git, branch, head):
        for each, text in texts.items():
            write_text(root / each, text)
        git.run("add", "--", *map(str, texts))
        if not git.differing("HEAD"):
            raise MainlineError(f"version {version} is the challenger of {environment} already.")
        branches.save(git, f"Try version {version} beside {champion.version} in {environment}\n")
        check_promotion.run(root, head)
    print(
        f"prepared: branch {branch} runs version {version} beside version {champion.version}\n"
        "next: say in k8s/settings/gateway/settings.yaml what it gets (`routes`), then "
        f"git push -u origin {branch}, and open a pull request"
    )


def render(release: Release) -> str:
    """The challenger's file: a release file under a name of its own."""
    _, kind, rest = release.render().partition("apiVersion:")
    return HEADER + kind + rest.replace("  name: release\n", "  name: challenger\n", 1)


def listed(text: str, name: str) -> str:
    """A kustomization's text that lists the file and its component.

    Raises MainlineError when the lines that they follow, or the gateway, are not in it.
    """
    if "- ../../components/gateway\n" not in text:
        raise MainlineError(
            f"{name} does not list ../../components/gateway, which sends requests to a challenger."
        )
    for after, line in LINES:
        if re.search(rf"^ *{re.escape(line)}\b", text, re.MULTILINE):
            continue
        text, found = re.subn(
            rf"^( *){re.escape(after)}(?![\w-]).*\n",
            rf"\g<0>\g<1>{line}\n",
            text,
            count=1,
            flags=re.M,
        )
        if not found:
            raise MainlineError(
                f"{name} has no line `{after}`. Add `{line}` by hand: "
                f"{Layout.components}/challenger says where."
            )
    return text
