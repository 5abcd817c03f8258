"""Several who ask at once (RFC 9111 §4)."""

from conformance.row import crowd, hit, may, must, validated, fetched

FRESH = "Cache-Control: max-age=3600"

ROWS = [
    may("RFC 9111 §4", "many who ask for what is not stored are one call", crowd(5, FRESH), hit()),
    may(
        "RFC 9111 §4",
        "many who ask for what is stale are one validation",
        fetched("Cache-Control: max-age=10", "Age: 20", 'ETag: "a"', says="old"),
        crowd(5, FRESH, 'ETag: "a"', status=304, gets=200, body="old"),
        hit(body="old"),
    ),
    must(
        "RFC 9111 §4",
        "what turns out not to be for all is fetched for each",
        crowd(4, "Cache-Control: private", calls=4),
        fetched(),
    ),
    must(
        "RFC 9111 §4.1",
        "a validation alone does not answer other requests",
        fetched("Cache-Control: max-age=10", "Age: 20", 'ETag: "a"', "Vary: A", asks=["A: 1"]),
        validated(FRESH, 'ETag: "a"', "Vary: A", asks=["A: 1"]),
        fetched(asks=["A: 2"]),
    ),
]
