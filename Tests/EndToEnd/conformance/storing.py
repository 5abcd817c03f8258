"""Which responses are stored (RFC 9111 §3, §3.3, §3.5, §5.2.2)."""

from conformance.row import CHUNKED, CLOSE, CUT, LASTING, fetched, hit, may, must, passed, should, validated

FRESH = "Cache-Control: max-age=3600"
STALE = ("Cache-Control: max-age=10", "Age: 20")

# Final statuses that say nothing against being stored where they tell their lifetime.
WITH_LIFETIME = [
    200,
    203,
    204,
    299,
    300,
    301,
    302,
    303,
    307,
    308,
    400,
    403,
    404,
    405,
    410,
    414,
    429,
    451,
    499,
    500,
    501,
    502,
    503,
    504,
    599,
]
# Not heuristically cacheable (RFC 9110 §15.1).
NEVER_WITHOUT = [201, 202, 302, 303, 307, 400, 401, 403, 409, 418, 429, 500, 502, 503, 504, 599]
# Heuristically cacheable, but failures.
FAILURES = [404, 405, 410, 414, 501]
UNDERSTOOD = [200, 203, 204, 300, 301, 308, 404, 410]

STATUSES = [
    *(
        should("RFC 9111 §3", f"a {status} that tells its lifetime is stored", fetched(FRESH, status=status), hit())
        for status in WITH_LIFETIME
    ),
    *(
        must("RFC 9111 §4.2", f"a {status} that is stale is not reused", fetched(*STALE, status=status), fetched())
        for status in WITH_LIFETIME
    ),
    *(
        must(
            "RFC 9111 §3",
            f"a {status} without a lifetime is not stored, though it has a validator",
            fetched("Last-Modified: <-86400>", status=status),
            fetched(unseen=["If-Modified-Since"]),
        )
        for status in NEVER_WITHOUT
    ),
    *(
        may(
            "RFC 9111 §4.2.2",
            f"a {status} without a lifetime is not stored: Weir keeps failures only where they ask for it",
            fetched("Last-Modified: <-86400>", status=status),
            fetched(unseen=["If-Modified-Since"]),
            route=LASTING,
        )
        for status in FAILURES
    ),
    *(
        must(
            "RFC 9111 §5.2.2.3",
            f"a {status}, which Weir does not understand, is not stored under must-understand",
            fetched("Cache-Control: max-age=3600, no-store, must-understand", status=status),
            fetched(),
        )
        for status in (299, 599)
    ),
    must(
        "RFC 9111 §3",
        "a status that is not understood is not stored under must-understand alone",
        fetched("Cache-Control: max-age=3600, must-understand", status=599),
        fetched(),
    ),
    *(
        should(
            "RFC 9111 §5.2.2.3",
            f"a {status} is stored in spite of no-store beside must-understand",
            fetched("Cache-Control: no-store, max-age=3600, must-understand", status=status),
            hit(),
        )
        for status in UNDERSTOOD
    ),
    must("RFC 9110 §15.5.13", "a 412 is not stored", fetched(FRESH, status=412), fetched()),
    must("RFC 9110 §15.5.17", "a 416 is not stored", fetched(FRESH, status=416), fetched()),
]

METHODS = [
    *(
        must(
            "RFC 9111 §3",
            f"the answer to {method} is not stored for GET",
            fetched(FRESH, method=method, sends="a"),
            fetched(),
        )
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "M-SEARCH")
    ),
    may(
        "RFC 9110 §9.3.3",
        "the answer to POST is not stored for GET without a Content-Location",
        fetched(FRESH, method="POST", sends="a"),
        fetched(),
    ),
    must(
        "RFC 9110 §9.3.3",
        "the answer to POST is not stored for GET where its Content-Location is another URI",
        fetched(FRESH, "Content-Location: {base}/other", method="POST", sends="a"),
        fetched(),
    ),
    must(
        "RFC 9110 §9.3.3",
        "the answer to POST is not stored for GET without a lifetime",
        fetched('ETag: "a"', "Content-Location: {base}", method="POST", sends="a"),
        fetched(unseen=["If-None-Match"]),
    ),
    may(
        "RFC 9110 §9.3.3",
        "the answer to POST is not stored for GET, be its Content-Location the URI itself: who may write is not the source",
        passed(FRESH, "Content-Location: {base}", method="POST", sends="a", says="posted"),
        fetched(),
    ),
    must(
        "RFC 9111 §3", "a POST is not answered from what GET stored", fetched(FRESH), fetched(method="POST", sends="a")
    ),
    may(
        "RFC 9111 §4",
        "a GET with a body goes past the cache: Weir keys no bodies",
        fetched(FRESH),
        passed(sends="a"),
        hit(),
    ),
]

