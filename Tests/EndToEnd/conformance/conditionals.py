"""Clients who say what they have (RFC 9111 §4.3.2, RFC 9110 §13)."""

from conformance.row import UNTAGGED, fetched, hit, may, must, passed, should, validated

FRESH = "Cache-Control: max-age=3600"
STALE = ("Cache-Control: max-age=10", "Age: 20")
TAG = 'ETag: "abc"'
OLD, LATER = "Wed, 01 Jan 2020 00:00:00 GMT", "Thu, 02 Jan 2020 00:00:00 GMT"
MODIFIED = f"Last-Modified: {OLD}"
OTHERS = ["If-None-Match", "If-Modified-Since"]


def _told(level, name, stored, asks, status, section="RFC 9111 §4.3.2", **more):
    """With `stored` in the store, who asks so gets this status."""
    return level(section, name, fetched(FRESH, *stored), hit(asks=asks, gets=status), **more)


TAGS = [
    _told(should, "the same strong tag", [TAG], ['If-None-Match: "abc"'], 304),
    _told(should, "the same weak tag", ['ETag: W/"abc"'], ['If-None-Match: W/"abc"'], 304),
    _told(should, "the weak form of a strong tag", [TAG], ['If-None-Match: W/"abc"'], 304),
    _told(should, "the strong form of a weak tag", ['ETag: W/"abc"'], ['If-None-Match: "abc"'], 304),
    _told(must, "another tag", [TAG], ['If-None-Match: "abd"'], 200),
    _told(must, "a tag in another case", [TAG], ['If-None-Match: "ABC"'], 200),
    _told(should, "the first tag of a list", [TAG], ['If-None-Match: "abc", "1", "2"'], 304),
    _told(should, "a tag in the midst of a list", [TAG], ['If-None-Match: "1", "abc", "2"'], 304),
    _told(should, "the last tag of a list", [TAG], ['If-None-Match: "1", "2", "abc"'], 304),
    _told(should, "a tag of a list without spaces", [TAG], ['If-None-Match: "1",W/"abc","2"'], 304),
    _told(should, "a tag on the second line", [TAG], ['If-None-Match: "1"', 'If-None-Match: "abc"'], 304),
    _told(must, "a list of others", [TAG], ['If-None-Match: "ab", "abcd", "c"'], 200),
    _told(should, "a comma in a tag parts nothing", ['ETag: "a,b"'], ['If-None-Match: "x", "a,b"'], 304),
    _told(should, "any tag", [TAG], ["If-None-Match: *"], 304),
    _told(should, "any tag, where there is none", [MODIFIED], ["If-None-Match: *"], 304, route=UNTAGGED),
    _told(must, "a tag, where there is none", [MODIFIED], ['If-None-Match: "abc"'], 200, route=UNTAGGED),
    _told(should, "a tag with obs-text", ['ETag: "abc\u00fc"'], ['If-None-Match: "abc\u00fc"'], 304),
    _told(must, "an empty list", [TAG], ["If-None-Match: "], 200),
    _told(should, "an empty tag", ['ETag: ""'], ['If-None-Match: ""'], 304),
    _told(may, "a tag without its quotation marks is none", [TAG], ["If-None-Match: abc"], 200),
    _told(may, "a stored tag without quotation marks is none", ["ETag: abc"], ["If-None-Match: abc"], 200),
    _told(may, "a stored tag without quotation marks matches no tag", ["ETag: abc"], ['If-None-Match: "abc"'], 200),
    _told(may, "weakness in lower case is none", ['ETag: w/"abc"'], ['If-None-Match: w/"abc"'], 200),
    _told(may, "weakness with a backslash is none", ['ETag: W\\"abc"'], ['If-None-Match: W\\"abc"'], 200),
    _told(may, "weakness without a slash is none", ['ETag: W"abc"'], ['If-None-Match: W"abc"'], 200),
]

DATES = [
    _told(should, "the date of modification itself", [MODIFIED], [f"If-Modified-Since: {OLD}"], 304),
    _told(should, "a date after the modification", [MODIFIED], [f"If-Modified-Since: {LATER}"], 304),
    _told(must, "a date before the modification", [f"Last-Modified: {LATER}"], [f"If-Modified-Since: {OLD}"], 200),
    _told(should, "a date of RFC 850", ["Last-Modified: <-3000>"], ["If-Modified-Since: <850-2000>"], 304),
    _told(should, "a date of asctime()", ["Last-Modified: <-3000>"], ["If-Modified-Since: <asc-2000>"], 304),
    _told(must, "a date that cannot be read", [MODIFIED], ["If-Modified-Since: yesterday"], 200, "RFC 9110 §13.1.3"),
    _told(must, "two dates", [MODIFIED], [f"If-Modified-Since: {LATER}"] * 2, 200, "RFC 9110 §13.1.3"),
    _told(
        should,
        "a date after Date, where there is no date of modification",
        ["Date: <-60>"],
        ["If-Modified-Since: <-10>"],
        304,
    ),
    _told(
        must,
        "a date before Date, where there is no date of modification",
        ["Date: <-60>"],
        ["If-Modified-Since: <-3000>"],
        200,
    ),
]

