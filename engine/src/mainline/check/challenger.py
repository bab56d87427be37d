"""An overlay's challenger: its file, the lines that list it, what the gateway is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from mainline.check.manifests import CHALLENGER as DEPLOYMENT
from mainline.check.manifests import Objects, flags, gateways, labels, name, of, ports
from mainline.core.errors import MainlineError
from mainline.core.strict_yaml import read_yaml
from mainline.k8s.environments import CHALLENGER
from mainline.release.release_file import Release

COMPONENT, RELEASE, GATEWAY = "challenger", "release", "gateway"


@dataclass(frozen=True)
class Overlay:
    """An overlay's own files. A text is None where there is no file."""

    kustomization: dict[str, Any]
    challenger: str | None
    release: Release | None


def challenger_listed(overlay: Overlay) -> Iterator[str]:
    """challenger.yaml is among `resources`, components/challenger last among `components`."""
    there = overlay.challenger is not None
    listed = CHALLENGER in (overlay.kustomization.get("resources") or [])
    if listed != there:
        yield f"{CHALLENGER} is {'listed' if listed else 'not listed'} and {_there(there)}"
    found = [PurePosixPath(it).name for it in overlay.kustomization.get("components") or []]
    if (COMPONENT in found) != there:
        is_listed = "listed" if COMPONENT in found else "not listed"
        yield f"components/{COMPONENT} is {is_listed}, and {CHALLENGER} {_there(there)}"
    elif there and {RELEASE, GATEWAY} - set(found[: found.index(COMPONENT)]):
        yield f"components/{COMPONENT} comes after `{GATEWAY}` and `{RELEASE}`; they are {found}"


def challenger_file(overlay: Overlay) -> Iterator[str]:
    """challenger.yaml is a release file named `challenger`, of the model that is challenged."""
    if overlay.challenger is None:
        return
    try:
        challenger = Release.parse(overlay.challenger, name=CHALLENGER)
    except MainlineError as error:
        yield str(error).rstrip(".")
        return
    called = read_yaml(overlay.challenger, name=CHALLENGER)["metadata"]["name"]
    if called != COMPONENT:
        yield f"metadata.name is {called}"
    if overlay.release is None:
        yield "there is no release.yaml beside it"
    elif challenger.name != overlay.release.name:
        yield f"it is a model {challenger.name}, and release.yaml one {overlay.release.name}"


def challenger_asked(rendered: tuple[Objects, str | None]) -> Iterator[str]:
    """The challenger's pods run what its file says, and the gateway asks their Service."""
    objects, text = rendered
    if text is None:
        return
    release = Release.parse(text, name=CHALLENGER)
    (deployment,) = (it for it in of(objects, "Deployment") if name(it) == DEPLOYMENT)
    pod = deployment["spec"]["template"]
    (image,) = (it["image"]["reference"] for it in pod["spec"]["volumes"] if "image" in it)
    annotations = pod["metadata"].get("annotations", {})
    found = (
        image,
        labels(pod).get("app.kubernetes.io/version"),
        *(annotations.get(f"release/{key}") for key in ("digest", "content")),
    )
    if found != (release.image, release.version, release.digest, release.content):
        yield f"its pods have {found}"
    for _, container in gateways(objects):
        given, port = flags(container), ports(pod)
        asked = (given.get("challenger-grpc"), given.get("challenger-rest"))
        at = (f"{DEPLOYMENT}:{port['grpc']}", f"http://{DEPLOYMENT}:{port['http']}")
        if asked != at:
            yield f"the gateway asks {asked}"
        digests = [it["value"] for it in container["env"] if it["name"] == "CHALLENGER_DIGEST"]
        if digests != [release.digest]:
            yield f"the gateway logs the digest {digests}"


def _there(there: bool) -> str:
    return "is there" if there else "is missing"


FILES = (challenger_listed, challenger_file)
RULES = (challenger_asked,)
