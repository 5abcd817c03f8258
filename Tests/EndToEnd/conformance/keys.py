"""What is the same URI (RFC 9111 §2, RFC 9110 §4.2.3)."""

from conformance.row import fetched, hit, may, must, should

FRESH = "Cache-Control: max-age=3600"

ROWS = [
    must("RFC 9111 §2", "another query is another resource", fetched(FRESH, path="?a=1"), fetched(FRESH, path="?a=2")),
    must("RFC 9111 §2", "no query is not an empty one", fetched(FRESH), fetched(FRESH, path="?"), hit()),
    should("RFC 9111 §2", "the same query is the same resource", fetched(FRESH, path="?a=1"), hit(path="?a=1")),
    may(
        "RFC 9111 §2",
        "a query in another order is another resource",
        fetched(FRESH, path="?a=1&b=2"),
        fetched(path="?b=2&a=1"),
    ),
    must("RFC 9111 §2", "another path is another resource", fetched(FRESH, path="/a"), fetched(path="/b")),
    must("RFC 9110 §4.2.3", "paths differ by case", fetched(FRESH, path="/a"), fetched(path="/A")),
    must("RFC 9110 §4.2.3", "a slash at the end matters", fetched(FRESH, path="/a"), fetched(path="/a/")),
    may("RFC 9110 §4.2.3", "an escape is not decoded for the key", fetched(FRESH, path="/a"), fetched(path="/%61")),
    must("RFC 9110 §4.2.3", "an escaped slash is none", fetched(FRESH, path="/a/b"), fetched(path="/a%2Fb")),
    must("RFC 9111 §2", "another host is another resource", fetched(FRESH, host="a.test"), fetched(host="b.test")),
    must("RFC 9111 §2", "another port is another resource", fetched(FRESH, host="a.test"), fetched(host="a.test:81")),
    should(
        "RFC 9110 §4.2.3",
        "a host with the scheme's own port is the host",
        fetched(FRESH, host="a.test", says="a"),
        hit(host="a.test:80", body="a"),
    ),
    should(
        "RFC 9110 §4.2.3",
        "a host is the same in any case",
        fetched(FRESH, host="a.test", says="a"),
        fetched(FRESH, host="b.test", says="b"),
        hit(host="A.TEST", body="a"),
    ),
]
