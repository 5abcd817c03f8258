"""The tables as `docs/CACHING.md` shows them."""

from conformance.tables import TABLES

BEGIN, END = "<!-- behaviours: begin -->\n", "<!-- behaviours: end -->\n"


def _rows(subject, rows):
    yield f"\n### {subject.replace('_', ' ')}\n"
    yield "\n| | behaviour | section |\n|---|---|---|\n"
    for row in rows:
        open_point = f" (**not yet**: {row.fails})" if row.fails else ""
        name = row.name.replace("|", "\\|").replace("*", "\\*")
        yield f"| {row.level} | {name}{open_point} | {row.section} |\n"


def behaviours():
    """A table for each subject, behind a line of figures."""
    every = [row for rows in TABLES.values() for row in rows]
    open_points = sum(row.fails is not None for row in every)
    yield f"{len(every)} behaviours, of which {len(every) - open_points} hold.\n"
    for subject, rows in TABLES.items():
        yield from _rows(subject, rows)


def with_behaviours(text):
    """The document with what the tables say now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "".join(behaviours()) + END + after
