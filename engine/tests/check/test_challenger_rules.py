"""A challenger's file, the lines that list it, and what the gateway is told of it."""

import pytest
from mutated import put
from overlays import OTHER

from mainline.check import challenger
from mainline.check.challenger import Overlay
from mainline.check.policies import doors, ways
from mainline.check.rendering import MADE_UP
from mainline.delivery.propose_challenger import render
from mainline.release.release_file import Release

LISTED = {
    "resources": ["../../base", "release.yaml", "challenger.yaml"],
    "components": [f"../../components/{it}" for it in ("gateway", "release", "challenger")],
}
UNLISTED = {key: found[:-1] for key, found in LISTED.items()}


def found(kustomization: dict, text: str | None, release: Release | None = MADE_UP) -> list[str]:
    overlay = Overlay(kustomization, text, release)
    return [it for rule in challenger.FILES for it in rule(overlay)]


def test_both_or_neither():
    assert found(LISTED, render(OTHER)) == []
    assert found(UNLISTED, None) == []


def first(**changed: list[str]) -> dict:
    return LISTED | changed


@pytest.mark.parametrize(
    ("kustomization", "text", "said"),
    [
        (UNLISTED, render(OTHER), "challenger.yaml is not listed and is there"),
        (LISTED, None, "challenger.yaml is listed and is missing"),
        (
            first(components=UNLISTED["components"]),
            render(OTHER),
            "components/challenger is not listed, and challenger.yaml is there",
        ),
        (
            first(components=LISTED["components"][::-1]),
            render(OTHER),
            "components/challenger comes after `gateway` and `release`",
        ),
        (first(components=LISTED["components"][1:]), render(OTHER), "after `gateway`"),
        (LISTED, OTHER.render(), "metadata.name is release"),
        (LISTED, "kind: ConfigMap\n", "challenger.yaml is not a release file"),
        (LISTED, render(OTHER).replace('"1"', "1"), "data.version is not text"),
        (LISTED, render(OTHER).replace("made_up", "another"), "it is a model another"),
    ],
)
def test_a_flaw_in_the_files_is_found(kustomization, text, said):
    assert any(said in it for it in found(kustomization, text))


def test_without_a_release_there_is_nothing_to_challenge():
    assert found(LISTED, render(OTHER), None) == ["there is no release.yaml beside it"]


@pytest.fixture
def objects(rendered) -> list[dict]:
    return rendered.overlays()["challenged"]


CHALLENGER = "Deployment:model-server-challenger/spec/template"
GATEWAY = "Deployment/spec/template/spec/containers/1"


@pytest.mark.check
def test_it_is_asked_as_rendered(objects):
    assert list(challenger.challenger_asked((objects, render(OTHER)))) == []
    assert list(challenger.challenger_asked((objects, None))) == []


@pytest.mark.check
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{CHALLENGER}/spec/volumes/0/image/reference", MADE_UP.image),
        (f"{CHALLENGER}/metadata/labels/app.kubernetes.io~1version", "2"),
        (f"{CHALLENGER}/metadata/annotations/release~1digest", MADE_UP.digest),
        (f"{CHALLENGER}/spec/containers/0/ports/0/containerPort", 9000),
        (f"{GATEWAY}/args/11", "--challenger-grpc=elsewhere:8500"),
        (f"{GATEWAY}/args/12", "--challenger-rest=http://model-server:8501"),
        (f"{GATEWAY}/env/2/value", MADE_UP.digest),
    ],
)
def test_a_flaw_in_the_objects_is_found(objects, path, value):
    assert put(objects, path, value)
    assert list(challenger.challenger_asked((objects, render(OTHER))))


@pytest.mark.check
def test_the_gateway_alone_reaches_it(objects):
    asked = {(source, port) for source, target, port, _ in ways(objects) if target == "challenger"}
    assert asked == {(it, port) for it in ("server", "another server") for port in (8500, 8501)}
    kept = [it for it in objects if it["metadata"]["name"] != "to-challenger"]
    assert "server does not reach challenger on 8500/TCP" in list(doors(kept))
    put(objects, "NetworkPolicy:challenger/spec/ingress", [{}])
    assert "server reaches challenger on 8510/TCP" not in list(
        doors(objects)
    )  # it may not go there
    put(objects, "NetworkPolicy:store/spec/egress", [{}])
    assert "server reaches challenger on 8510/TCP" in list(doors(objects))
