"""Errors of the embedded server: a gRPC status code, which gives the HTTP status."""

from grpc import StatusCode

HTTP = {
    StatusCode.INVALID_ARGUMENT: 400,
    StatusCode.FAILED_PRECONDITION: 400,
    StatusCode.OUT_OF_RANGE: 400,
    StatusCode.NOT_FOUND: 404,
    StatusCode.RESOURCE_EXHAUSTED: 429,
    StatusCode.UNIMPLEMENTED: 501,
    StatusCode.UNAVAILABLE: 503,
    StatusCode.DEADLINE_EXCEEDED: 504,
}


class RefusedError(Exception):
    """A request that is refused. `code` is gRPC's status; the message is for the client."""

    def __init__(self, code: StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def http(self) -> int:
        """The HTTP status that TensorFlow Serving maps the code to."""
        return HTTP.get(self.code, 500)


def invalid(message: str) -> RefusedError:
    """A mistake of the client: INVALID_ARGUMENT, or 400."""
    return RefusedError(StatusCode.INVALID_ARGUMENT, message)


def not_found(message: str) -> RefusedError:
    """No such model or version: NOT_FOUND, or 404."""
    return RefusedError(StatusCode.NOT_FOUND, message)
