"""Serving what is stale (RFC 9111 §4.2.4, RFC 5861)."""

from conformance.row import HURRIED, TOLERANT, UNANSWERED, failed, fetched, hit, may, must, pause, should, stood_in

OLD = "Age: 20"
TAG = 'ETag: "a"'
ANEW = "Cache-Control: max-age=3600"
FORBIDDING = ["must-revalidate", "proxy-revalidate", "no-cache"]
FAILURES = [500, 502, 503, 504]


def _control(text):
    return f"Cache-Control: {text}"


# Stale, and good enough for a while where the origin fails.
BEARABLE = fetched(_control("max-age=10, stale-if-error=60"), OLD, TAG)


REVALIDATING = [
    should(
        "RFC 5861 §3",
        "stale-while-revalidate gives what is stale, and fetches anew behind it",
        fetched(_control("max-age=10, stale-while-revalidate=60"), OLD, TAG, says="old"),
        hit(ANEW, 'ETag: "b"', says="new", refreshes=1, body="old", sees=['If-None-Match: "a"']),
        hit(body="new", gives=['ETag: "b"'], settles=True),
    ),
    should(
        "RFC 5861 §3",
        "stale-while-revalidate without a validator",
        fetched(_control("max-age=10, stale-while-revalidate=60"), OLD, says="old"),
        hit(ANEW, says="new", refreshes=1, body="old", unseen=["If-None-Match"]),
        hit(body="new", settles=True),
    ),
    should(
        "RFC 5861 §3",
        "a 304 behind a stale answer makes it fresh",
        fetched(_control("max-age=10, stale-while-revalidate=60"), OLD, TAG, says="old"),
        hit(ANEW, TAG, status=304, refreshes=1, body="old"),
        hit(body="old", gives=[ANEW], settles=True),
    ),
    should(
        "RFC 5861 §3",
        "a failure behind a stale answer leaves it",
        fetched(_control("max-age=10, stale-while-revalidate=60"), OLD, TAG, says="old"),
        hit(status=503, says="", refreshes=1, body="old", keeps=False),
        hit(ANEW, says="new", refreshes=1, body="old", settles=True),
        hit(body="new", settles=True),
    ),
    must(
        "RFC 5861 §3",
        "what is fetched behind a stale answer and says no-cache is validated then",
        fetched(_control("max-age=10, stale-while-revalidate=60"), OLD, TAG, says="old"),
        hit(_control("no-cache"), 'ETag: "b"', says="new", refreshes=1, body="old"),
        fetched(sees=['If-None-Match: "b"'], settles=True),
    ),
    must(
        "RFC 5861 §3",
        "stale-while-revalidate has an end",
        fetched(_control("max-age=10, stale-while-revalidate=5"), OLD, TAG),
        fetched(sees=['If-None-Match: "a"']),
    ),
    must(
        "RFC 5861 §3",
        "stale-while-revalidate begins where freshness ends, and ends by the clock",
        fetched(_control("max-age=1, stale-while-revalidate=2"), TAG),
        pause(4),
        fetched(),
    ),
    must(
        "RFC 5861 §3",
        "a stale answer tells its age and that it is stale",
        fetched(_control("max-age=10, stale-while-revalidate=60"), "Age: 20", TAG),
        hit(ANEW, TAG, status=304, refreshes=1, age=(20, 23)),
    ),
    *(
        must(
            "RFC 9111 §4.2.4",
            f"stale-while-revalidate does not outweigh {forbidding}",
            fetched(_control(f"max-age=10, stale-while-revalidate=60, {forbidding}"), OLD, TAG),
            fetched(sees=['If-None-Match: "a"']),
        )
        for forbidding in [*FORBIDDING, "s-maxage=10"]
    ),
    may(
        "RFC 9111 §4.2.4",
        "a route's stale_while_revalidate is for answers that do not say",
        fetched(_control("max-age=10"), OLD, TAG),
        hit(ANEW, TAG, status=304, refreshes=1),
        route=TOLERANT,
    ),
    must(
        "RFC 5861 §3",
        "an answer's own stale-while-revalidate=0 beats the route's",
        fetched(_control("max-age=10, stale-while-revalidate=0"), OLD, TAG),
        fetched(sees=['If-None-Match: "a"']),
        route=TOLERANT,
    ),
]

