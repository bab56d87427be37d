"""The release file alone says which model runs, and no placeholder is left."""

import pytest
from mutated import DELETE, put

from mainline.check import spreading

pytestmark = pytest.mark.check

POD = "Deployment/spec/template"
VERSION = "labels/app.kubernetes.io~1version"
FLAWS = {
    "fields": [
        (f"{POD}/spec/volumes/0/image/reference", f"registry.example.com/m@sha256:{'c' * 64}"),
        ("Job/spec/template/spec/volumes/0/image/reference", "registry.example.com/m"),
        (f"{POD}/spec/containers/0/env/0/value", "another"),
        ("Job/spec/template/spec/containers/0/env/0/value", "another"),
        (f"Deployment/metadata/{VERSION}", "1"),
        (f"{POD}/metadata/{VERSION}", DELETE),
        (f"{POD}/metadata/annotations/release~1digest", "sha256:1"),
        ("Deployment/metadata/annotations/release~1content", DELETE),
    ],
    "filled": [
        (f"{POD}/spec/containers/0/env/0/value", "set-by-release"),
        (f"{POD}/spec/containers/0/image", "mainline/server"),
        ("NetworkPolicy/metadata/labels", {"set-by-settings": "true"}),
    ],
}


@pytest.mark.parametrize("rule", spreading.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds_and_finds_each_flaw(rendered, rule):
    for key, release in rendered.releases.items():
        assert list(rule((rendered.objects[key], release))) == []


@pytest.mark.parametrize(
    ("name", "path", "value"), [(name, *flaw) for name, flaws in FLAWS.items() for flaw in flaws]
)
def test_a_flaw_is_found(rendered, name, path, value):
    [staging] = [key for key in rendered.releases if key.name == "staging"]
    objects, release = rendered.objects[staging], rendered.releases[staging]
    assert put(objects, path, value)
    assert list(getattr(spreading, name)((objects, release)))


def test_every_rule_has_a_flaw():
    assert {rule.__name__ for rule in spreading.RULES} == FLAWS.keys()
