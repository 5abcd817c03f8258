"""What a client's Cache-Control asks for (RFC 9111 §5.2.1, §5.4, RFC 5861 §4)."""

from conformance.row import FIRM, fetched, hit, may, must, passed, refused, should, stood_in, validated

FRESH = "Cache-Control: max-age=3600"
STALE = ("Cache-Control: max-age=10", "Age: 20")
TAG = 'ETag: "a"'


def _asks(*directives):
    return {"asks": [f"Cache-Control: {directive}" for directive in directives]}


ROWS = [
    # max-age
    should(
        "RFC 9111 §5.2.1.1",
        "max-age=0 has what is stored validated once it is a second old",
        fetched(FRESH, "Age: 1", TAG),
        validated(FRESH, TAG, sees=['If-None-Match: "a"'], **_asks("max-age=0")),
    ),
    should(
        "RFC 9111 §5.2.1.1",
        "max-age is shorter than the age",
        fetched(FRESH, "Age: 1800"),
        fetched(**_asks("max-age=600")),
    ),
    should(
        "RFC 9111 §5.2.1.1", "max-age is longer than the age", fetched(FRESH, "Age: 600"), hit(**_asks("max-age=1800"))
    ),
    should("RFC 9111 §5.2.1.1", "max-age may be quoted", fetched(FRESH, "Age: 600"), hit(**_asks('max-age="1800"'))),
    must("RFC 9111 §5.2.1.1", "max-age makes nothing fresh", fetched(*STALE), fetched(**_asks("max-age=3600"))),
    may(
        "RFC 9111 §5.2.1.1", "max-age that cannot be read is 0", fetched(FRESH, "Age: 1"), fetched(**_asks("max-age=a"))
    ),
    # min-fresh
    should("RFC 9111 §5.2.1.3", "min-fresh is more than is left", fetched(FRESH), fetched(**_asks("min-fresh=4000"))),
    should(
        "RFC 9111 §5.2.1.3",
        "min-fresh is more than age leaves",
        fetched(FRESH, "Age: 3000"),
        fetched(**_asks("min-fresh=1000")),
    ),
    should(
        "RFC 9111 §5.2.1.3",
        "min-fresh is less than is left",
        fetched(FRESH, "Age: 1000"),
        hit(**_asks("min-fresh=1000")),
    ),
    should(
        "RFC 9111 §5.2.1.3",
        "min-fresh takes nothing stale",
        fetched(*STALE, TAG),
        fetched(**_asks("min-fresh=1, max-stale")),
    ),
    # max-stale
    may("RFC 9111 §5.2.1.2", "max-stale takes what is stale", fetched(*STALE, TAG), hit(**_asks("max-stale=100"))),
    may(
        "RFC 9111 §5.2.1.2",
        "max-stale takes what is stale and has no validator",
        fetched(*STALE),
        hit(**_asks("max-stale=100")),
    ),
    may(
        "RFC 9111 §5.2.1.2",
        "max-stale takes what has an age and is stale",
        fetched("Cache-Control: max-age=1500", "Age: 2000"),
        hit(**_asks("max-stale=1000")),
    ),
    may(
        "RFC 9111 §5.2.1.2",
        "max-stale without a value takes all",
        fetched("Cache-Control: max-age=1", "Age: 9999", TAG),
        hit(**_asks("max-stale")),
    ),
    must(
        "RFC 9111 §5.2.1.2",
        "max-stale takes no more than it says",
        fetched(*STALE, TAG),
        fetched(**_asks("max-stale=5")),
    ),
    *(
        must(
            "RFC 9111 §4.2.4",
            f"max-stale does not outweigh {control}",
            fetched(f"Cache-Control: {control}", "Age: 20", TAG),
            fetched(sees=['If-None-Match: "a"'], **_asks("max-stale=100")),
        )
        for control in (
            "max-age=10, must-revalidate",
            "max-age=10, proxy-revalidate",
            "s-maxage=10",
            "max-age=100, no-cache",
        )
    ),
    # no-cache
    should(
        "RFC 9111 §5.2.1.4",
        "no-cache is not content with what is stored",
        fetched(FRESH),
        fetched(FRESH, **_asks("no-cache")),
        hit(),
    ),
    should(
        "RFC 9111 §5.2.1.4",
        "no-cache validates by a tag",
        fetched(FRESH, TAG),
        validated(FRESH, TAG, sees=['If-None-Match: "a"'], **_asks("no-cache")),
    ),
    should(
        "RFC 9111 §5.2.1.4",
        "no-cache validates by a date",
        fetched(FRESH, "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT"),
        validated(FRESH, sees=["If-Modified-Since: Wed, 01 Jan 2020 00:00:00 GMT"], **_asks("no-cache")),
    ),
    should("RFC 9111 §5.2.1.4", "no-cache in odd case", fetched(FRESH), fetched(**_asks("No-CaChE"))),
    should(
        "RFC 9111 §5.2.1.4", "no-cache on the second line", fetched(FRESH), fetched(**_asks("max-age=3600", "no-cache"))
    ),
    should(
        "RFC 9111 §5.2.1.4",
        "no-cache goes on to the origin",
        fetched(sees=["Cache-Control: no-cache"], **_asks("no-cache")),
    ),
    # no-store
    must(
        "RFC 9111 §5.2.1.5", "no-store keeps the answer out", fetched(FRESH, **_asks("no-store")), fetched(FRESH), hit()
    ),
    may("RFC 9111 §5.2.1.5", "no-store goes past what is stored", fetched(FRESH), fetched(**_asks("no-store"))),
    must(
        "RFC 9111 §5.2.1.5", "no-store leaves what is stored", fetched(FRESH), passed(FRESH, **_asks("no-store")), hit()
    ),
    # only-if-cached
    should(
        "RFC 9111 §5.2.1.7", "only-if-cached where nothing is stored is a 504", refused(504, **_asks("only-if-cached"))
    ),
    should(
        "RFC 9111 §5.2.1.7", "only-if-cached is given what is fresh", fetched(FRESH), hit(**_asks("only-if-cached"))
    ),
    should(
        "RFC 9111 §5.2.1.7",
        "only-if-cached is not given what is stale",
        fetched(*STALE, TAG),
        refused(504, **_asks("only-if-cached")),
    ),
    should(
        "RFC 9111 §5.2.1.7",
        "only-if-cached is not given another variant",
        fetched(FRESH, "Vary: A", asks=["A: 1"]),
        refused(504, **_asks("only-if-cached")),
    ),
    may(
        "RFC 9111 §5.2.1.7",
        "only-if-cached may take what is stale",
        fetched(*STALE, TAG),
        hit(**_asks("only-if-cached, max-stale")),
    ),
    should(
        "RFC 9111 §5.2.1.7",
        "only-if-cached beside no-cache is a 504",
        fetched(FRESH),
        refused(504, **_asks("only-if-cached, no-cache")),
    ),
    should("RFC 9111 §5.2.1.7", "only-if-cached on HEAD", refused(504, method="HEAD", **_asks("only-if-cached"))),
    should(
        "RFC 9111 §5.2.1.7",
        "only-if-cached beside no-store is a 504 where nothing is stored",
        refused(504, **_asks("only-if-cached, no-store")),
    ),
    should(
        "RFC 9111 §5.2.1.7",
        "only-if-cached beside a condition for the origin is a 504",
        refused(504, asks=['If-Match: "a"', "Cache-Control: only-if-cached"]),
    ),
    # What else there is
    must(
        "RFC 9111 §5.2.3",
        "directives that are not known are ignored",
        fetched(FRESH),
        hit(**_asks('nothing-to-see-here, a="b, no-cache"')),
    ),
    must(
        "RFC 9111 §5.2",
        "directives for responses mean nothing here",
        fetched(FRESH),
        hit(**_asks("private, s-maxage=0, must-revalidate")),
    ),
    may(
        "RFC 9111 §5.4",
        "Pragma: no-cache counts where there is no Cache-Control",
        fetched(FRESH),
        fetched(asks=["Pragma: no-cache"]),
    ),
    may(
        "RFC 9111 §5.4",
        "Pragma: no-cache does not count beside Cache-Control",
        fetched(FRESH),
        hit(asks=["Pragma: no-cache", "Cache-Control: max-stale=1"]),
    ),
    must(
        "RFC 9111 §5.4", "another Pragma does not count", fetched(FRESH), hit(asks=["Pragma: unrecognised-extension"])
    ),
    # A route may ignore some
    *(
        may("RFC 9111 §5.2.1", f"a route may ignore {line}", fetched(FRESH), hit(asks=[line]), route=FIRM)
        for line in ("Cache-Control: no-cache", "Cache-Control: max-age=0", "Pragma: no-cache")
    ),
    may(
        "RFC 9111 §5.2.1.1",
        "a route that ignores no-cache takes another max-age at its word",
        fetched(FRESH, "Age: 100"),
        fetched(FRESH, **_asks("max-age=50")),
        route=FIRM,
    ),
    must(
        "RFC 9111 §5.2.1.5",
        "a route that ignores no-cache does not ignore no-store",
        fetched(FRESH, **_asks("no-store")),
        fetched(FRESH),
        route=FIRM,
    ),
    # stale-if-error
    may(
        "RFC 5861 §4",
        "a request's stale-if-error takes what is stale for a failure",
        fetched(*STALE, TAG),
        stood_in(status=500, **_asks("stale-if-error=3600")),
    ),
    must(
        "RFC 5861 §4",
        "a request's stale-if-error takes no more than it says",
        fetched(*STALE, TAG),
        fetched(status=500, **_asks("stale-if-error=5")),
    ),
    must(
        "RFC 9111 §4.2.4",
        "a request's stale-if-error does not outweigh must-revalidate",
        fetched("Cache-Control: max-age=10, must-revalidate", "Age: 20", TAG),
        fetched(status=500, **_asks("stale-if-error=3600")),
    ),
]
