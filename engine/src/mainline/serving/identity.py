"""How the embedded server tells that it is not TensorFlow Serving, which sends nothing of this.

Each HTTP answer about a model has this as a header, and so has each answer to a gRPC call that the
server knows, as initial metadata. So evidence of a smoke test says which server it saw. Not the
header `Server`: proxies write their own there.
"""

KEY = "x-served-by"
EMBEDDED = "embedded server"
