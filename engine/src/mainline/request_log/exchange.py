"""A request with its answer, as both proxies hand it to the log."""

from dataclasses import dataclass

WELL = (0, 200)  # the gRPC code and the HTTP status of an answer
MOST_OF_FAILED = 1 << 14  # bytes of a failed request that are read, also after decompression


@dataclass(frozen=True, slots=True)
class Exchange:
    """One prediction that was asked for, with what came of it."""

    time: float  # epoch seconds when the head of the request arrived
    request_id: str
    protocol: str  # "rest" or "grpc"
    target: str  # the path, or the full method of gRPC
    arm: str  # "main", "challenger" or "shadow" (mirrored: its answer went to no caller)
    status: int  # of HTTP, or the code of gRPC
    problem: str  # "" or a short class of ours, such as "duplicate key"; never a caller's value
    seconds: float  # from the whole request, or from its head if it never was whole, to the answer
    version: str  # "" when unknown
    digest: str
    entity: str  # the header as given: one key, or one for each row, separated by commas
    caller: str
    encoding: str  # content-encoding of the request
    request: bytes  # the bodies as they came
    response: bytes

    @property
    def failed(self) -> bool:
        """Whether the caller got an error, of the server or of ours.

        A problem alone is none: the main server may have answered in a challenger's place.
        """
        return self.status not in WELL
