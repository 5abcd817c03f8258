"""Which fields are stored with a response (RFC 9111 §3.1) and how they come out again."""

from conformance.row import CHUNKED, CLOSE, fetched, hit, may, must, passed, should

FRESH = "Cache-Control: max-age=3600"

KEPT = [
    "Test-Header: a",
    "X-Test-Header: a",
    "Content-Foo: a",
    "X-Content-Foo: a",
    "Content-Encoding: test-coding",
    "Content-Language: en",
    "Content-Location: /elsewhere",
    "Content-MD5: rL0Y20zC+Fzt72VPzMSk2A==",
    "Content-Range: bytes 0-4/5",
    "Content-Security-Policy: default-src 'self'",
    "Content-Type: application/x-test",
    "Clear-Site-Data: cache",
    'ETag: "abc"',
    'ETag: W/"abc"',
    "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT",
    "Expires: Fri, 01 Jan 2038 01:01:01 GMT",
    "Link: </a>; rel=preload",
    "Location: /there",
    "Pragma: no-cache",
    "Public-Key-Pins: a",
    "Retry-After: 10",
    "Set-Cookie2: a=b",
    "Strict-Transport-Security: max-age=60",
    "Surrogate-Control: content=a",
    "Warning: 110 - a",
    "WWW-Authenticate: Basic",
    "X-Frame-Options: deny",
    "X-XSS-Protection: 1",
]

NOT_KEPT = [
    "Connection: keep-alive",
    "Keep-Alive: timeout=9",
    "Proxy-Authenticate: Basic",
    "Proxy-Authentication-Info: a",
    "Proxy-Authorization: a",
    "Proxy-Connection: keep-alive",
    "TE: trailers",
    "Trailer: A",
    "Upgrade: test/1",
]


ROWS = [
    *(must("RFC 9111 §3.1", f"kept: {line}", fetched(FRESH, line, gives=[line]), hit(gives=[line])) for line in KEPT),
    must("RFC 9111 §3.1", "kept: Cache-Control", fetched(FRESH, gives=[FRESH]), hit(gives=[FRESH])),
    must("RFC 9111 §3.1", "kept: Vary", fetched(FRESH, "Vary: A", gives=["Vary: A"]), hit(gives=["Vary: A"])),
    *(
        must("RFC 9111 §3.1", f"not kept: {line}", fetched(FRESH, line), hit(lacks=[line.partition(":")[0]]))
        for line in NOT_KEPT
    ),
    must(
        "RFC 9110 §7.6.1",
        "fields that Connection names are neither passed on nor kept",
        fetched(FRESH, "Connection: a, B", "A: 1", "b: 2", "C: 3", gives=["C: 3"], lacks=["A", "B"]),
        hit(gives=["C: 3"], lacks=["A", "B", "Connection"]),
    ),
    must(
        "RFC 9110 §7.6.1",
        "fields that two lines of Connection name are not kept",
        fetched(FRESH, "Connection: a", "Connection: b", "A: 1", "B: 2"),
        hit(lacks=["A", "B"]),
    ),
    may(
        "RFC 9110 §7.6.1",
        "Connection cannot name away what says how long an answer lives",
        fetched("Cache-Control: no-store", "Connection: cache-control"),
        fetched(),
    ),
    must(
        "RFC 9110 §5.2",
        "lines of one name stay apart and in order",
        fetched(FRESH, "A: 1", "B: 0", "A: 2, 3", gives=["A: 1", "A: 2, 3"]),
        hit(gives=["A: 1", "A: 2, 3", "B: 0"]),
    ),
    should("RFC 9110 §5.5", "obs-text is kept", fetched(FRESH, "A: caf\u00e9"), hit(gives=["A: caf\u00e9"])),
    should("RFC 9110 §5.5", "an empty value is kept", fetched(FRESH, "A: "), hit(gives=["A: "])),
    must("RFC 9110 §6.6.1", "Date stays as it was", fetched("Date: <-60>", FRESH, same=["Date"]), hit(same=["Date"])),
    must(
        "RFC 9110 §6.6.1",
        "a Date that is missing is added, for this client and those who follow",
        fetched(FRESH, dated=False, gives=["Date"]),
        hit(gives=["Date"]),
    ),
    should(
        "RFC 9111 §3.1",
        "an entity tag that is malformed is kept as any other field",
        fetched(FRESH, "ETag: abc", gives=["ETag: abc"]),
        hit(gives=["ETag: abc"]),
    ),
    should(
        "RFC 9111 §3.1",
        "two entity tags are kept",
        fetched(FRESH, 'ETag: "a"', 'ETag: "b"', gives=['ETag: "a"', 'ETag: "b"']),
        hit(gives=['ETag: "a"', 'ETag: "b"']),
    ),
    may(
        "RFC 9110 §8.8.3",
        "an answer without an entity tag gets one from its bytes once it is stored",
        fetched(FRESH, lacks=["ETag"]),
        hit(gives=["ETag"]),
    ),
    must(
        "RFC 9110 §8.6",
        "Content-Length is that of the body",
        fetched(FRESH, says="12345", gives=["Content-Length: 5"]),
        hit(gives=["Content-Length: 5"]),
        hit(method="HEAD", gives=["Content-Length: 5"]),
    ),
    must(
        "RFC 9110 §8.6",
        "a stored 204 has no Content-Length",
        fetched(FRESH, status=204, lacks=["Content-Length"]),
        hit(lacks=["Content-Length"]),
        hit(method="HEAD", lacks=["Content-Length"]),
    ),
    must("RFC 9110 §7.6.3", "Via names Weir on a stored answer", fetched(FRESH), hit(gives=["Via: 1.1 weir"])),
    must(
        "RFC 9110 §7.6.3",
        "Via of those before stays",
        fetched(FRESH, "Via: 1.1 a", gives=["Via: 1.1 a", "Via: 1.1 weir"]),
        hit(gives=["Via: 1.1 a", "Via: 1.1 weir"]),
    ),
    may(
        "RFC 9111 §3.1",
        "an answer in a transfer coding that is not known is refused",
        passed(FRESH, "Transfer-Encoding: test", framing=CLOSE, gets=502, any_body=True, lacks=["Transfer-Encoding"]),
    ),
    must(
        "RFC 9110 §6.5.1",
        "trailers are not stored as fields of the head",
        fetched(FRESH, framing=CHUNKED, trailers=["A: 1", 'ETag: "a"']),
        hit(lacks=["A", 'ETag: "a"']),
    ),
    must(
        "RFC 9110 §6.5.1",
        "trailers do not say how long an answer lives",
        fetched(framing=CHUNKED, trailers=[FRESH]),
        fetched(),
    ),
]
