"""A credential or a Secret in a file of the project is found."""

import pytest

from mainline.check.credentials import none_in_git


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Secret\nstringData: {token: x}\n",
        "kind: ConfigMap\n---\nkind: Secret\n",
        "secretGenerator:\n  - name: token\n",
        "data:\n  a: ghp_" + "a" * 36,
        "data:\n  a: |\n    -----BEGIN RSA " + "PRIVATE KEY-----\n",
        "value: Bearer " + "a" * 30,
    ],
)
def test_it_is_found(text):
    assert list(none_in_git(("k8s/x.yaml", text)))


def test_a_name_is_no_secret():
    assert list(none_in_git(("k8s/x.yaml", "value: Bearer $promotion-token\n"))) == []


def test_a_credential_is_found_in_any_file():
    assert list(none_in_git(("k8s/notes.txt", "ghp_" + "a" * 36)))
    assert list(none_in_git(("k8s/notes.txt", "kind: Secret"))) == []  # no manifest