DIRECTIVES = [
    must("RFC 9111 §5.2.2.5", "no-store", fetched("Cache-Control: no-store"), fetched()),
    must("RFC 9111 §5.2.2.5", "no-store in odd case", fetched("Cache-Control: No-StOrE"), fetched()),
    must(
        "RFC 9111 §5.2.2.5",
        "no-store beside a lifetime",
        fetched("Cache-Control: max-age=3600, no-store", "Expires: <+3600>"),
        fetched(),
    ),
    must("RFC 9111 §5.2.2.5", "no-store on a line of its own", fetched(FRESH, "Cache-Control: no-store"), fetched()),
    must(
        "RFC 9111 §5.2.2.5", "no-store with an argument", fetched('Cache-Control: max-age=60, no-store="a"'), fetched()
    ),
    must(
        "RFC 9111 §5.2.2.5",
        "no-store keeps out what a route would keep",
        fetched("Cache-Control: no-store", 'ETag: "a"'),
        fetched(unseen=["If-None-Match"]),
        route=LASTING,
    ),
    must("RFC 9111 §5.2.2.7", "private", fetched("Cache-Control: private, max-age=3600"), fetched()),
    must("RFC 9111 §5.2.2.7", "private in odd case", fetched("Cache-Control: PRIVATE, max-age=3600"), fetched()),
    must(
        "RFC 9111 §5.2.2.7", "private beside public", fetched("Cache-Control: public, private, max-age=60"), fetched()
    ),
    must("RFC 9111 §5.2.2.7", "private beside s-maxage", fetched("Cache-Control: private, s-maxage=60"), fetched()),
    must(
        "RFC 9111 §5.2.2.7", "private with an empty list", fetched('Cache-Control: private="", max-age=60'), fetched()
    ),
    should(
        "RFC 9111 §5.2.2.7",
        "private with names is stored without these fields",
        fetched('Cache-Control: private="a", max-age=60', "A: 1", "B: 2", gives=["A: 1"]),
        hit(gives=["B: 2"], lacks=["A"]),
    ),
    must(
        "RFC 9111 §5.2.2.4",
        "no-cache is not reused, whatever its lifetime",
        fetched("Cache-Control: max-age=3600, no-cache", "Expires: <+3600>"),
        fetched(),
    ),
    must("RFC 9111 §5.2.2.4", "no-cache in odd case", fetched("Cache-Control: max-age=3600, No-CaChE"), fetched()),
    should(
        "RFC 9111 §5.2.2.4",
        "no-cache with a validator is stored and validated",
        fetched("Cache-Control: no-cache", 'ETag: "a"'),
        validated("Cache-Control: no-cache", 'ETag: "a"', sees=['If-None-Match: "a"']),
        validated("Cache-Control: no-cache", 'ETag: "a"', sees=['If-None-Match: "a"']),
    ),
    should(
        "RFC 9111 §5.2.2.4",
        "no-cache with a validator and a lifetime is stored and validated",
        fetched("Cache-Control: max-age=3600, no-cache", "Expires: <+3600>", 'ETag: "a"'),
        validated('ETag: "a"', sees=['If-None-Match: "a"']),
    ),
    should(
        "RFC 9111 §5.2.2.4",
        "no-cache with names is stored without these fields",
        fetched('Cache-Control: no-cache="a, B"', FRESH, "A: 1", "B: 2", "C: 3", gives=["A: 1", "B: 2"]),
        hit(gives=["C: 3"], lacks=["A", "B"]),
    ),
    must(
        "RFC 9111 §5.2.2.4", "no-cache with an empty list", fetched('Cache-Control: no-cache="", max-age=60'), fetched()
    ),
    should(
        "RFC 9111 §5.2.2.2",
        "must-revalidate is reused while it is fresh",
        fetched("Cache-Control: max-age=3600, must-revalidate", 'ETag: "a"'),
        hit(),
    ),
    should(
        "RFC 9111 §5.2.2.8",
        "proxy-revalidate is reused while it is fresh",
        fetched("Cache-Control: max-age=3600, proxy-revalidate"),
        hit(),
    ),
    should(
        "RFC 9111 §5.2.3",
        "directives that are not known are ignored",
        fetched("Cache-Control: x, y=1, max-age=9"),
        hit(),
    ),
    may(
        "RFC 9111 §4.2.1",
        "a quotation mark that is never closed counts as no-store",
        fetched('Cache-Control: max-age=3600, x="a'),
        fetched(),
    ),
    must(
        "RFC 9111 §5.2.1.5",
        "the answer to a request with no-store is not stored",
        fetched(FRESH, asks=["Cache-Control: no-store"]),
        fetched(),
    ),
    must(
        "RFC 9111 §5.2.2.5",
        "a newer answer that must not be stored does not replace what is stored by itself",
        fetched("Cache-Control: no-store, max-age=0", asks=["Cache-Control: no-cache"]),
        fetched("Cache-Control: no-store, max-age=0"),
    ),
    may(
        "RFC 9111 §4",
        "what a newer answer that must not be stored has replaced is not used any more",
        fetched(FRESH),
        passed("Cache-Control: no-store", asks=["Cache-Control: no-cache"]),
        fetched(),
    ),
]

