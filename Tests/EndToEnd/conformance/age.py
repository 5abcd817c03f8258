"""How old a response is (RFC 9111 §4.2.3) and what is said of it (§5.1)."""

from conformance.row import fetched, hit, may, must, pause, should, validated

FRESH = "Cache-Control: max-age=3600"


def _read(level, what, *ages, stale):
    lines = [FRESH, *(f"Age: {age}" for age in ages)]
    return level("RFC 9111 §5.1", f"Age {what}", fetched(*lines), fetched() if stale else hit())


# Weir looks at the wall clock four times a second: what it makes of a Date may be a second less.
ROWS = [
    must("RFC 9111 §5.1", "a stored answer has an Age", fetched(FRESH), hit(age=(0, 3))),
    must("RFC 9111 §4.2.3", "Age grows with the time in the store", fetched(FRESH), pause(2.3), hit(age=(2, 5))),
    must("RFC 9111 §4.2.3", "Age grows from what it was", fetched(FRESH, "Age: 30"), pause(1.3), hit(age=(31, 34))),
    must(
        "RFC 9111 §4.2.3",
        "Age grows from what it was where Expires makes fresh",
        fetched("Expires: <+3600>", "Age: 30"),
        pause(1.3),
        hit(age=(31, 34)),
    ),
    must("RFC 9111 §4.2.3", "an old Date is an age", fetched(FRESH, "Date: <-100>"), hit(age=(99, 104))),
    must(
        "RFC 9111 §4.2.3",
        "the larger of Age and Date's age counts: Age",
        fetched(FRESH, "Date: <-100>", "Age: 200"),
        hit(age=(200, 204)),
    ),
    must(
        "RFC 9111 §4.2.3",
        "the larger of Age and Date's age counts: Date",
        fetched(FRESH, "Date: <-200>", "Age: 100"),
        hit(age=(199, 204)),
    ),
    must("RFC 9111 §4.2.3", "a Date that lies ahead is no age", fetched(FRESH, "Date: <+1000>"), hit(age=(0, 3))),
    must("RFC 9111 §4.2.3", "a Date older than the lifetime is stale", fetched(FRESH, "Date: <-7200>"), fetched()),
    should("RFC 9111 §4.2.3", "a Date that is no date is no age", fetched(FRESH, "Date: foo"), hit(age=(0, 3))),
    must(
        "RFC 9111 §4.2.3",
        "the time that the origin took is an age",
        fetched(FRESH, "Age: 10", delay=2.2),
        hit(age=(12, 15)),
    ),
    may("RFC 9111 §5.1", "an answer that passes keeps its Age", fetched("Age: 100", gives=["Age: 100"])),
    may("RFC 9111 §5.1", "an answer that passes is given none", fetched(FRESH, lacks=["Age"])),
    must(
        "RFC 9111 §4.3.4",
        "a 304 makes an answer young again",
        fetched("Cache-Control: max-age=100", "Age: 200", 'ETag: "a"'),
        validated("Cache-Control: max-age=100", 'ETag: "a"', lacks=["Age: 200"]),
        hit(age=(0, 3)),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304's own Age counts",
        fetched("Cache-Control: max-age=100", "Age: 200", 'ETag: "a"'),
        validated("Cache-Control: max-age=100", "Age: 50", 'ETag: "a"'),
        hit(age=(50, 53)),
    ),
    must(
        "RFC 9111 §5.1",
        "a stale answer that a client takes tells its whole age",
        fetched("Cache-Control: max-age=10", "Age: 20", 'ETag: "a"'),
        hit(asks=["Cache-Control: max-stale"], age=(20, 23)),
    ),
    must("RFC 9111 §4.2", "an Age beyond the lifetime is stale", fetched(FRESH, "Age: 7200"), fetched()),
    must("RFC 9111 §4.2", "an Age of the lifetime is stale", fetched(FRESH, "Age: 3600"), fetched()),
    *(
        _read(should, f"of {age} is stale", age, stale=True)
        for age in (2147483647, 2147483648, 2147483649, 99999999999, 10**40)
    ),
    should(
        "RFC 9111 §1.2.2",
        "Age is never told larger than 2^31",
        fetched("Cache-Control: max-age=10", "Age: 99999999999", 'ETag: "a"'),
        hit(asks=["Cache-Control: max-stale"], gives=["Age: 2147483648"]),
    ),
    _read(should, "that is no number is ignored", "abc", stale=False),
    _read(should, "that is negative is ignored", "-7200", stale=False),
    _read(should, "with a fraction is ignored", "7200.0", stale=False),
    _read(should, "that is quoted is ignored", '"7200"', stale=False),
    _read(should, "that is empty is ignored", "", stale=False),
    _read(may, "with a parameter is ignored", "7200;foo=bar", stale=False),
    _read(may, "with a parameter that is a number is ignored", "7200;foo=111", stale=False),
    _read(should, "as a list counts by its first member, the old one", "7200, 0", stale=True),
    _read(should, "as a list counts by its first member, the young one", "0, 7200", stale=False),
    _read(should, "on two lines counts by the first, the old one", "7200", "0", stale=True),
    _read(should, "on two lines counts by the first, the young one", "0", "7200", stale=False),
    _read(should, "as a list of the same", "0, 0", stale=False),
    _read(should, "on two lines of the same", "0", "0", stale=False),
    _read(should, "on two lines of the same, not old", "1800", "1800", stale=False),
    _read(should, "as a list whose first member cannot be read is ignored", "abc, 7200", stale=False),
]
