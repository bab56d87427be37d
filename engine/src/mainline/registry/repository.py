"""One repository of a registry: checks for an image, and uploads by digest.

python-dxf implements the protocol (logins, tokens, uploads). This module adds logins, retries and
clear errors.
"""

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import requests
from dxf import DXF, DXFBase
from dxf.exceptions import DXFAuthInsecureError, DXFError, DXFUnauthorizedError

from mainline.core.errors import MainlineError
from mainline.core.files import sha256
from mainline.github.answers import Refused
from mainline.github.patience import PATIENCE, Patience
from mainline.registry import answers, login
from mainline.registry.login import DEFAULT, Login
from mainline.registry.oci_layout import OciLayout

TIMEOUT = 20.0  # seconds without a byte
ENDPOINTS = {DEFAULT: "registry-1.docker.io"}  # servers whose host differs from the image's name

Answer = TypeVar("Answer")
Authenticate = Callable[[DXFBase, requests.Response], None]


@dataclass(frozen=True)
class Repository:
    """`host` and `name` as in an image's name."""

    host: str
    name: str
    login: Login | None = None
    plain: bool = False  # http, allowed only on this machine
    patience: Patience = PATIENCE
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, image: str) -> "Repository":
        """The repository of `image` (without tag and digest), with the login for it."""
        host, name = login.split(image)
        return cls(host, name, login.find(host), loopback(ENDPOINTS.get(host, host)))

    def __str__(self) -> str:
        return f"{self.host}/{self.name}"

    def has(self, digest: str) -> bool:
        """Whether the registry has the image. Raises MainlineError as `push` does."""
        try:
            return self._patiently(lambda client: _digest(client, digest)) == digest
        except Refused as error:
            if error.status in (
                403,
                404,
            ):  # some answer 403 for a missing image; the push will show
                return False
            raise

    def shows(self, digest: str) -> bool:
        """Whether the registry has the image. Needs only the permission to read.

        Raises MainlineError when we have no access, or the registry does not answer.
        """
        try:
            return self._patiently(lambda client: _digest(client, digest), self._look) == digest
        except Refused as error:
            if error.status == 404:
                return False
            if error.status in (401, 403):
                raise answers.not_shown(self.host, f"{self.name}@{digest}", error.status) from None
            raise

    def push(self, image: OciLayout) -> None:
        """Upload what is missing; the manifest last, so that an image is whole or not there.

        Raises MainlineError when the registry is unreachable, busy for too long, or refuses.
        """

        def upload(client: DXF) -> None:
            for path in image.blobs.values():
                client.push_blob(str(path))
            client.set_manifest(image.digest, image.manifest.decode())

        self._patiently(upload)
        if not self.has(image.digest):
            raise Refused(f"the registry {self.host} accepted {image.digest} but lacks it.", 0)

    def _patiently(
        self, ask: Callable[[DXF], Answer], authenticate: Authenticate | None = None
    ) -> Answer:
        """Retry. All requests can be repeated: content with a digest is stored once."""
        how = authenticate or self._authenticate
        return self.patience.with_retries(lambda: self._once(ask, how), self.sleep)

    def _once(self, ask: Callable[[DXF], Answer], authenticate: Authenticate) -> Answer:
        address = ENDPOINTS.get(self.host, self.host)
        client = DXF(address, self.name, authenticate, insecure=self.plain, timeout=TIMEOUT)
        try:
            with client:
                return ask(client)
        except MainlineError:
            raise
        except DXFUnauthorizedError:  # it does not hold the answer
            raise answers.refusal(self.host, self.name, 401) from None
        except DXFAuthInsecureError:
            raise Refused(
                f"the registry {self.host} asks for a login over http; a password is sent over "
                "https only.",
                401,
            ) from None
        except requests.HTTPError as error:
            raise answers.said_no(self.host, self.name, error.response) from None
        except (DXFError, KeyError, TypeError, ValueError) as error:
            raise answers.no_registry(self.host, type(error).__name__) from None
        except OSError as error:
            raise answers.no_answer(self.host, error) from None

    def _authenticate(self, client: DXFBase, answer: requests.Response) -> None:
        if self.login is None:
            raise answers.no_login(self.host, self.name)
        user, password = self.login.user, self.login.password
        # Ask for both at once: else a registry may give a read-only token.
        client.authenticate(user, password, actions=["pull", "push"], response=answer)

    def _look(self, client: DXFBase, answer: requests.Response) -> None:
        """Authenticate for reading. Most registries give a read token without a login."""
        asks = answer.headers.get("www-authenticate", "").lower()
        if not asks or (self.login is None and "bearer" not in asks):
            raise answers.refusal(self.host, self.name, 401)
        user, password = (self.login.user, self.login.password) if self.login else (None, None)
        client.authenticate(user, password, actions=["pull"], response=answer)


def _digest(client: DXF, reference: str) -> str:
    """The digest of the registry's manifest; computed if the registry does not send it."""
    said, _ = client.head_manifest_and_response(reference)
    if said:
        return str(said)
    _, answer = client.get_manifest_and_response(reference)
    return f"sha256:{sha256(answer.content)}"


def loopback(address: str) -> bool:
    """Whether a registry is on this machine, where http is allowed."""
    host = address.rpartition(":")[0] or address
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
