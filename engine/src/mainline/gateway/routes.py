"""Who answers a request, and who gets a copy of it."""

from collections.abc import Callable
from hashlib import blake2b

from mainline.core.progress import say
from mainline.request_log.routes_settings import RoutesSettings

MAIN, CHALLENGER = "main", "challenger"
OPTIONS = "`--challenger-rest`, `--challenger-grpc`"


class Routes:
    """Chooses by hashes alone: no state, so each replica and each order of requests agrees."""

    def __init__(self, settings: RoutesSettings, *, challenger: bool) -> None:
        """`challenger` says whether there is one. Without one, a line says what is inactive.

        That is no error: a challenger comes and goes by its release file, and without one all
        requests must still be answered.
        """
        shadow, split = settings.shadow, settings.split
        if not challenger and (shadow is not None or split is not None):
            name = "split" if split else "shadow"
            say("gateway", f"`routes.{name}` is inactive: there is no challenger ({OPTIONS})")
            shadow = split = None
        self._by = split.by if split else ""
        self._share = (split.share if split else None) or 0.0
        self._shadow = shadow or 0.0
        self._place = fraction(f"split by {self._by} {settings.experiment}")
        self._copied = fraction(f"shadow {settings.experiment}")

    def choose(self, entity: str, arm_header: str, request_id: str) -> str:
        """`main` or `challenger`.

        `entity` may have several keys, separated by commas. By entity, the challenger answers if
        all of them are its own: the main server's entities never meet the challenger. A request
        without a key goes to the main server.
        """
        match self._by:
            case "entity":
                keys = [key for part in entity.split(",") if (key := part.strip())]
                chosen = bool(keys) and all(self._place(key) < self._share for key in keys)
            case "weight":
                chosen = self._place(request_id) < self._share
            case "header":
                chosen = arm_header.strip() == CHALLENGER
            case _:
                return MAIN
        return CHALLENGER if chosen else MAIN

    def mirrors(self, request_id: str) -> bool:
        """Whether the challenger gets a copy."""
        return bool(self._shadow) and self._copied(request_id) < self._shadow


def fraction(purpose: str) -> Callable[[str], float]:
    """A function from texts to [0, 1), the same in each process and each release.

    It is uniform, and independent of those of other purposes. A larger share contains a smaller
    one, so a share can be raised while an experiment runs.
    """
    start = blake2b(digest_size=8, key=blake2b(purpose.encode(), digest_size=32).digest())

    def of(text: str) -> float:
        state = start.copy()
        state.update(text.encode("utf-8", "surrogateescape"))
        return (int.from_bytes(state.digest()) >> 11) / (1 << 53)

    return of
