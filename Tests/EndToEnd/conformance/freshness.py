"""How long a response is fresh by Cache-Control (RFC 9111 §4.2, §4.2.1, §5.2.2.1, §5.2.2.10)."""

from conformance.row import LASTING, fetched, hit, may, must, pause, should


def _fresh(control):
    return fetched(f"Cache-Control: {control}"), hit()


def _stale(*controls):
    return fetched(*(f"Cache-Control: {control}" for control in controls)), fetched()


ROWS = [
    may("RFC 9111 §4.2.2", "an answer that says nothing of its lifetime is not reused", fetched(), fetched()),
    should("RFC 9111 §4.2.1", "max-age makes fresh", *_fresh("max-age=3600")),
    must(
        "RFC 9111 §4.2",
        "fresh until max-age is over, and not longer",
        fetched("Cache-Control: max-age=3"),
        hit(),
        pause(3.6),
        fetched(),
    ),
    must("RFC 9111 §4.2.1", "max-age=0 is stale at once", *_stale("max-age=0")),
    *(
        should("RFC 9111 §1.2.2", f"max-age={seconds} counts as 2^31", *_fresh(f"max-age={seconds}"))
        for seconds in (2147483647, 2147483648, 2147483649, 99999999999, 10**40)
    ),
    should("RFC 9111 §1.2.2", "zeros in front do not matter", *_fresh("max-age=003600")),
    *(
        should("RFC 9111 §4.2.1", f"a lifetime that cannot be read is none: {control}", *_stale(control))
        for control in (
            "max-age",
            "max-age=",
            'max-age=""',
            "max-age=-3600",
            "max-age=+3600",
            "max-age=3600.0",
            "max-age=3600.5",
            "max-age=a3600",
            "max-age=3600a",
            "max-age='3600'",
            "max-age=0x3600",
            "max-age=3 600",
            'max-age="3600"x',
            "s-maxage=x, max-age=3600",
        )
    ),
    *(
        may("RFC 9111 §4.2.1", f"white space around the equals sign is an error: {control}", *_stale(control))
        for control in ("max-age =3600", "max-age= 3600", "max-age = 3600", "max-age\t=3600")
    ),
    should("RFC 9111 §5.2", "a lifetime may be quoted", *_fresh('max-age="3600"')),
    should("RFC 9111 §5.2", "a lifetime may be quoted with escapes", *_fresh('max-age="36\\00"')),
    must("RFC 9111 §5.2", "what is quoted is no directive, in front", *_stale('x="max-age=3600", max-age=0')),
    must("RFC 9111 §5.2", "what is quoted is no directive, behind", *_stale('max-age=0, x="max-age=3600"')),
    must(
        "RFC 9111 §5.2", "what is quoted is no directive, escapes", *_stale('x="a\\", max-age=3600, b=\\"", max-age=0')
    ),
    must("RFC 9111 §5.2", "a comma that is quoted parts nothing", *_stale('x="a, max-age=3600"')),
    must("RFC 9111 §5.2", "what is quoted cannot forbid", *_fresh('x="no-store, private", max-age=3600')),
    must("RFC 9111 §5.2", "directives are told by their whole name", *_stale("x-max-age=3600, max-agee=3600")),
    should("RFC 9111 §5.2", "names are told in any case", *_fresh("MaX-aGe=3600")),
    should("RFC 9110 §5.6.1", "empty members and white space mean nothing", *_fresh(",, \t max-age=3600 \t,,")),
    should("RFC 9111 §5.2.3", "a directive that is not known does no harm", *_fresh("foobar, max-age=3600")),
    should(
        "RFC 9111 §5.2.3", "a directive that is not known may have an argument", *_fresh('foo=bar, b="c", max-age=3600')
    ),
    *(
        may(
            "RFC 9111 §4.2.1", f"of several lifetimes the shortest counts: {' and '.join(controls)}", *_stale(*controls)
        )
        for controls in (
            ("max-age=1800, max-age=0",),
            ("max-age=1800", "max-age=0"),
            ("max-age=0, max-age=1800",),
            ("max-age=0", "max-age=1800"),
            ("s-maxage=0, s-maxage=1800",),
        )
    ),
    should("RFC 9111 §5.2.2.10", "s-maxage makes fresh", *_fresh("s-maxage=3600")),
    must("RFC 9111 §5.2.2.10", "s-maxage beats a longer max-age", *_stale("max-age=3600, s-maxage=0")),
    must("RFC 9111 §5.2.2.10", "s-maxage beats a longer max-age behind it", *_stale("s-maxage=0, max-age=3600")),
    must(
        "RFC 9111 §5.2.2.10", "s-maxage beats a longer max-age on another line", *_stale("max-age=3600", "s-maxage=0")
    ),
    should("RFC 9111 §5.2.2.10", "s-maxage beats a shorter max-age", *_fresh("max-age=0, s-maxage=3600")),
    should(
        "RFC 9111 §5.2.2.10",
        "s-maxage beats max-age=0 and an Expires in the past",
        fetched("Expires: <-10>", "Cache-Control: max-age=0, s-maxage=3600"),
        hit(),
    ),
    should(
        "RFC 9111 §5.2.2.1",
        "max-age beats an Expires in the past",
        fetched("Cache-Control: max-age=3600", "Expires: <-7200>"),
        hit(),
    ),
    should(
        "RFC 9111 §5.2.2.1",
        "max-age beats an Expires that is no date",
        fetched("Cache-Control: max-age=3600", "Expires: 0"),
        hit(),
    ),
    must(
        "RFC 9111 §5.2.2.1",
        "max-age=0 beats an Expires in the future",
        fetched("Cache-Control: max-age=0", "Expires: <+3600>"),
        fetched(),
    ),
    should("RFC 9111 §5.2.2.9", "public alone is no lifetime", *_stale("public")),
    may(
        "RFC 8246 §2",
        "immutable does not keep a client from asking anew",
        fetched("Cache-Control: max-age=3600, immutable"),
        hit(),
        fetched(asks=["Cache-Control: no-cache"]),
    ),
    must(
        "RFC 8246 §2",
        "immutable does not outlive the lifetime",
        fetched("Cache-Control: max-age=10, immutable", "Age: 20", 'ETag: "a"'),
        fetched(sees=['If-None-Match: "a"']),
    ),
    must(
        "RFC 9111 §5.4",
        "Pragma in a response says nothing",
        fetched("Pragma: no-cache", "Cache-Control: max-age=60"),
        hit(),
    ),
    must("RFC 9111 §5.4", "Pragma in a response makes nothing fresh", fetched("Pragma: max-age=3600"), fetched()),
    may("RFC 9111 §4.2.2", "a route's ttl is for answers that are silent", fetched(), hit(), route=LASTING),
    must("RFC 9111 §4.2.1", "a route's ttl is not for max-age=0", *_stale("max-age=0"), route=LASTING),
    must("RFC 9111 §4.2.1", "a route's ttl is not for Expires: 0", fetched("Expires: 0"), fetched(), route=LASTING),
    must("RFC 9111 §5.2.2.4", "a route's ttl is not for no-cache", *_stale("no-cache"), route=LASTING),
]
