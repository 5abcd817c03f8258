"""Freshness that a cache makes up (RFC 9111 §4.2.2): only where a route says `heuristic`, or names a status."""

from conformance.row import FIRM, HEURISTIC, PLAIN, fetched, hit, may, must, pause

DAY_OLD = "Last-Modified: <-86400>"

# Heuristically cacheable (RFC 9110 §15.1).
CACHEABLE = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]
OTHERS = [201, 202, 302, 303, 307, 400, 403, 500, 502, 503, 504, 599]


def _day_old(level, status, outcome, *steps, route=HEURISTIC):
    """What becomes of a response of this status that was modified a day ago."""
    name = f"a {status} that was modified a day ago {outcome}"
    return level("RFC 9111 §4.2.2", name, fetched(DAY_OLD, status=status), *steps, route=route)


ROWS = [
    may("RFC 9111 §4.2.2", "a route may keep a 404 that tells no lifetime", fetched(status=404), hit(), route=FIRM),
    may(
        "RFC 9111 §4.2.2",
        "a route keeps a 410 that tells no lifetime as long as it says",
        fetched(status=410),
        hit(),
        pause(3),
        fetched(status=410),
        route=FIRM,
    ),
    must(
        "RFC 9111 §4.2.1",
        "a 404 that tells its lifetime lives as long, whatever the route says",
        fetched("Cache-Control: max-age=0", status=404),
        fetched(status=404),
        route=FIRM,
    ),
    *(
        may(
            "RFC 9111 §4.2.2",
            f"a route does not keep a {status}, which it does not name",
            fetched(status=status),
            fetched(status=status),
            route=FIRM,
        )
        for status in (400, 403, 413, 431, 500, 503)
    ),
    *(
        _day_old(may, status, "is not fresh without the setting", fetched(), route=PLAIN)
        for status in CACHEABLE
    ),
    *(_day_old(may, status, "is fresh for a while", hit()) for status in CACHEABLE),
    *(_day_old(must, status, "is never fresh by heuristics", fetched()) for status in OTHERS),
    may(
        "RFC 9111 §5.2.2.9",
        "a 599 that says public is fresh for a while",
        fetched(DAY_OLD, "Cache-Control: public", status=599),
        hit(),
        route=HEURISTIC,
    ),
    may(
        "RFC 9111 §4.2.2",
        "an attachment is fresh for a while as anything else",
        fetched(DAY_OLD, "Content-Disposition: attachment"),
        hit(),
        route=HEURISTIC,
    ),
    may(
        "RFC 9111 §5.4",
        "Pragma in a response does not matter",
        fetched(DAY_OLD, "Pragma: no-cache"),
        hit(),
        route=HEURISTIC,
    ),
    may(
        "RFC 9111 §4.2.2",
        "a query in the URI does not matter",
        fetched(DAY_OLD, path="?a=1"),
        hit(path="?a=1"),
        route=HEURISTIC,
    ),
    must(
        "RFC 9111 §4.2.2",
        "an explicit lifetime beats heuristics",
        fetched(DAY_OLD, "Cache-Control: max-age=0"),
        fetched(),
        route=HEURISTIC,
    ),
    must(
        "RFC 9111 §4.2.2",
        "an Expires that cannot be read beats heuristics",
        fetched(DAY_OLD, "Expires: 0"),
        fetched(),
        route=HEURISTIC,
    ),
    must(
        "RFC 9111 §4.2.2",
        "no-cache beats heuristics",
        fetched(DAY_OLD, "Cache-Control: no-cache"),
        fetched(),
        route=HEURISTIC,
    ),
    must("RFC 9111 §4.2.2", "without Last-Modified there is nothing to go by", fetched(), fetched(), route=HEURISTIC),
    must(
        "RFC 9111 §4.2.2",
        "modified after it was sent is not fresh",
        fetched("Last-Modified: <+60>"),
        fetched(),
        route=HEURISTIC,
    ),
    must(
        "RFC 9111 §4.2.3",
        "an Age beyond the heuristic lifetime is stale",
        fetched(DAY_OLD, "Age: 86400"),
        fetched(),
        route=HEURISTIC,
    ),
]
