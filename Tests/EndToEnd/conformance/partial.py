"""Parts of a stored response, and responses that are parts (RFC 9110 §14, RFC 9111 §3.3, §3.4)."""

from conformance.row import fetched, hit, may, must, refused, should, validated

FRESH = "Cache-Control: max-age=3600"
STALE = ("Cache-Control: max-age=10", "Age: 20")
TAG = 'ETag: "abc"'
TEXT = "0123456789A"
OLD = "Wed, 01 Jan 2020 00:00:00 GMT"


def _part(name, ranges, body, content_range, level=should, section="RFC 9110 §14.2"):
    return level(
        section,
        name,
        fetched(FRESH, TAG, says=TEXT),
        hit(
            asks=[f"Range: {ranges}"],
            gets=206,
            body=body,
            gives=[f"Content-Range: {content_range}", f"Content-Length: {len(body)}"],
        ),
    )


def _whole(level, name, *asks, section="RFC 9110 §14.2", stored=(TAG,), **more):
    return level(
        section,
        name,
        fetched(FRESH, *stored, says=TEXT),
        hit(asks=asks, gets=200, body=TEXT, lacks=["Content-Range"]),
        **more,
    )


def _if_range(level, name, stored, validator, *, part):
    asks = ["Range: bytes=0-1", f"If-Range: {validator}"]
    if not part:
        return _whole(level, name, *asks, section="RFC 9110 §13.1.5", stored=stored)
    return level("RFC 9110 §13.1.5", name, fetched(FRESH, *stored, says=TEXT), hit(asks=asks, gets=206, body="01"))


