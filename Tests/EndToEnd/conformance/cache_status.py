"""What is said of how an answer came about (RFC 9211)."""

from conformance.row import TOLERANT, fetched, hit, may, must, refused, should, stood_in, validated

FRESH = "Cache-Control: max-age=3600"
STALE = ("Cache-Control: max-age=10", "Age: 20")
TAG = 'ETag: "a"'

ROWS = [
    should("RFC 9211 §2.2", "nothing stored", fetched(FRESH, status_says=["fwd=uri-miss", "stored"])),
    should(
        "RFC 9211 §2.5",
        "not stored is not said to be",
        fetched("Cache-Control: no-store", status_says=["fwd=uri-miss"]),
    ),
    should(
        "RFC 9211 §2.1",
        "a hit tells how long it is fresh",
        fetched("Cache-Control: max-age=3600", "Age: 600"),
        hit(status_says=["hit"], status_matches=r"ttl=(2999|3000|299\d)$"),
    ),
    should(
        "RFC 9211 §2.4",
        "a stale hit tells for how long",
        fetched("Cache-Control: max-age=10", "Age: 30", TAG),
        hit(asks=["Cache-Control: max-stale"], status_matches=r"ttl=-2[0-3]$"),
    ),
    should(
        "RFC 9211 §2.2",
        "another variant is stored",
        fetched(FRESH, "Vary: A", asks=["A: 1"]),
        fetched(FRESH, "Vary: A", asks=["A: 2"], status_says=["fwd=vary-miss", "stored"]),
    ),
    should(
        "RFC 9211 §2.2",
        "the client would not have it",
        fetched(FRESH),
        fetched(FRESH, asks=["Cache-Control: no-cache"], status_says=["fwd=request", "fwd-status=200", "stored"]),
    ),
    should(
        "RFC 9211 §2.2",
        "stale, and validated",
        fetched(*STALE, TAG),
        validated(FRESH, TAG, status_says=["fwd=stale", "fwd-status=304"]),
    ),
    should(
        "RFC 9211 §2.3",
        "stale, and replaced",
        fetched(*STALE, TAG),
        fetched(FRESH, status_says=["fwd=stale", "fwd-status=200", "stored"]),
    ),
    should(
        "RFC 9211 §2.2",
        "stale, and given all the same",
        fetched("Cache-Control: max-age=10, stale-if-error=60", "Age: 20"),
        stood_in(status=503, status_says=["fwd=stale", "fwd-status=503"]),
    ),
    should(
        "RFC 9211 §2.1",
        "given while it is validated is a hit",
        fetched(*STALE, TAG),
        hit(FRESH, TAG, status=304, refreshes=1, status_says=["hit"]),
        route=TOLERANT,
    ),
    should(
        "RFC 9211 §2.2", "a method that no cache answers", fetched(method="POST", sends="a", status_says=["fwd=method"])
    ),
    may(
        "RFC 9211 §2.2",
        "past the cache for the request's sake",
        fetched(asks=["Cache-Control: no-store"], status_says=["fwd=request"]),
    ),
    should(
        "RFC 9211 §2.2",
        "a part of what is not stored",
        fetched(
            FRESH,
            "Content-Range: bytes 0-1/2",
            status=206,
            asks=["Range: bytes=0-1"],
            says="01",
            status_says=["fwd=uri-miss"],
        ),
    ),
    may(
        "RFC 9211 §2",
        "an answer of Weir's own says nothing of a hit",
        refused(504, asks=["Cache-Control: only-if-cached"]),
    ),
    must(
        "RFC 9211 §2",
        "what caches before say stays, in front, of an answer that passes",
        fetched("Cache-Status: Origin; hit", FRESH, status_matches=r"^Origin; hit, weir; fwd=uri-miss; stored$"),
    ),
    must(
        "RFC 9211 §2",
        "what caches before say stays, in front, of a hit",
        fetched("Cache-Status: Origin; hit", FRESH),
        hit(status_matches=r"^Origin; hit, weir; hit; ttl=\d+$"),
    ),
    must(
        "RFC 9211 §2",
        "what caches before say is what they said last, after a validation",
        fetched(*STALE, TAG, "Cache-Status: Origin; hit"),
        validated(
            FRESH,
            TAG,
            "Cache-Status: Origin; fwd=stale",
            status_matches=r"^Origin; fwd=stale, weir; fwd=stale; fwd-status=304",
        ),
    ),
    should(
        "RFC 9211 §2.2",
        "a 304 to a client is a hit as any other",
        fetched(FRESH, TAG),
        hit(asks=['If-None-Match: "a"'], gets=304, status_says=["hit"]),
    ),
]
