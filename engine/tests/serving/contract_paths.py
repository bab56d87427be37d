"""How a real TensorFlow Serving 2.20.0 answers to paths, methods and headers."""

import gzip
import zlib

from contract_cases import MODEL, Case, row, rows

ONE = rows()
PREDICT_PATHS = {
    200: {
        "version-right": f"{MODEL}/versions/{{V}}:predict",
        "version-leading-zeros": f"{MODEL}/versions/000{{V}}:predict",
        "model-percent-encoded": "/v1/models/{%M}:predict",  # a character is encoded
        "predict-absolute-uri": f"http://127.0.0.1{MODEL}:predict",
    },
    404: {
        "version-unknown": f"{MODEL}/versions/1:predict",
        "version-zero": f"{MODEL}/versions/0:predict",
        "version-int64-max": f"{MODEL}/versions/{2**63 - 1}:predict",
        "model-unknown": "/v1/models/nope:predict",
        "model-unknown-version": "/v1/models/nope/versions/3:predict",
        "model-upper-case": "/v1/models/{^M}:predict",  # in upper case
        "model-percent-slash": "/v1/models/a%2Fb:predict",
        "model-percent-nul": "/v1/models/a%00b:predict",
        "long-path": f"/v1/models/{'a' * 2000}:predict",
    },
    400: {
        "version-negative": f"{MODEL}/versions/-1:predict",
        "version-not-a-number": f"{MODEL}/versions/latest:predict",
        "version-empty": f"{MODEL}/versions/:predict",
        "label-unknown": f"{MODEL}/labels/stable:predict",
        "label-encoded": f"{MODEL}/labels/a%20b:predict",
        "version-and-label": f"{MODEL}/versions/{{V}}/labels/stable:predict",
        "model-empty": "/v1/models/:predict",
        "path-upper-case": "/V1/MODELS/{M}:PREDICT",
        "method-colon-encoded": f"{MODEL}%3Apredict",
        "predict-trailing-slash": f"{MODEL}:predict/",
        "predict-inner-double-slash": "/v1//models/{M}:predict",
        "predict-query": f"{MODEL}:predict?a=1&b=2",
        "predict-query-empty": f"{MODEL}:predict?",
        "predict-fragment": f"{MODEL}:predict#x",
        "predict-slash-predict": f"{MODEL}/predict",
        "predict-unknown-verb": f"{MODEL}:explain",
        "predict-no-verb": MODEL,
        "predict-dots": "/v1/models/../models/{M}:predict",
    },
}
LOOKED_AT = {
    (200, "model_version_status"): {
        "status": MODEL,
        "status-version": f"{MODEL}/versions/{{V}}",
        "status-label": f"{MODEL}/labels/stable",
        "status-upper-case": "/V1/Models/{M}",
        "metadata-upper-case": f"{MODEL}/METADATA",
    },
    (200, "model_spec"): {
        "metadata": f"{MODEL}/metadata",
        "metadata-version": f"{MODEL}/versions/{{V}}/metadata",
    },
    (404, "error"): {
        "status-version-unknown": f"{MODEL}/versions/1",
        "status-model-unknown": "/v1/models/nope",
        "status-model-unknown-version": "/v1/models/nope/versions/3",
        "status-query": f"{MODEL}?x=1",
        "status-metadata-as-model": "/v1/models/metadata",
        "metadata-version-unknown": f"{MODEL}/versions/1/metadata",
        "metadata-model-unknown": "/v1/models/nope/metadata",
    },
    (400, "error"): {
        "get-predict": f"{MODEL}:predict",
        "get-classify": f"{MODEL}:classify",
        "status-version-not-a-number": f"{MODEL}/versions/x",
        "status-no-model": "/v1/models",
        "status-no-model-slash": "/v1/models/",
        "status-trailing-slash": f"{MODEL}/",
        "status-versions-slash": f"{MODEL}/versions",
        "metadata-label": f"{MODEL}/labels/stable/metadata",
        "metadata-trailing-slash": f"{MODEL}/metadata/",
        "metadata-no-model": "/v1/models//metadata",
        "v1-slash": "/v1/",
        "v1-other": "/v1/other",
    },
    (400, "nothing"): {"status-version-too-large": f"{MODEL}/versions/{'9' * 20}"},
    (404, "page"): {
        "root": "/",
        "v1": "/v1",
        "v2": "/v2/models/{M}",
        "favicon": "/favicon.ico",
        "prometheus": "/monitoring/prometheus/metrics",
        "healthz": "/healthz",
        "percent-path": "/%76%31/models/{M}",
    },
}
ORIGIN = {"Origin": "http://a.example"}
PREFLIGHT = ORIGIN | {"Access-Control-Request-Method": "POST"}
METHODS = [
    *(
        Case(f"{method.lower()}-predict", body, 400, method=method)
        for method, body in (("PUT", ONE), ("DELETE", ""), ("PATCH", ONE), ("HEAD", ""))
    ),
    Case("get-predict-with-body", ONE, 400, method="GET"),
    Case("options-predict", "", 400, "nothing", "OPTIONS"),
    Case("options-predict-origin", "", 200, "nothing", "OPTIONS", headers=PREFLIGHT),
    Case("post-predict-origin", ONE, headers=ORIGIN),
    Case("post-status", "", 400, path=MODEL),
    Case("post-metadata", "", 400, path=f"{MODEL}/metadata"),
    Case("head-status", "", 400, method="HEAD", path=MODEL),
    Case("put-status", "", 400, method="PUT", path=MODEL),
    Case("options-status", "", 400, "nothing", "OPTIONS", MODEL),
    Case("trace-status", "", 501, "page", "TRACE", MODEL),
    Case("made-up-method", "", 501, "page", "BREW", MODEL),
    Case("lower-case-method", ONE, 501, "page", "post"),
    Case("status-with-body", "x", 200, "model_version_status", "GET", MODEL),
    Case("v1-post-other", "{}", 400, path="/v1/other"),
    Case("post-root", "{}", 404, "page", path="/"),
    Case("model-unknown-bad-json", "x", 400, path="/v1/models/nope:predict"),
    Case("model-percent-bad", ONE, 400, "page", path="/v1/models/a%ZZb:predict"),
    Case("predict-double-slash", ONE, 404, "page", path=f"/{MODEL}:predict"),
    Case("version-too-large", ONE, 400, "nothing", path=f"{MODEL}/versions/{'9' * 20}:predict"),
]
TYPES = {
    "none": "",
    "text": "text/plain",
    "form": "application/x-www-form-urlencoded",
    "charset": "application/json; charset=utf-8",
    "charset-latin1": "application/json; charset=latin-1",
    "octets": "application/octet-stream",
    "garbage": "///",
    "multipart": "multipart/form-data; boundary=x",
}
GZIP = {"Content-Encoding": "gzip"}


