-- Reads list_row_read and row_mark (line by line: a row's place is its record id; person, alone: his only row, region4,
-- poor_office); makes the view list_row: every accepted list row with its person and the quality of its office.
-- Running it again replaces it.
CREATE OR REPLACE VIEW list_row AS
SELECT CAST(r.rowid AS INTEGER) AS rid, r.*, m.*,
    -- undated rows come first; rows of one day in the order of their content, as rid is
    coalesce(date_diff('day', DATE '0001-01-01', r.tanggal) + 1, 0) << 32 | r.rowid AS recency
FROM list_row_read AS r POSITIONAL JOIN row_mark AS m
