"""The served model and its addresses."""

from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
OURSELVES = (LOOPBACK, "localhost", "::1")
EVERYWHERE = "0.0.0.0"  # noqa: S104 - only compared, to print a reachable address


@dataclass(frozen=True)
class Served:
    """One version of one model at one address; port 0 means any free port."""

    directory: Path
    name: str
    version: int
    host: str = LOOPBACK
    grpc_port: int = 0
    rest_port: int = 0
    channel_arguments: str = ""  # gRPC's, as in `--grpc_channel_arguments` of TensorFlow Serving
    operations: frozenset[str] = frozenset()  # of `gate.operations`

    @property
    def grpc(self) -> str:
        """The gRPC address for this machine."""
        return f"{self._reached()}:{self.grpc_port}"

    @property
    def rest(self) -> str:
        """The REST address for this machine."""
        return f"http://{self._reached()}:{self.rest_port}"

    def _reached(self) -> str:
        return LOOPBACK if self.host == EVERYWHERE else self.host