CREDENTIALS = [
    *(
        must(
            "RFC 9111 §3.5",
            f"an answer to a request with Authorization is not shared: {line}",
            fetched(line, asks=["Authorization: Basic YTpi"], sees=["Authorization: Basic YTpi"]),
            fetched(),
        )
        for line in (FRESH, "Expires: <+3600>", "Cache-Control: max-age=60, proxy-revalidate")
    ),
    *(
        should(
            "RFC 9111 §3.5",
            f"an answer to a request with Authorization is shared: {control}",
            fetched(f"Cache-Control: {control}", asks=["Authorization: Basic YTpi"]),
            hit(),
        )
        for control in ("max-age=3600, public", "max-age=3600, must-revalidate", "s-maxage=3600")
    ),
    must(
        "RFC 9111 §3.5",
        "s-maxage=0 opens an answer to a request with Authorization, but only to be validated",
        fetched("Cache-Control: s-maxage=0", 'ETag: "a"', asks=["Authorization: Basic YTpi"]),
        validated('ETag: "a"', sees=['If-None-Match: "a"']),
    ),
    may(
        "RFC 9111 §3.5",
        "a request with Authorization is answered from what others were given",
        fetched(FRESH),
        hit(asks=["Authorization: Basic YTpi"]),
    ),
    may(
        "RFC 9111 §7.3",
        "an answer that sets a cookie is not stored: Weir does not share what was set for one client",
        fetched(FRESH, "Set-Cookie: a=b", gives=["Set-Cookie: a=b"]),
        fetched(),
    ),
    should(
        "RFC 9111 §5.2.2.7",
        "an answer whose cookie is named away is stored without it",
        fetched('Cache-Control: max-age=60, private="set-cookie"', "Set-Cookie: a=b", gives=["Set-Cookie: a=b"]),
        hit(lacks=["Set-Cookie"]),
    ),
    should("RFC 9111 §3", "a Cookie in the request does not matter", fetched(FRESH), hit(asks=["Cookie: a=b"])),
    should(
        "RFC 9111 §3", "an answer to a request with a Cookie is shared", fetched(FRESH, asks=["Cookie: a=b"]), hit()
    ),
]

WHOLENESS = [
    must(
        "RFC 9111 §3.3",
        "a body shorter than its length is not stored",
        fetched(FRESH, breaks=CUT),
        fetched(FRESH),
        hit(),
    ),
    must(
        "RFC 9111 §3.3",
        "a chunked body without its end is not stored",
        fetched(FRESH, framing=CHUNKED, breaks=CUT),
        fetched(FRESH),
        hit(),
    ),
    should(
        "RFC 9111 §3.3", "a chunked answer is stored", fetched(FRESH, framing=CHUNKED), hit(lacks=["Transfer-Encoding"])
    ),
    may(
        "RFC 9112 §8",
        "an answer that only the connection's end delimits is not stored: nobody can tell whether it is whole",
        fetched(FRESH, framing=CLOSE),
        fetched(),
    ),
    should("RFC 9111 §3", "an empty body is stored", fetched(FRESH, says=""), hit(body="")),
    should(
        "RFC 9111 §3",
        "an attachment is stored as anything else",
        fetched(FRESH, "Content-Disposition: attachment; filename=a.txt"),
        hit(gives=["Content-Disposition: attachment; filename=a.txt"]),
    ),
]

ROWS = STATUSES + METHODS + DIRECTIVES + CREDENTIALS + WHOLENESS
