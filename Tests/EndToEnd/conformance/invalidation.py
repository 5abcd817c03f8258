"""What a write makes unusable (RFC 9111 §4.4)."""

from conformance.row import fetched, hit, may, must, should

FRESH = "Cache-Control: max-age=3600"
METHODS = ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "TEST"]


def _write(*lines, method="POST", **more):
    return fetched(*lines, method=method, sends="abc", **more)


def _of_one(outcome, section, name, stored, *, written):
    """What becomes of one resource when another, or the same by another name, is written."""
    return must(section, name, fetched(FRESH, **stored), _write(**written), outcome(**stored))


LOCATIONS = [("Location", "location"), ("Content-Location", "content location")]

ROWS = [
    *(
        must("RFC 9111 §4.4", f"a {method} that succeeds", fetched(FRESH), _write(method=method), fetched())
        for method in METHODS
    ),
    *(
        must("RFC 9111 §4.4", f"a POST answered {status}", fetched(FRESH), _write(status=status), fetched())
        for status in (201, 202, 204, 301, 302, 303, 307, 308)
    ),
    *(
        should(
            "RFC 9111 §4.4",
            f"a {method} that fails leaves what is stored",
            fetched(FRESH),
            _write(method=method, status=500),
            hit(),
        )
        for method in METHODS
    ),
    *(
        should(
            "RFC 9111 §4.4",
            f"a POST answered {status} leaves what is stored",
            fetched(FRESH),
            _write(status=status),
            hit(),
        )
        for status in (400, 403, 404, 409, 412, 422, 502, 503)
    ),
    *(
        must(
            "RFC 9111 §4.4",
            f"a {method}, which is safe, leaves what is stored",
            fetched(FRESH),
            fetched(method=method, asks=["Cache-Control: no-cache"]),
            hit(),
        )
        for method in ("HEAD", "OPTIONS")
    ),
    must(
        "RFC 9111 §4.4",
        "all variants are",
        fetched(FRESH, "Vary: A", asks=["A: 1"]),
        fetched(FRESH, "Vary: A", asks=["A: 2"]),
        _write(),
        fetched(asks=["A: 1"]),
        fetched(asks=["A: 2"]),
    ),
    _of_one(hit, "RFC 9111 §4.4", "another query is another resource", {"path": "?a=1"}, written={"path": "?a=2"}),
    _of_one(hit, "RFC 9111 §4.4", "another host is another resource", {"host": "a.test"}, written={"host": "b.test"}),
    _of_one(
        fetched,
        "RFC 9110 §4.2.3",
        "a host with the scheme's own port is the host",
        {"host": "a.test"},
        written={"host": "a.test:80"},
    ),
    must(
        "RFC 9111 §4.4",
        "what is stale stays unusable: it is not validated either",
        fetched("Cache-Control: max-age=10", "Age: 20", 'ETag: "a"'),
        _write(),
        fetched(unseen=["If-None-Match"]),
    ),
    should("RFC 9111 §4.4", "what comes afterwards is stored again", fetched(FRESH), _write(), fetched(FRESH), hit()),
    *(
        may(
            "RFC 9111 §4.4",
            f"the {what} of a {method} that succeeds",
            fetched(FRESH, path="/there"),
            _write(f"{name}: there", method=method, path="/here"),
            fetched(path="/there"),
        )
        for name, what in LOCATIONS
        for method in METHODS[:5]
    ),
    *(
        may(
            "RFC 9111 §4.4",
            f"the {what} where it is {kind}",
            fetched(FRESH, host="a.test", path="/there"),
            _write(f"{name}: {value}", host="a.test", path="/here"),
            fetched(host="a.test", path="/there"),
        )
        for name, what in LOCATIONS
        for kind, value in (
            ("absolute", "http://A.test{base}/there"),
            ("absolute, with the scheme's own port", "http://a.test:80{base}/there"),
            ("without a scheme", "//a.test{base}/there"),
            ("a path", "{base}/there"),
            ("a path with a fragment", "{base}/there#a"),
        )
    ),
    *(
        must(
            "RFC 9111 §4.4",
            f"the {what} stays where it is of {kind}",
            fetched(FRESH, host="b.test", path="/there"),
            _write(f"{name}: {value}", host="a.test", path="/here"),
            hit(host="b.test", path="/there"),
        )
        for name, what in LOCATIONS
        for kind, value in (
            ("another host", "http://b.test{base}/there"),
            ("another host, without a scheme", "//b.test{base}/there"),
        )
    ),
    *(
        must(
            "RFC 9111 §4.4",
            f"the {what} stays where it is of {kind}",
            fetched(FRESH, host="a.test", path="/there"),
            _write(f"{name}: {value}", host="a.test", path="/here"),
            hit(host="a.test", path="/there"),
        )
        for name, what in LOCATIONS
        for kind, value in (
            ("another scheme", "https://a.test{base}/there"),
            ("another port", "http://a.test:81{base}/there"),
            ("no form that can be read", "http:///{base}/there"),
        )
    ),
    should(
        "RFC 9111 §4.4",
        "the location of a write that fails stays",
        fetched(FRESH, path="/there"),
        _write("Location: there", path="/here", status=500),
        hit(path="/there"),
    ),
]
