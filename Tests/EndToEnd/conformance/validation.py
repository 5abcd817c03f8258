"""Asking whether what is stored is still right (RFC 9111 §4.3.1, §4.3.3)."""

from conformance.row import LASTING, fetched, hit, may, must, passed, should, validated

STALE = ("Cache-Control: max-age=10", "Age: 20")
FRESH = "Cache-Control: max-age=3600"
TAG = 'ETag: "a"'
MODIFIED = "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT"
SINCE = "If-Modified-Since: Wed, 01 Jan 2020 00:00:00 GMT"
CONDITIONS = ["If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range"]

ROWS = [
    should(
        "RFC 9111 §4.3.1",
        "a strong tag is asked about",
        fetched(*STALE, 'ETag: "a"'),
        validated(FRESH, 'ETag: "a"', sees=['If-None-Match: "a"'], unseen=["If-Modified-Since"]),
        hit(),
    ),
    should(
        "RFC 9111 §4.3.1",
        "a weak tag is asked about",
        fetched(*STALE, 'ETag: W/"a"'),
        validated(FRESH, 'ETag: W/"a"', sees=['If-None-Match: W/"a"']),
        hit(),
    ),
    should(
        "RFC 9111 §4.3.1",
        "a date of modification is asked about",
        fetched(*STALE, MODIFIED),
        validated(FRESH, MODIFIED, sees=[SINCE], unseen=["If-None-Match"]),
        hit(),
    ),
    should(
        "RFC 9111 §4.3.1",
        "a tag and a date are asked about together",
        fetched(*STALE, 'ETag: "a"', MODIFIED),
        validated(FRESH, 'ETag: "a"', sees=['If-None-Match: "a"', SINCE]),
        hit(),
    ),
    must(
        "RFC 9111 §4.3.1",
        "without a validator there is nothing to ask about",
        fetched(*STALE),
        fetched(unseen=CONDITIONS),
    ),
    may(
        "RFC 9111 §4.3.1",
        "a tag that is malformed is not asked about",
        fetched(*STALE, "ETag: abc"),
        fetched(unseen=CONDITIONS),
    ),
    may(
        "RFC 9111 §4.3.1",
        "a date that cannot be read is not asked about",
        fetched(*STALE, "Last-Modified: yesterday"),
        fetched(unseen=CONDITIONS),
    ),
    must(
        "RFC 9111 §4.3.1",
        "a tag that Weir made is not asked about: the origin does not know it",
        fetched(FRESH),
        hit(gives=["ETag"]),
        fetched(asks=["Cache-Control: no-cache"], unseen=CONDITIONS),
    ),
    should(
        "RFC 9111 §4.2.2",
        "an answer without a lifetime that has a validator is validated each time",
        fetched('ETag: "a"'),
        validated('ETag: "a"', sees=['If-None-Match: "a"']),
        validated('ETag: "a"', sees=['If-None-Match: "a"']),
    ),
    should(
        "RFC 9111 §5.2.2.2",
        "must-revalidate that is stale is validated",
        fetched("Cache-Control: max-age=10, must-revalidate", "Age: 20", 'ETag: "a"'),
        validated('ETag: "a"', sees=['If-None-Match: "a"']),
    ),
    must(
        "RFC 9111 §4.3.3",
        "a full answer is given in place of the stored one, and stored",
        fetched(*STALE, 'ETag: "a"'),
        fetched(FRESH, 'ETag: "b"', sees=['If-None-Match: "a"'], gives=['ETag: "b"']),
        hit(gives=['ETag: "b"']),
    ),
    must(
        "RFC 9111 §4.3.3",
        "a full answer that is not stored is given once",
        fetched(*STALE, 'ETag: "a"'),
        fetched("Cache-Control: no-store", sees=['If-None-Match: "a"']),
        fetched(),
    ),
    *(
        may(
            "RFC 9111 §4.3.3",
            f"a {status} to a validation passes where nothing permits stale answers",
            fetched(*STALE, 'ETag: "a"'),
            passed(status=status, sees=['If-None-Match: "a"']),
            validated(FRESH, 'ETag: "a"', sees=['If-None-Match: "a"']),
            hit(),
        )
        for status in (500, 502, 503, 504)
    ),
    *(
        may(
            "RFC 9111 §4.3.3",
            f"a {status} to a validation ends what was stored: it is not there any more",
            fetched(*STALE, 'ETag: "a"'),
            fetched(status=status, sees=['If-None-Match: "a"']),
            fetched(unseen=CONDITIONS),
        )
        for status in (404, 410)
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 that speaks of another tag is not used: the answer is fetched anew",
        fetched(*STALE, 'ETag: "a"'),
        fetched(FRESH, 'ETag: "b"', status=304, gets=200, calls=2, unseen=CONDITIONS),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 that speaks of another date is not used: the answer is fetched anew",
        fetched(*STALE, MODIFIED),
        fetched(
            FRESH, "Last-Modified: Thu, 02 Jan 2020 00:00:00 GMT", status=304, gets=200, calls=2, unseen=CONDITIONS
        ),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 with a strong tag makes every variant fresh that the request could have had and that has the tag",
        fetched(*STALE, TAG, "Vary: Foo", says="same", asks=["Foo: 1"]),
        fetched(*STALE, TAG, says="same", asks=["Foo: 2"]),
        validated(FRESH, TAG, asks=["Foo: 1"], sees=['If-None-Match: "a"']),
        hit(asks=["Foo: 1"]),
        hit(asks=["Foo: 2"]),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 with a strong tag leaves a variant stale that the request could not have had",
        fetched(*STALE, TAG, "Vary: Foo", says="same", asks=["Foo: 1"]),
        fetched(*STALE, TAG, "Vary: Foo", says="same", asks=["Foo: 2"]),
        validated(FRESH, TAG, "Vary: Foo", asks=["Foo: 1"], sees=['If-None-Match: "a"']),
        hit(asks=["Foo: 1"]),
        validated(FRESH, TAG, "Vary: Foo", asks=["Foo: 2"], sees=['If-None-Match: "a"']),
        hit(asks=["Foo: 2"]),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 with a weak tag makes one variant fresh",
        fetched(*STALE, 'ETag: W/"a"', "Vary: Foo", asks=["Foo: 1"]),
        fetched(*STALE, 'ETag: W/"a"', "Vary: Foo", asks=["Foo: 2"]),
        validated(FRESH, 'ETag: W/"a"', "Vary: Foo", asks=["Foo: 2"]),
        fetched(asks=["Foo: 1"]),
    ),
    must(
        "RFC 9111 §3.5",
        "what was validated for somebody's credentials is not fresh for others",
        fetched(*STALE, TAG),
        validated(FRESH, TAG, asks=["Authorization: Basic YTpi"]),
        fetched(),
    ),
    must(
        "RFC 9111 §4.2.3",
        "a 304's Date is an age",
        fetched("Cache-Control: max-age=1000", "Age: 2000", TAG),
        validated(TAG, "Date: <-100>"),
        hit(age=(99, 104)),
    ),
    should(
        "RFC 9111 §4.2.3",
        "a 304 without a Date is new",
        fetched("Cache-Control: max-age=100", "Date: <-200>", TAG),
        validated(TAG, dated=False),
        hit(age=(0, 3)),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 brings a new Expires",
        fetched("Expires: <-60>", TAG),
        validated("Expires: <+60>", TAG),
        hit(),
    ),
    may(
        "RFC 9111 §4.3.4",
        "a 304 without a validator is of what was asked about",
        fetched(*STALE, 'ETag: "a"'),
        validated(FRESH, gives=['ETag: "a"']),
        hit(),
    ),
    may(
        "RFC 9111 §4.3.4",
        "a 304 whose tag is weak speaks of the strong one that was asked about",
        fetched(*STALE, 'ETag: "a"'),
        validated(FRESH, 'ETag: W/"a"', gives=['ETag: "a"']),
        hit(gives=['ETag: "a"']),
    ),
    should(
        "RFC 9111 §4.3.4",
        "a 304 for a date makes fresh",
        fetched(*STALE, MODIFIED),
        validated(FRESH, sees=[SINCE]),
        hit(),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 that gives no lifetime leaves the stored one, which begins anew",
        fetched("Cache-Control: max-age=100", "Age: 200", 'ETag: "a"'),
        validated('ETag: "a"'),
        hit(),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 that says no-store ends what was stored",
        fetched(*STALE, 'ETag: "a"'),
        validated("Cache-Control: no-store", 'ETag: "a"'),
        fetched(unseen=CONDITIONS),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 that says no-cache is used once",
        fetched(*STALE, 'ETag: "a"'),
        validated("Cache-Control: no-cache", 'ETag: "a"'),
        validated(FRESH, 'ETag: "a"'),
        hit(),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 that is stale itself is used once",
        fetched(*STALE, 'ETag: "a"'),
        validated('ETag: "a"', *STALE),
        validated('ETag: "a"', sees=['If-None-Match: "a"']),
    ),
    should(
        "RFC 9111 §4.3.3",
        "a status other than 200 is validated as well",
        fetched(*STALE, 'ETag: "a"', status=404),
        validated(FRESH, 'ETag: "a"', sees=['If-None-Match: "a"']),
        hit(gets=404),
    ),
    may(
        "RFC 9111 §4.2.2",
        "a 304 without a lifetime has the route's",
        fetched("Cache-Control: max-age=0", 'ETag: "a"'),
        validated("Cache-Control: public", 'ETag: "a"'),
        hit(),
        route=LASTING,
    ),
    must(
        "RFC 9111 §4.3.1",
        "the validation has the request's own fields",
        fetched(*STALE, 'ETag: "a"', asks=["Accept: text/a", "Foo: 1"]),
        validated(FRESH, 'ETag: "a"', asks=["Accept: text/b", "Foo: 2"], sees=["Accept: text/b", "Foo: 2"]),
    ),
    should(
        "RFC 9110 §8.8.3",
        "a tag is compared as it stands, backslashes and all",
        fetched(*STALE, 'ETag: "a\\b,c"'),
        validated(FRESH, 'ETag: "a\\b,c"', sees=['If-None-Match: "a\\b,c"']),
        hit(asks=['If-None-Match: "x", "a\\b,c"'], gets=304),
    ),
]