PRECEDENCE = [
    _told(
        must,
        "a tag that matches beats a date that does not",
        [TAG, f"Last-Modified: {LATER}"],
        ['If-None-Match: "abc"', f"If-Modified-Since: {OLD}"],
        304,
        "RFC 9110 §13.2.2",
    ),
    _told(
        must,
        "a tag that does not match beats a date that does",
        [TAG, MODIFIED],
        ['If-None-Match: "x"', f"If-Modified-Since: {LATER}"],
        200,
        "RFC 9110 §13.2.2",
    ),
    must(
        "RFC 9110 §13.2.1",
        "a condition does not change a status other than 200",
        fetched(FRESH, TAG, status=404),
        hit(asks=['If-None-Match: "abc"'], gets=404),
    ),
    must(
        "RFC 9110 §13.1.3",
        "a date does not make a redirect a 304",
        fetched(FRESH, MODIFIED, "Location: /a", status=301),
        hit(asks=[f"If-Modified-Since: {LATER}"], gets=301),
    ),
]

TOLD = [
    must(
        "RFC 9110 §15.4.5",
        "a 304 has the fields that a 200 would have had, of those that matter to caches",
        fetched(FRESH, TAG, "Expires: <+60>", "Vary: A", "Content-Location: /b", "Date: <-5>", same=["Date"]),
        hit(
            asks=['If-None-Match: "abc"'],
            gets=304,
            gives=[TAG, FRESH, "Vary: A", "Content-Location: /b"],
            same=["Date", "Expires"],
        ),
    ),
    should(
        "RFC 9110 §15.4.5",
        "a 304 does not describe a body",
        fetched(FRESH, TAG, "Content-Language: en"),
        hit(asks=['If-None-Match: "abc"'], gets=304, lacks=["Content-Type", "Content-Length", "Content-Language"]),
    ),
    should(
        "RFC 9110 §8.8.3",
        "a tag that Weir made is known to it",
        fetched(FRESH, says="made"),
        hit(asks=["If-None-Match: *"], gets=304, gives=["ETag"]),
    ),
]

UPSTREAM = [
    should(
        "RFC 9111 §4.3.2",
        "who asks about what turns out to be right still is told 304",
        fetched(*STALE, MODIFIED),
        validated(FRESH, MODIFIED, asks=[f"If-Modified-Since: {OLD}"], sees=[f"If-Modified-Since: {OLD}"], gets=304),
        hit(),
    ),
    should(
        "RFC 9111 §4.3.2",
        "who has an older tag is given what turns out to be right still",
        fetched(*STALE, TAG),
        validated(FRESH, TAG, asks=['If-None-Match: "old"'], sees=['If-None-Match: "abc"']),
        hit(),
    ),
    should(
        "RFC 9111 §4.3.2",
        "who has what the origin says is new is told 304, and it is stored",
        fetched(*STALE, TAG),
        fetched(FRESH, 'ETag: "new"', asks=['If-None-Match: "new"'], sees=['If-None-Match: "abc"'], gets=304),
        hit(gives=['ETag: "new"'], settles=True),
    ),
    should(
        "RFC 9111 §4.3.2",
        "who reloads with the stored tag is told 304 once it turns out to be right still",
        fetched(FRESH, TAG),
        validated(
            FRESH,
            TAG,
            asks=['If-None-Match: "abc"', "Cache-Control: no-cache"],
            sees=['If-None-Match: "abc"'],
            gets=304,
        ),
    ),
    may(
        "RFC 9111 §4.3.2",
        "past the cache a 304 is the origin's own, and says nothing of what is stored",
        fetched(FRESH, TAG, "A: 1"),
        passed(TAG, "A: 2", status=304, asks=['If-None-Match: "abc"', "Cache-Control: no-store"], gives=["A: 2"]),
        hit(gives=["A: 1"]),
    ),
    may(
        "RFC 9111 §4.3.2",
        "a tag is not sent on where nothing is stored: the answer is wanted whole",
        fetched(FRESH, TAG, asks=['If-None-Match: "x"'], unseen=OTHERS),
        hit(),
    ),
    may(
        "RFC 9111 §4.3.2",
        "a tag that the fetched answer has is told 304",
        fetched(FRESH, TAG, asks=['If-None-Match: "abc"'], unseen=OTHERS, gets=304, gives=[TAG]),
        hit(settles=True),
    ),
    may(
        "RFC 9111 §4.3.2",
        "a date is not sent on where nothing is stored",
        fetched(FRESH, MODIFIED, asks=[f"If-Modified-Since: {OLD}"], unseen=OTHERS, gets=304),
        hit(settles=True),
    ),
    must(
        "RFC 9110 §13.1.1",
        "If-Match is for the origin to judge",
        fetched(FRESH, TAG),
        passed(FRESH, TAG, status=412, asks=['If-Match: "x"'], sees=['If-Match: "x"'], unseen=["If-None-Match"]),
        hit(),
    ),
    must(
        "RFC 9110 §13.1.4",
        "If-Unmodified-Since is for the origin to judge",
        fetched(FRESH, MODIFIED),
        passed(status=412, asks=[f"If-Unmodified-Since: {OLD}"], sees=[f"If-Unmodified-Since: {OLD}"]),
        hit(),
    ),
    must(
        "RFC 9110 §13.2.1",
        "a condition on another method goes to the origin",
        fetched(FRESH, TAG),
        passed(status=412, method="POST", sends="a", asks=['If-None-Match: "abc"'], sees=['If-None-Match: "abc"']),
        hit(),
    ),
]

ROWS = TAGS + DATES + PRECEDENCE + TOLD + UPSTREAM
