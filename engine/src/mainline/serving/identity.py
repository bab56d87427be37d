"""The header by which the embedded server identifies itself. TensorFlow Serving does not send it.

It is a header of HTTP answers about a model, and initial metadata of known gRPC calls. So the
evidence of a smoke test names its server. The header `Server` is not used: proxies overwrite it.
"""

KEY = "x-served-by"
EMBEDDED = "embedded server"
