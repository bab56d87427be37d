"""Where the embedded server differs from TensorFlow Serving by choice: case, answer, reason."""

STRICT = 400, "error"
_TWICE = "a key twice: the real server shifts values into the next row, and scores it wrongly"
_AFTER = "text after the document: a client's mistake that the real server overlooks"
_UTF8 = "text that is not UTF-8: no row of the training data has it"
_BASE64 = "loose base64: other decoders refuse it"
_WORDS = "JSON encoders write NaN, Infinity and -Infinity"
_EMPTY = "the real server answers 400 without a word; here a message says why"
_HEAD = "an answer to HEAD has no body in HTTP; the real server sends one"

DIFFERENCES: dict[str, tuple[tuple[int, str], str]] = {
    "duplicate-key-in-row": (STRICT, _TWICE),
    "duplicate-key-same-value": (STRICT, _TWICE),
    "duplicate-key-in-columns": (STRICT, _TWICE),
    "duplicate-instances": (STRICT, _TWICE),
    "duplicate-instances-second-empty": (STRICT, _TWICE),
    "duplicate-signature-name": (STRICT, _TWICE),
    "trailing-text": (STRICT, _AFTER),
    "trailing-second-document": (STRICT, _AFTER),
    "trailing-nul": (STRICT, _AFTER),
    "not-utf8-in-text": (STRICT, _UTF8),
    "not-utf8-latin1": (STRICT, _UTF8),
    "not-utf8-overlong": (STRICT, _UTF8),
    "text-lone-low-surrogate": (STRICT, _UTF8),
    "text-b64-unpadded": (STRICT, _BASE64),
    "text-b64-whitespace": (STRICT, _BASE64),
    "token-inf": (STRICT, _WORDS),
    "token-minus-inf": (STRICT, _WORDS),
    "token-minus-nan": (STRICT, _WORDS),
    "deep-unused-key-10000": (STRICT, "Python's parser stops at its recursion limit"),
    "predict-query-empty": (
        (200, "predictions/1"),
        "ASGI does not tell a path that ends in `?` from one that does not",
    ),
    "version-too-large": (STRICT, _EMPTY),
    "status-version-too-large": (STRICT, _EMPTY),
    "head-predict": ((400, "nothing"), _HEAD),
    "head-status": ((400, "nothing"), _HEAD),
}