def raw(content):
    return content.decode(errors="surrogateescape")


HEADERS = [
    *(
        Case(f"content-type-{name}", ONE, headers={"Content-Type": kind} if kind else {})
        for name, kind in TYPES.items()
    ),
    Case("accept-text", ONE, headers={"Accept": "text/plain"}),
    Case("accept-gzip", ONE, headers={"Accept-Encoding": "gzip"}),
    Case("content-encoding-gzip", raw(gzip.compress(ONE.encode())), headers=GZIP),
    Case("content-encoding-gzip-not-gzip", ONE, 400, headers=GZIP),
    Case(
        "content-encoding-deflate",
        raw(zlib.compress(ONE.encode())),
        400,
        headers={"Content-Encoding": "deflate"},
    ),
    Case("content-encoding-br", ONE, headers={"Content-Encoding": "br"}),
    Case("content-encoding-identity", ONE, headers={"Content-Encoding": "identity"}),
    Case(
        "chunked",
        f"a\r\n{ONE[:10]}\r\n{len(ONE) - 10:x}\r\n{ONE[10:]}\r\n0\r\n\r\n",
        headers={"Transfer-Encoding": "chunked"},
    ),
    Case("expect-continue", ONE, headers={"Expect": "100-continue"}),
    Case(
        "x-http-method-override",
        "",
        200,
        "model_version_status",
        "GET",
        MODEL,
        {"X-HTTP-Method-Override": "POST"},
    ),
    Case("many-headers", ONE, headers={f"X-{number}": "y" for number in range(50)}),
    Case("long-header", ONE, headers={"X-Long": "y" * 4000}),
]
# The model has no signature for classify or regress: the real server refuses all of them, too.
EXAMPLE = '{"examples": [' + row() + "]}"
EXAMPLES = {
    "": EXAMPLE,
    "-two": '{"examples": [' + row() + ", " + row() + "]}",
    "-signature-default": '{"signature_name": "serving_default", ' + EXAMPLE[1:],
    "-no-examples": "{}",
    "-examples-empty": '{"examples": []}',
    "-examples-object": '{"examples": ' + row() + "}",
    "-instances": ONE,
    **{
        f"-{name}": '{"examples": [' + row(age=age) + "]}"
        for name, age in {
            "null-feature": "null",
            "mixed-list": '[1, "a"]',
            "nested-list": "[[1]]",
            "object-feature": '{"a": 1}',
            "uint64": str(2**63),
        }.items()
    },
    "-number-example": '{"examples": [1]}',
    "-context": '{"context": {"age": 1.0}, ' + EXAMPLE[1:],
    "-bad-context": '{"context": [1], ' + EXAMPLE[1:],
    "-empty-body": "",
    "-bad-json": "x",
    "-signature-unknown": '{"signature_name": "nope", ' + EXAMPLE[1:],
}
IN_REGRESS = ("", "-signature-unknown", "-no-examples")
VERBS = [
    *(
        Case(f"classify{name}", body, 400, path=f"{MODEL}:classify")
        for name, body in EXAMPLES.items()
    ),
    *(Case(f"regress{name}", EXAMPLES[name], 400, path=f"{MODEL}:regress") for name in IN_REGRESS),
    *(
        Case(f"{verb}-model-unknown", EXAMPLE, 404, path=f"/v1/models/nope:{verb}")
        for verb in ("classify", "regress")
    ),
    Case("classify-label", EXAMPLE, 400, path=f"{MODEL}/labels/a:classify"),
]
PATHS = [
    *(
        Case(name, ONE, status, path=path)
        for status, named in PREDICT_PATHS.items()
        for name, path in named.items()
    ),
    *(
        Case(name, "", *answer, method="GET", path=path)
        for answer, named in LOOKED_AT.items()
        for name, path in named.items()
    ),
    *METHODS,
    *HEADERS,
    *VERBS,
]
