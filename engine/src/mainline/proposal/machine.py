"""What a model was trained on, as far as it can change the model's bytes."""

import importlib.util
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mainline.core.files import sha256
from mainline.core.layout import Layout

CPU = Path("/proc/cpuinfo")
WIDEST = ("avx512f", "avx2", "avx")  # the kernels that TensorFlow chooses by
# Two CPUs with the same instructions still round otherwise: x86 says which it is, then ARM.
MAKE = (("vendor_id", "cpu family", "model"), ("CPU implementer", "CPU part"))


@dataclass(frozen=True)
class Machine:
    """The CPU class or GPU, the Python minor, and the lock that came of it."""

    device: str
    python: str
    lock: str

    @classmethod
    def here(cls, lock: str, python: str | None = None) -> "Machine":
        """This machine, and the text of a `dvc.lock` that was made on it."""
        ours = ".".join(platform.python_version_tuple()[:2])
        return cls(
            _gpu() or _cpu(), f"Python {python or ours}", f"lock {sha256(lock.encode())[:12]}"
        )

    @classmethod
    def parse(cls, trailer: str) -> "Machine | None":
        """What a commit's trailer says; None when it says nothing of this kind."""
        parts = trailer.split(", ")
        return cls(*parts) if len(parts) == 3 else None

    def __str__(self) -> str:
        return f"{self.device}, {self.python}, {self.lock}"

    def differences(self, other: "Machine") -> list[str]:
        """What of both can explain other bytes: `CPU … here, CPU … there`."""
        pairs = ((self.device, other.device), (self.python, other.python))
        return [f"{here} here, {there} there" for here, there in pairs if here != there]


def trained_on(root: Path) -> str:
    """`CPU x86_64 avx2 GenuineIntel 6 143, Python 3.11, lock 0123456789ab`: a commit's trailer."""
    return str(Machine.here(Layout(root).lock.read_text(encoding="utf-8")))


def _gpu() -> str:
    """The GPU's name, when there is one and TensorFlow came with what it takes to use it."""
    if shutil.which("nvidia-smi") is None or importlib.util.find_spec("nvidia") is None:
        return ""
    asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    names = done.stdout.split("\n")
    return f"GPU {names[0].strip()}" if done.returncode == 0 and names[0].strip() else ""


def _cpu() -> str:
    try:
        text = CPU.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    flags = set(text.split())
    # Of the first CPU: a line is `vendor_id : GenuineIntel`.
    lines = [line.partition(":") for line in text.partition("\n\n")[0].splitlines()]
    said = {name.strip(): value.strip().replace(",", "") for name, _, value in lines}
    make = next(([said[name] for name in names] for names in MAKE if said.keys() >= set(names)), [])
    return " ".join(["CPU", platform.machine(), *[f for f in WIDEST if f in flags][:1], *make])
