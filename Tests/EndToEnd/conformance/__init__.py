"""What a shared cache has to do, should do and may do, row by row, and an origin and a client to see it done.

Each module but `row`, `origin` and `runner` is a table: `ROWS`, of one subject. A row names the section it comes from.
Where the section leaves a choice the row is a MAY and says what Weir does, as do "Rules that may surprise" in
docs/ARCHITECTURE.md. A row that is known to fail says why in `fails`, and fails again as soon as it holds.
"""