ROWS = [
    _part("the first two bytes", "bytes=0-1", "01", "bytes 0-1/11"),
    _part("from the second byte on", "bytes=1-", "123456789A", "bytes 1-10/11"),
    _part("the last byte", "bytes=-1", "A", "bytes 10-10/11"),
    _part("a part in the midst", "bytes=3-5", "345", "bytes 3-5/11"),
    _part("all of it", "bytes=0-", TEXT, "bytes 0-10/11"),
    _part("an end that is too far is the end", "bytes=9-99", "9A", "bytes 9-10/11"),
    _part("more of the end than there is is all of it", "bytes=-99", TEXT, "bytes 0-10/11"),
    _part("a unit in odd case", "Bytes=0-1", "01", "bytes 0-1/11"),
    _part("white space in the set", "bytes= 0-1 ", "01", "bytes 0-1/11"),
    _part("ranges that overlap are one", "bytes=0-3,2-5", "012345", "bytes 0-5/11", may, "RFC 9110 §15.3.7.2"),
    _part("ranges that touch are one", "bytes=0-3,4-5", "012345", "bytes 0-5/11", may, "RFC 9110 §15.3.7.2"),
    _part("of two ranges the one that there is", "bytes=0-1,50-60", "01", "bytes 0-1/11"),
    should(
        "RFC 9110 §15.5.17",
        "a range behind the end is a 416 that tells the length",
        fetched(FRESH, TAG, says=TEXT),
        refused(416, asks=["Range: bytes=50-60"], gives=["Content-Range: bytes */11"]),
        hit(),
    ),
    should(
        "RFC 9110 §15.3.7.2",
        "two ranges come as multipart/byteranges",
        fetched(FRESH, TAG, says=TEXT),
        hit(
            asks=["Range: bytes=0-1,5-6"],
            gets=206,
            lacks=["Content-Range"],
            any_body=True,
            holds=[
                "Content-Range: bytes 0-1/11\r\n",
                "\r\n\r\n01\r\n",
                "Content-Range: bytes 5-6/11\r\n",
                "\r\n\r\n56\r\n",
            ],
        ),
    ),
    _whole(must, "a unit that is not known", "Range: lines=0-1"),
    _whole(must, "a range that is malformed: letters", "Range: bytes=a-b"),
    _whole(must, "a range that is malformed: backwards", "Range: bytes=5-1"),
    _whole(must, "a range that is malformed: nothing", "Range: bytes="),
    _whole(may, "two lines of Range", "Range: bytes=0-1", "Range: bytes=3-4"),
    _whole(
        may,
        "more ranges than Weir gives",
        "Range: bytes=" + ",".join(f"{n}-{n}" for n in [0, 2, 4, 6, 8] * 8),
        section="RFC 9110 §14.2",
    ),
    must(
        "RFC 9110 §14.2",
        "HEAD has no parts",
        fetched(FRESH, TAG, says=TEXT),
        hit(method="HEAD", asks=["Range: bytes=0-1"], gets=200, gives=["Content-Length: 11"]),
    ),
    must(
        "RFC 9110 §14.2",
        "a status other than 200 has no parts",
        fetched(FRESH, status=404, says=TEXT),
        hit(asks=["Range: bytes=0-1"], gets=404, body=TEXT),
    ),
    should(
        "RFC 9110 §15.3.7",
        "a 206 has the fields of the stored answer",
        fetched(FRESH, TAG, "A: 1", "Vary: B", "Content-Location: /c", says=TEXT),
        hit(
            asks=["Range: bytes=0-1"],
            gets=206,
            body="01",
            gives=[FRESH, TAG, "A: 1", "Vary: B", "Content-Location: /c"],
            same=["Date"],
        ),
    ),
    # If-Range
    _if_range(should, "If-Range: the same strong tag", [TAG], '"abc"', part=True),
    _if_range(must, "If-Range: another tag", [TAG], '"abd"', part=False),
    _if_range(must, "If-Range: the weak form of a strong tag", [TAG], 'W/"abc"', part=False),
    _if_range(must, "If-Range: the same weak tag", ['ETag: W/"abc"'], 'W/"abc"', part=False),
    _if_range(must, "If-Range: a tag without quotation marks", [TAG], "abc", part=False),
    _if_range(must, "If-Range: a list of tags", [TAG], '"abc", "d"', part=False),
    _if_range(should, "If-Range: the same date, a strong one", [f"Last-Modified: {OLD}"], OLD, part=True),
    _if_range(must, "If-Range: another date", [f"Last-Modified: {OLD}"], "Thu, 02 Jan 2020 00:00:00 GMT", part=False),
    _if_range(must, "If-Range: a date that is weak", ["Last-Modified: <0>", "Date: <0>"], "<0>", part=False),
    must(
        "RFC 9110 §13.2.2",
        "a condition that holds comes before a range",
        fetched(FRESH, TAG, says=TEXT),
        hit(asks=["Range: bytes=0-1", 'If-None-Match: "abc"'], gets=304),
    ),
    must(
        "RFC 9110 §13.2.2",
        "a condition that does not hold lets the range count",
        fetched(FRESH, TAG, says=TEXT),
        hit(asks=["Range: bytes=0-1", 'If-None-Match: "x"'], gets=206, body="01"),
    ),
    # Between client and origin
    should(
        "RFC 9111 §4.3.1",
        "a range of what is stale is of what turns out to be right still",
        fetched(*STALE, TAG, says=TEXT),
        validated(
            FRESH, TAG, asks=["Range: bytes=0-1"], sees=['If-None-Match: "abc"'], unseen=["Range"], gets=206, body="01"
        ),
        hit(),
    ),
    may(
        "RFC 9111 §3.3",
        "a range of what is not stored passes, and so does its answer",
        fetched(
            FRESH,
            "Content-Range: bytes 0-1/11",
            status=206,
            asks=["Range: bytes=0-1"],
            says="01",
            sees=["Range: bytes=0-1"],
            gives=["Content-Range: bytes 0-1/11"],
        ),
    ),
    must(
        "RFC 9111 §3.4",
        "a part is not given for the whole",
        fetched(FRESH, "Content-Range: bytes 0-1/11", status=206, asks=["Range: bytes=0-1"], says="01"),
        fetched(FRESH),
        hit(),
    ),
    must(
        "RFC 9111 §3.4",
        "a part that nobody asked for is not given for the whole",
        fetched(FRESH, "Content-Range: bytes 0-1/11", status=206, says="01"),
        fetched(FRESH),
    ),
    *(
        may(
            "RFC 9111 §3.4",
            f"parts are not stored, nor given: {ranges}",
            fetched(FRESH, TAG, "Content-Range: bytes 6-10/11", status=206, asks=["Range: bytes=-5"], says="6789A"),
            fetched(FRESH, status=206, asks=[f"Range: {ranges}"], sees=[f"Range: {ranges}"], says="6"),
        )
        for ranges in ("bytes=-5", "bytes=7-9", "bytes=7-", "bytes=-1")
    ),
    may(
        "RFC 9111 §3.4",
        "parts are not completed: the whole is asked for",
        fetched(FRESH, TAG, "Content-Range: bytes 0-4/11", status=206, asks=["Range: bytes=0-4"], says="01234"),
        fetched(FRESH, unseen=["Range"]),
        hit(),
    ),
    may("RFC 9111 §3.3", "a whole answer to a range passes", fetched(FRESH, asks=["Range: bytes=0-1"], says=TEXT)),
    must(
        "RFC 9110 §14.2",
        "a range on another method goes to the origin",
        fetched(FRESH),
        fetched(method="POST", sends="a", asks=["Range: bytes=0-1"], sees=["Range: bytes=0-1"]),
    ),
]