FAILING = [
    may(
        "RFC 9111 §4.2.4",
        "without permission nothing stale is given when the origin breaks off",
        fetched(_control("max-age=10"), OLD, TAG),
        failed(lacks=["ETag"]),
    ),
    may(
        "RFC 9111 §4.2.4",
        "without permission a 503 passes",
        fetched(_control("max-age=10"), OLD, TAG),
        fetched(status=503),
    ),
    *(
        should(
            "RFC 5861 §4",
            f"stale-if-error stands in for a {status}",
            fetched(_control("max-age=10, stale-if-error=60"), OLD),
            stood_in(status=status),
        )
        for status in FAILURES
    ),
    should(
        "RFC 5861 §4",
        "stale-if-error stands in where the origin breaks off",
        BEARABLE,
        stood_in(breaks=UNANSWERED),
    ),
    should(
        "RFC 5861 §4",
        "stale-if-error stands in where the origin takes too long",
        BEARABLE,
        stood_in(delay=3),
        route=HURRIED,
    ),
    should(
        "RFC 5861 §4",
        "an answer that stood in is asked about again",
        BEARABLE,
        stood_in(status=503),
        fetched(ANEW, sees=['If-None-Match: "a"']),
        hit(),
    ),
    *(
        may(
            "RFC 5861 §4",
            f"a {status} is no error that stale-if-error is for",
            BEARABLE,
            fetched(status=status),
        )
        for status in (403, 404, 410)
    ),
    *(
        must(
            "RFC 5861 §4",
            f"a {status} is no error that stale-if-error is for, though it is one of the server's",
            BEARABLE,
            fetched(status=status),
        )
        for status in (501, 505, 511)
    ),
    may(
        "RFC 9111 §4.2.4",
        "stale-if-error stands in for a 429: Weir takes it for a failure of this moment",
        BEARABLE,
        stood_in(status=429),
    ),
    may(
        "RFC 5861 §4",
        "a 404 ends what could have stood in",
        BEARABLE,
        fetched(status=404),
        fetched(status=503),
    ),
    must(
        "RFC 5861 §4",
        "stale-if-error has an end",
        fetched(_control("max-age=10, stale-if-error=5"), OLD, TAG),
        fetched(status=500),
    ),
    must(
        "RFC 5861 §4",
        "stale-if-error begins where freshness ends, and ends by the clock",
        fetched(_control("max-age=1, stale-if-error=1"), TAG),
        pause(3),
        fetched(status=500),
    ),
    *(
        must(
            "RFC 9111 §4.2.4",
            f"{forbidding} forbids it, for {'a 503' if status else 'an origin that breaks off'}",
            fetched(_control(f"max-age=10, stale-if-error=60, {forbidding}"), OLD, TAG),
            fetched(status=503) if status else failed(),
        )
        for forbidding in [*FORBIDDING, "s-maxage=10"]
        for status in (True, False)
    ),
    may(
        "RFC 9111 §4.2.4",
        "a route's stale_if_error is for answers that do not say",
        fetched(_control("max-age=10, stale-while-revalidate=0"), OLD, TAG),
        stood_in(status=503),
        route=TOLERANT,
    ),
    must(
        "RFC 5861 §4",
        "an answer's own stale-if-error=0 beats the route's",
        fetched(_control("max-age=10, stale-while-revalidate=0, stale-if-error=0"), OLD, TAG),
        fetched(status=503),
        route=TOLERANT,
    ),
    may(
        "RFC 9111 §5.5",
        "no Warning is made",
        BEARABLE,
        stood_in(status=503, lacks=["Warning"]),
    ),
]

ROWS = REVALIDATING + FAILING
