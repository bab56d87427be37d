"""A REST client for smoke tests. It does not need TensorFlow."""

import http.client
import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from mainline.core.errors import MainlineError
from mainline.serving.answers import LABEL, OUTPUT, Answer, Row, Score, nobody, with_nan
from mainline.serving.identity import EMBEDDED, KEY

SCHEMES = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


class RestClient:
    """One connection to one model at a server's REST address, kept between calls."""

    def __init__(self, url: str, model: str, *, timeout: float = 5.0) -> None:
        """`url` has the form `http://127.0.0.1:8501`. Does not connect yet.

        Raises MainlineError when it is not a valid address.
        """
        self.url, self.model, self.timeout = url.rstrip("/"), model, timeout
        try:
            parts = urlsplit(self.url)
            kind, host, port = SCHEMES[parts.scheme], parts.hostname or "", parts.port
        except (KeyError, ValueError):
            raise MainlineError(f"{url} is not an address like http://127.0.0.1:8501") from None
        if not host:
            raise MainlineError(f"{url} is not an address like http://127.0.0.1:8501")
        self.answered = self.embedded = False  # whether any server answered; the embedded one
        self._connection = kind(host, port, timeout=timeout)
        self._path = f"{parts.path}/v1/models/{quote(model, safe='')}"

    def predict(self, rows: Sequence[Row]) -> Answer:
        """The scores of `rows`; None in a row is a missing number.

        Raises MainlineError when there is no answer, or it is not a prediction for these rows.
        """
        body = json.dumps({"instances": with_nan(rows)}).encode()
        found, seconds = self._call("POST", f"{self._path}:predict", body)
        try:
            each = [row if isinstance(row, dict) else {OUTPUT: row} for row in found["predictions"]]
            scores = [_score(row[OUTPUT]) for row in each]
            labels = [str(row[LABEL]) for row in each if LABEL in row]
        except (KeyError, TypeError, ValueError):
            raise self._strange("no predictions with scores") from None
        if len(scores) != len(rows):
            raise self._strange(f"{len(scores)} predictions for {len(rows)} rows")
        return Answer(scores, seconds, labels=labels)

    def versions(self) -> list[int]:
        """The available versions. Raises MainlineError when there is no answer."""
        found, _ = self._call("GET", self._path)
        try:
            states = found["model_version_status"]
            return [int(each["version"]) for each in states if each["state"] == "AVAILABLE"]
        except (KeyError, TypeError, ValueError):
            raise self._strange("no model status") from None

    def metadata(self) -> dict[str, Any]:
        """Model spec and signatures. Raises MainlineError when there is no answer."""
        return self._call("GET", f"{self._path}/metadata")[0]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _call(
        self, method: str, path: str, body: bytes | None = None
    ) -> tuple[dict[str, Any], float]:
        """The JSON object of the answer, and the duration in seconds."""
        start = time.perf_counter()
        try:
            self._connection.request(method, path, body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise MainlineError(self._unreachable(error)) from None
        seconds = time.perf_counter() - start
        self.answered = True
        self.embedded = self.embedded or response.headers[KEY] == EMBEDDED
        try:
            found = json.loads(data)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise self._strange(f"status {response.status} and no JSON object")
        if response.status != 200:
            raise MainlineError(self._refusal(response.status, str(found.get("error", found))))
        return found, seconds

    def _unreachable(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"{self.url} did not answer within {self.timeout:g} s."
        if isinstance(error, ConnectionRefusedError):
            return nobody(self.url, urlsplit(self.url).hostname)
        strange = isinstance(error, http.client.BadStatusLine)
        if strange and not isinstance(error, ConnectionError):  # its text is the received bytes
            return f"{self.url} does not use HTTP/1; it may be the gRPC port."
        return f"{self.url} cannot be asked: {error or type(error).__name__}."

    def _refusal(self, status: int, error: str) -> str:
        if status == 404:
            return f"{self.url} does not serve a model '{self.model}': {error[:300]}"
        return f"{self.url} refused with {status}: {error[:300]}"

    def _strange(self, what: str) -> MainlineError:
        return MainlineError(f"{self.url} does not answer as TensorFlow Serving does: {what}.")


def _score(value: Any) -> Score:
    return [float(part) for part in value] if isinstance(value, list) else float(value)
