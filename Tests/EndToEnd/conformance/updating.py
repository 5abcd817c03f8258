"""What a 304 changes of what is stored (RFC 9111 §3.2, §4.3.4)."""

from conformance.row import fetched, hit, may, must, should, validated

STALE = "Cache-Control: max-age=10"
TAG = 'ETag: "a"'
OLD = "Wed, 01 Jan 2020 00:00:00 GMT"

# A field, what it was and what it becomes.
UPDATED = [
    ("Test-Header", "a", "b"),
    ("X-Test-Header", "a", "b"),
    ("Content-Foo", "a", "b"),
    ("X-Content-Foo", "a", "b"),
    ("Content-Language", "de", "en"),
    ("Content-Location", "/foo", "/bar"),
    ("Content-MD5", "rL0Y20zC+Fzt72VPzMSk2A==", "N7UdGUp1E+RbVvZSTy1R8g=="),
    ("Content-Security-Policy", "default-src 'self'", "default-src 'self' cdn.example.com"),
    ("Clear-Site-Data", "cache", "cookies"),
    ("Expires", "Fri, 01 Jan 2038 01:01:01 GMT", "Mon, 11 Jan 2038 11:11:11 GMT"),
    ("Link", "</a>; rel=preload", "</b>; rel=preload"),
    ("Public-Key-Pins", "a", "b"),
    ("Set-Cookie2", "a=b", "a=c"),
    ("X-Frame-Options", "deny", "sameorigin"),
    ("X-XSS-Protection", "1", "1; mode=block"),
]

# What belongs to the stored bytes.
LEFT = [
    ("Content-Encoding", "test-a", "test-b"),
    ("Content-Range", "bytes 0-4/5", "bytes 0-4/6"),
    ("Content-Type", "text/plain", "text/html"),
]


def _updates(level, name, before, after, left):
    was, new = f"{name}: {before}", f"{name}: {after}"
    now = was if left else new
    return level(
        "RFC 9111 §3.2",
        f"{name} is left as it is" if left else f"{name} is updated",
        fetched(STALE, "Age: 20", TAG, was, gives=[was]),
        validated("Cache-Control: max-age=60", TAG, new, gives=[now]),
        hit(gives=[now]),
    )


ROWS = [
    *(_updates(must, *row, left=False) for row in UPDATED),
    *(_updates(may, *row, left=True) for row in LEFT),
    must(
        "RFC 9111 §3.2",
        "Cache-Control is updated",
        fetched(STALE, "Age: 20", TAG),
        validated("Cache-Control: max-age=3600", TAG, gives=["Cache-Control: max-age=3600"]),
        hit(gives=["Cache-Control: max-age=3600"]),
    ),
    must(
        "RFC 9111 §3.2",
        "Date is updated",
        fetched("Cache-Control: max-age=100", "Date: <-200>", TAG),
        validated(TAG, lacks=["Date: <-200>"]),
        hit(age=(0, 3)),
    ),
    must(
        "RFC 9111 §3.2",
        "a field that a 304 leaves out stays",
        fetched(STALE, "Age: 20", f"Last-Modified: {OLD}", "Test-Header: a"),
        validated("Cache-Control: max-age=60", f"Last-Modified: {OLD}", gives=["Test-Header: a"]),
        hit(gives=["Test-Header: a"]),
    ),
    must(
        "RFC 9111 §3.2",
        "a field that a 304 adds is added",
        fetched(STALE, "Age: 20", TAG),
        validated("Cache-Control: max-age=60", TAG, "Test-Header: a", gives=["Test-Header: a"]),
        hit(gives=["Test-Header: a"]),
    ),
    must(
        "RFC 9111 §3.2",
        "all lines of a name are replaced",
        fetched(STALE, "Age: 20", TAG, "A: 1", "A: 2", "A: 3"),
        validated("Cache-Control: max-age=60", TAG, "a: 4", "A: 5", gives=["A: 4", "A: 5"]),
        hit(gives=["A: 4", "A: 5"]),
    ),
    must(
        "RFC 9111 §3.2",
        "Content-Length is never updated",
        fetched(STALE, "Age: 20", TAG, says="12345"),
        validated("Cache-Control: max-age=60", TAG, "Content-Length: 10", gives=["Content-Length: 5"]),
        hit(gives=["Content-Length: 5"]),
    ),
    must(
        "RFC 9111 §3.1",
        "fields that Connection names in a 304 are not taken over",
        fetched(STALE, "Age: 20", TAG, "A: 1"),
        validated("Cache-Control: max-age=60", TAG, "Connection: a", "A: 2", gives=["A: 1"]),
        hit(gives=["A: 1"], lacks=["Connection"]),
    ),
    *(
        must(
            "RFC 9111 §3.1",
            f"{line.partition(':')[0]} of a 304 is not taken over",
            fetched(STALE, "Age: 20", TAG),
            validated("Cache-Control: max-age=60", TAG, line, lacks=[line.partition(":")[0]]),
            hit(lacks=[line.partition(":")[0]]),
        )
        for line in (
            "Proxy-Authenticate: Basic",
            "Proxy-Authentication-Info: a",
            "Keep-Alive: timeout=9",
            "Upgrade: a/1",
        )
    ),
    may(
        "RFC 9111 §7.3",
        "a cookie of a 304 is not shared",
        fetched(STALE, "Age: 20", TAG),
        validated("Cache-Control: max-age=60", TAG, "Set-Cookie: a=b"),
        hit(lacks=["Set-Cookie"]),
    ),
    should(
        "RFC 9111 §3.2",
        "a 304 to a date gives a tag that is kept",
        fetched(STALE, "Age: 20", f"Last-Modified: {OLD}"),
        validated("Cache-Control: max-age=0", f"Last-Modified: {OLD}", TAG, gives=[TAG]),
        validated("Cache-Control: max-age=60", TAG, sees=['If-None-Match: "a"']),
    ),
    must(
        "RFC 9111 §5.2.2.7",
        "a 304 that says private ends what was stored",
        fetched(STALE, "Age: 20", TAG),
        validated("Cache-Control: private, max-age=60", TAG),
        fetched(unseen=["If-None-Match"]),
    ),
    must(
        "RFC 9111 §5.2.2.4",
        "names in a 304's no-cache are taken away",
        fetched(STALE, "Age: 20", TAG, "A: 1", "B: 1"),
        validated('Cache-Control: max-age=60, no-cache="a"', TAG, "A: 2"),
        hit(gives=["B: 1"], lacks=["A"]),
    ),
    must(
        "RFC 9111 §4.1",
        "a 304 with Vary: * ends what was stored",
        fetched(STALE, "Age: 20", TAG),
        validated("Cache-Control: max-age=60", TAG, "Vary: *"),
        fetched(),
    ),
]
