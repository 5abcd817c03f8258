"""HEAD: answered from what GET stored, and what its own answers say of that (RFC 9110 §9.3.2, RFC 9111 §4.3.5)."""

from conformance.row import fetched, hit, may, must, should, validated

FRESH = "Cache-Control: max-age=3600"
STALE = ("Cache-Control: max-age=10", "Age: 20")
TAG = 'ETag: "a"'


ROWS = [
    should(
        "RFC 9110 §9.3.2",
        "HEAD is answered from what GET stored",
        fetched(FRESH, TAG, says="12345"),
        hit(method="HEAD", gives=[TAG, "Content-Length: 5"]),
    ),
    should(
        "RFC 9110 §9.3.2",
        "HEAD is answered with a stored status",
        fetched(FRESH, status=404, says="12345"),
        hit(method="HEAD", gives=["Content-Length: 5"]),
    ),
    must(
        "RFC 9111 §4",
        "GET is not answered from what HEAD was told",
        fetched(FRESH, method="HEAD"),
        fetched(FRESH),
        hit(),
    ),
    may(
        "RFC 9111 §4.3.5",
        "HEAD for what is stale goes to the origin as HEAD",
        fetched(*STALE),
        fetched(FRESH, method="HEAD"),
    ),
    may(
        "RFC 9111 §4.3.5",
        "HEAD for what is not stored goes to the origin as HEAD",
        fetched(FRESH, method="HEAD", gives=["Content-Length: 5"], says="12345", sees=["Accept-Encoding: gzip"]),
    ),
    must(
        "RFC 9110 §9.3.2",
        "HEAD for what is not stored is told of the form that the client would get",
        fetched(FRESH, TAG, "Content-Encoding: gzip", method="HEAD", lacks=["Content-Encoding", "Content-Length", TAG]),
        fetched(
            *(FRESH, TAG, "Content-Encoding: gzip"),
            method="HEAD",
            asks=["Accept-Encoding: gzip"],
            gives=["Content-Encoding: gzip", TAG],
        ),
    ),
    must(
        "RFC 9111 §4.3.5",
        "a 200 to HEAD with credentials says nothing of what all share",
        fetched(FRESH, TAG, says="12345"),
        fetched(
            *(FRESH, 'ETag: "b"'), method="HEAD", asks=["Authorization: Basic YTpi", "Cache-Control: no-cache"], says="1"
        ),
        hit(body="12345"),
    ),
    must(
        "RFC 9111 §4.3.5",
        "a 200 to HEAD that must not be stored ends what is stored",
        fetched(FRESH, TAG, says="12345"),
        fetched("Cache-Control: no-store", TAG, method="HEAD", asks=["Cache-Control: no-cache"], says="67890"),
        fetched(FRESH, TAG, unseen=["If-None-Match"]),
    ),
    should(
        "RFC 9111 §4.3.5",
        "a 200 to HEAD makes the stored answer fresh",
        fetched(*STALE, TAG, says="12345"),
        fetched(FRESH, TAG, method="HEAD", says="67890"),
        hit(body="12345", gives=[FRESH]),
    ),
    should(
        "RFC 9111 §4.3.5",
        "a 200 to HEAD makes a stored answer without a validator fresh",
        fetched("Cache-Control: max-age=10, stale-if-error=60", "Age: 20", says="12345"),
        fetched(FRESH, method="HEAD", says="67890"),
        hit(body="12345"),
    ),
    may(
        "RFC 9111 §4.3.5",
        "a 200 to HEAD makes a stored answer that could not be validated fresh",
        fetched(*STALE, says="12345"),
        fetched(FRESH, method="HEAD", says="67890"),
        hit(body="12345"),
    ),
    must(
        "RFC 9111 §4.1",
        "HEAD is not answered with another variant",
        fetched(FRESH, "Vary: A", asks=["A: 1"]),
        fetched(FRESH, "Vary: A", method="HEAD", asks=["A: 2"]),
    ),
    should(
        "RFC 9111 §4.3.5",
        "a 200 to HEAD updates fields of the stored answer",
        fetched(*STALE, TAG, "A: 1", "B: 1", says="12345"),
        fetched(FRESH, TAG, "A: 2", method="HEAD", says="67890"),
        hit(body="12345", gives=["A: 2", "B: 1"]),
    ),
    may(
        "RFC 9111 §4.3.5",
        "HEAD for what is stale tells what the origin says alone",
        fetched(*STALE, "A: 1", TAG),
        fetched(TAG, method="HEAD", lacks=["A"]),
    ),
    *(
        should(
            "RFC 9111 §4.3.5",
            f"a 200 to HEAD with another {name} makes the stored answer stale",
            fetched(FRESH, *before, says="12345"),
            fetched(FRESH, *after, method="HEAD", asks=["Cache-Control: no-cache"], says=says),
            fetched(FRESH, *after),
        )
        for name, before, after, says in (
            ("tag", [TAG], ['ETag: "b"'], "12345"),
            ("date", ["Last-Modified: <-100>"], ["Last-Modified: <-50>"], "12345"),
            ("length", [TAG], [TAG], "123456"),
        )
    ),
    may(
        "RFC 9111 §4.3.5",
        "another status to HEAD says nothing of the stored answer",
        fetched(FRESH, TAG, "A: 1"),
        fetched(FRESH, "A: 2", method="HEAD", status=410, asks=["Cache-Control: no-cache"]),
        hit(gives=["A: 1"]),
    ),
    should(
        "RFC 9111 §4.3.2",
        "a conditional HEAD is answered with 304",
        fetched(FRESH, TAG),
        hit(method="HEAD", asks=['If-None-Match: "a"'], gets=304, gives=[TAG]),
    ),
    must(
        "RFC 9111 §4.3.1",
        "HEAD that is validated tells of the stored answer",
        fetched("Cache-Control: max-age=3600, no-cache", TAG),
        fetched(TAG, method="HEAD"),
        validated(TAG, sees=['If-None-Match: "a"']),
    ),
]
