"""What a row of the tables is made of: who asks for what, what the origin would answer, and what has to come of it.

Lines of fields are written as on the wire. In those of a reply `{base}` is the row's own path. In all of them `<+60>`
is the date 60 seconds from now, `<850+60>` and `<asc+60>` the same in the two obsolete forms (RFC 9110 §5.6.7).
"""

import re
import time
from dataclasses import dataclass
from email.utils import formatdate

MUST, SHOULD, MAY = "MUST", "SHOULD", "MAY"

# Settings of the routes, by the first segment of their paths.
PLAIN = "plain"
LASTING = "lasting"
TOLERANT = "tolerant"
HURRIED = "hurried"
HEURISTIC = "heuristic"
FIRM = "firm"
UNCODED = "uncoded"
UNTAGGED = "untagged"

# How a reply fails.
UNANSWERED = "unanswered"
CUT = "cut"

# How it ends where its length is not told.
LENGTH, CHUNKED, CLOSE = "length", "chunked", "close"


@dataclass(frozen=True)
class Reply:
    """What the origin answers while a step lasts. A 304 goes to conditional requests alone, others get a 200."""

    status: int = 200
    fields: tuple = ()
    body: str | None = None
    framing: str = LENGTH
    hints: tuple = ()
    delay: float = 0
    breaks: str | None = None
    dated: bool = True
    trailers: tuple = ()


@dataclass(frozen=True)
class Step:
    """One request, or a pause."""

    kind: str
    reply: Reply = Reply()
    method: str = "GET"
    path: str = ""
    host: str = "weir.test"
    asks: tuple = ()
    sends: str | None = None
    gets: int | None = None
    body: str | None = None
    gives: tuple = ()
    lacks: tuple = ()
    same: tuple = ()
    sees: tuple = ()
    unseen: tuple = ()
    age: tuple | None = None
    status_says: tuple = ()
    status_matches: str | None = None
    any_body: bool = False
    holds: tuple = ()
    calls: int | None = None
    keeps: bool = True
    refreshes: int = 0
    settles: bool = False
    seconds: float = 0
    count: int = 1
    hinted: tuple | None = None


@dataclass(frozen=True)
class Row:
    """One behaviour. `fails` says why it is known to fail."""

    level: str
    section: str
    name: str
    steps: tuple
    route: str = PLAIN
    fails: str | None = None


def _row(level):
    def make(section, name, *steps, route=PLAIN, fails=None):
        return Row(level, section, name, steps, route, fails)

    return make


must, should, may = _row(MUST), _row(SHOULD), _row(MAY)

_OF_REPLIES = ("status", "framing", "hints", "delay", "breaks", "dated", "trailers")


def _step(kind, lines, more):
    reply = {name: more.pop(name) for name in _OF_REPLIES if name in more}
    if "says" in more:
        reply["body"] = more.pop("says")
    return Step(kind, Reply(fields=lines, **reply), **more)


def fetched(*lines, **more):
    """The origin is asked once, and its answer, with these fields, is what the client gets.

    Of the reply: `status`, `says` (its body), `framing`, `hints`, `delay`, `breaks`, `dated`, `trailers`.

    Of the request: `method`, `path` (behind the row's), `host`, `asks` (lines), `sends` (a body).

    Of what comes of it: `gets` (a status), `body`, `any_body` (do not compare it), `holds` (what is in it), `gives`
    (lines the client gets, all of that name, or names), `lacks` (lines or names it does not get), `same` (names of
    fields as the origin gave them), `age` (least and most), `status_says` (parameters of Weir's member of Cache-Status),
    `status_matches` (an expression for all of it), `hinted` (1xx responses), `calls`; and of the request at the origin
    `sees` (lines or names) and `unseen` (names).
    """
    return _step("fetched", lines, more)


def passed(*lines, **more):
    """As ``fetched``; what was stored before stays what is stored."""
    return fetched(*lines, keeps=False, **more)


def failed(**more):
    """The origin is asked once, breaks off without a word, and that is a 502."""
    return passed(breaks=UNANSWERED, gets=502, any_body=True, **more)


def hit(*lines, **more):
    """The stored answer is what the client gets; the origin is not asked, or `refreshes` times behind it.

    With `settles` this is tried until it holds: what goes on behind has to end first."""
    return _step("hit", lines, more)


def validated(*lines, **more):
    """The origin is asked once, answers 304 with these fields, and the client gets the stored body."""
    return _step("validated", lines, {"status": 304} | more)


def stood_in(*lines, **more):
    """The origin fails, and the client gets the stored answer all the same."""
    return _step("stood_in", lines, more)


def refused(status, **more):
    """The origin is not asked, and the answer is Weir's own."""
    return _step("refused", (), {"gets": status} | more)


def crowd(count, *lines, **more):
    """So many ask at once; the origin is asked once."""
    return _step("crowd", lines, {"count": count, "delay": 1.0} | more)


def pause(seconds):
    """Time in which something becomes stale."""
    return Step("pause", seconds=seconds)


_DATE = re.compile(r"<(850|asc)?([+-]?\d+)>")
_DAYS = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}


def dated(line):
    """The line with its dates as of now."""
    return _DATE.sub(lambda found: _date(found[1], int(found[2])), line)


def _date(form, offset):
    moment = time.time() + offset
    date = formatdate(moment, usegmt=True)
    if form == "850":
        day, month, year = date[5:16].split()
        return f"{_DAYS[date[:3]]}, {day}-{month}-{year[2:]} {date[17:]}"
    return time.asctime(time.gmtime(moment)) if form == "asc" else date
