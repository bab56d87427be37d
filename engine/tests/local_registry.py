"""The registry of go-containerregistry and its own client, which `make e2e` builds."""

import os
import re
import subprocess
from pathlib import Path

CRANE = Path(__file__).parents[1] / "tools/bin/crane"


def crane(*arguments: str) -> bytes:
    """What the client says."""
    done = subprocess.run([CRANE, *arguments], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class LocalRegistry:
    """`crane registry serve` at `host`, in memory; serves until `close`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [CRANE, "registry", "serve", "--address", "127.0.0.1:0"],
            env={name: value for name, value in os.environ.items() if name != "PORT"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        said = self._process.stderr.readline()
        found = re.search(r"serving on port (\d+)", said)
        assert found, said
        self.host = f"127.0.0.1:{found[1]}"

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate()
