"""The machine of a training, as far as it can change the model's bytes."""

import importlib.util
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mainline.core.files import sha256
from mainline.core.layout import Layout

CPU = Path("/proc/cpuinfo")
WIDEST = ("avx512f", "avx2", "avx")  # TensorFlow chooses its kernels by these
# CPUs with the same instructions can still round differently. Keys of x86, then of ARM.
MAKE = (("vendor_id", "cpu family", "model"), ("CPU implementer", "CPU part"))


@dataclass(frozen=True)
class Machine:
    """The CPU class or GPU, the Python minor version, and the hash of the resulting lock."""

    device: str
    python: str
    lock: str

    @classmethod
    def here(cls, lock: str, python: str | None = None) -> "Machine":
        """This machine, with the text of a `dvc.lock` that was made on it."""
        ours = ".".join(platform.python_version_tuple()[:2])
        return cls(
            _gpu() or _cpu(), f"Python {python or ours}", f"lock {sha256(lock.encode())[:12]}"
        )

    @classmethod
    def parse(cls, trailer: str) -> "Machine | None":
        """The machine in a commit's trailer; None when the trailer has another form."""
        parts = trailer.split(", ")
        return cls(*parts) if len(parts) == 3 else None

    def __str__(self) -> str:
        return f"{self.device}, {self.python}, {self.lock}"

    def differences(self, other: "Machine") -> list[str]:
        """The differences that can explain other bytes: `CPU … here, CPU … there`."""
        pairs = ((self.device, other.device), (self.python, other.python))
        return [f"{here} here, {there} there" for here, there in pairs if here != there]


def trained_on(root: Path) -> str:
    """`CPU x86_64 avx2 GenuineIntel 6 143, Python 3.11, lock 0123456789ab`: a commit's trailer."""
    return str(Machine.here(Layout(root).lock.read_text(encoding="utf-8")))


def _gpu() -> str:
    """The GPU's name if TensorFlow can use one, else ""."""
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
    # The lines of the first CPU, such as `vendor_id : GenuineIntel`.
    lines = [line.partition(":") for line in text.partition("\n\n")[0].splitlines()]
    said = {name.strip(): value.strip().replace(",", "") for name, _, value in lines}
    make = next(([said[name] for name in names] for names in MAKE if said.keys() >= set(names)), [])
    return " ".join(["CPU", platform.machine(), *[f for f in WIDEST if f in flags][:1], *make])
