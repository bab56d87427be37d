"""How the embedded server tells that it is not TensorFlow Serving, which sends nothing of this.

Every HTTP answer has this as a header, every gRPC answer as initial metadata: evidence of a smoke
test says which server it saw. Not the header `Server`: proxies write their own there.
"""

KEY = "x-served-by"
EMBEDDED = "embedded server"
