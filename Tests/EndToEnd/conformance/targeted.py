"""Directives for caches like this one alone (RFC 9213): Weir-Cache-Control, then CDN-Cache-Control."""

from conformance.row import UNANSWERED, fetched, hit, may, must, should, stood_in, validated

AHEAD, BEHIND = "Expires: <+3600>", "Expires: <-3600>"


def _cdn(value):
    return f"CDN-Cache-Control: {value}"


def _fresh(level, name, *lines, section="RFC 9213 §2.2", **more):
    return level(section, name, fetched(*lines), hit(), **more)


def _stale(level, name, *lines, section="RFC 9213 §2.2", **more):
    return level(section, name, fetched(*lines), fetched(), **more)


ROWS = [
    _fresh(should, "max-age makes fresh", _cdn("max-age=3600")),
    _fresh(should, "max-age=2147483648 counts as 2^31", _cdn("max-age=2147483648")),
    _fresh(should, "max-age=99999999999 counts as 2^31", _cdn("max-age=99999999999")),
    _stale(must, "an Age beyond max-age is stale", _cdn("max-age=3600"), "Age: 7200"),
    _stale(must, "max-age=0 is stale", _cdn("max-age=0")),
    _fresh(should, "a directive that is not known does no harm", _cdn("foobar, max-age=3600")),
    _fresh(should, "max-age beats an Expires in the past", _cdn("max-age=3600"), BEHIND),
    _fresh(should, "max-age beats an Expires that is no date", _cdn("max-age=3600"), "Expires: 0"),
    _stale(must, "max-age=0 beats an Expires in the future", _cdn("max-age=0"), AHEAD),
    _fresh(should, "a long max-age beats Cache-Control's", "Cache-Control: max-age=0", _cdn("max-age=3600")),
    _stale(must, "a short max-age beats Cache-Control's", "Cache-Control: max-age=3600", _cdn("max-age=0")),
    _stale(must, "a short max-age beats Cache-Control's s-maxage", "Cache-Control: s-maxage=3600", _cdn("max-age=0")),
    _fresh(should, "s-maxage beats max-age", _cdn("max-age=0, s-maxage=3600")),
    *(
        _stale(
            must, f"{directive} beats Cache-Control and Expires", _cdn(directive), "Cache-Control: max-age=3600", AHEAD
        )
        for directive in ("private", "no-cache", "no-store")
    ),
    *(
        _fresh(should, f"max-age beats Cache-Control: {directive}", f"Cache-Control: {directive}", _cdn("max-age=3600"))
        for directive in ("no-store", "private", "no-cache", "no-store, must-understand")
    ),
    _stale(
        must,
        "Cache-Control and Expires make nothing fresh beside it",
        _cdn("public"),
        "Cache-Control: max-age=60",
        AHEAD,
    ),
    should(
        "RFC 9213 §2.2",
        "must-revalidate of Cache-Control does not count beside it",
        fetched(_cdn("max-age=10, stale-if-error=60"), "Cache-Control: must-revalidate", "Age: 20"),
        stood_in(breaks=UNANSWERED),
    ),
    must(
        "RFC 9213 §2.2",
        "public opens an answer to a request with Authorization",
        fetched(_cdn("max-age=60, public"), "Cache-Control: private", asks=["Authorization: Basic YTpi"]),
        hit(),
    ),
    must(
        "RFC 9213 §2.2",
        "public of Cache-Control does not open one beside it",
        fetched(_cdn("max-age=60"), "Cache-Control: public", asks=["Authorization: Basic YTpi"]),
        fetched(),
    ),
    should(
        "RFC 9213 §2.2",
        "no-cache with a validator is validated",
        fetched(_cdn("no-cache"), "Cache-Control: max-age=3600", 'ETag: "a"'),
        validated(_cdn("max-age=60"), 'ETag: "a"'),
        hit(),
    ),
    # What is no Dictionary
    _stale(
        must,
        "what is malformed is ignored: an item of no type",
        _cdn("max-age=3600, &&&&&"),
        "Cache-Control: no-store",
        section="RFC 9213 §2.1",
    ),
    *(
        _stale(
            must,
            f"what is malformed is ignored: {value}",
            _cdn(value),
            "Cache-Control: no-store",
            section="RFC 9213 §2.1",
        )
        for value in (
            "max-age =3600",
            "max-age= 3600",
            "max-age=3600,",
            "max-age=3600 public",
            "max-age=",
            "MAX-AGE=3600",
        )
    ),
    _fresh(
        should,
        "what is malformed is ignored, and Cache-Control counts",
        _cdn("no-store, &"),
        "Cache-Control: max-age=60",
        section="RFC 9213 §2.1",
    ),
    _fresh(
        should,
        "what is empty is ignored, and Cache-Control counts",
        _cdn(""),
        "Cache-Control: max-age=60",
        section="RFC 9213 §2.1",
    ),
    _stale(
        must,
        "what is empty is ignored, and Cache-Control forbids",
        _cdn(""),
        "Cache-Control: no-store",
        section="RFC 9213 §2.1",
    ),
    _stale(may, "names are lower case, as in every Dictionary", _cdn("MaX-aGe=3600"), section="RFC 9213 §2.1"),
    *(
        _stale(
            must,
            f"an argument of another type is no lifetime: {value}",
            _cdn(value),
            "Cache-Control: no-store",
            section="RFC 9213 §2.1",
        )
        for value in (
            'max-age="3600"',
            "max-age=3600.0",
            "max-age=a",
            "max-age=?1",
            "max-age",
            "max-age=(3600)",
            "max-age=-3600",
        )
    ),
    _fresh(should, "parameters are ignored", _cdn("max-age=3600;a=1;b"), section="RFC 9213 §2.1"),
    _stale(
        must, "of one directive repeated the last counts", _cdn("max-age=3600, max-age=0"), section="RFC 9651 §4.2.2"
    ),
    _fresh(
        should,
        "of one directive repeated the last counts, the fresh one",
        _cdn("max-age=0, max-age=3600"),
        section="RFC 9651 §4.2.2",
    ),
    _stale(must, "lines count together", _cdn("max-age=3600"), _cdn("no-store"), section="RFC 9651 §4.2"),
    _fresh(
        should, "a directive that is false is not given", _cdn("max-age=3600, no-store=?0"), section="RFC 9213 §2.1"
    ),
    # On its way out
    may("RFC 9213 §3.1", "it goes on to the client", fetched(_cdn("foo"), gives=[_cdn("foo")])),
    should(
        "RFC 9213 §3.1",
        "it is kept",
        fetched(_cdn("max-age=3600"), gives=[_cdn("max-age=3600")]),
        hit(gives=[_cdn("max-age=3600")]),
    ),
    must(
        "RFC 9213 §2.2",
        "Age, Date and Expires are told as ever where it outlives Cache-Control",
        fetched("Cache-Control: max-age=1", "Expires: <+1>", _cdn("max-age=3600"), "Age: 30"),
        hit(age=(30, 33), same=["Date", "Expires", "Cache-Control"]),
    ),
    may(
        "RFC 9213 §3.2", "Surrogate-Control is no field of these", fetched("Surrogate-Control: max-age=3600"), fetched()
    ),
    may(
        "RFC 9213 §3.2",
        "Surrogate-Control forbids nothing",
        fetched("Surrogate-Control: no-store", "Cache-Control: max-age=60"),
        hit(),
    ),
    # Weir's own
    _fresh(should, "Weir-Cache-Control makes fresh", "Weir-Cache-Control: max-age=3600"),
    _fresh(
        should,
        "Weir-Cache-Control comes before CDN-Cache-Control",
        "Weir-Cache-Control: max-age=3600",
        _cdn("no-store"),
    ),
    _stale(
        must,
        "Weir-Cache-Control comes before CDN-Cache-Control to forbid too",
        "Weir-Cache-Control: no-store",
        _cdn("max-age=3600"),
    ),
    _fresh(
        should,
        "CDN-Cache-Control counts where Weir-Cache-Control is malformed",
        "Weir-Cache-Control: &",
        _cdn("max-age=3600"),
        "Cache-Control: no-store",
    ),
]
