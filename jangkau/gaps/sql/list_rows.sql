-- Reads list_row_read and row_person (line by line: a row's place is its record id), source_file and known_region; writes row_mark
-- (region, office quality, in the same order) and the view list_row: every accepted list row with its person, office quality and duty.
-- An office is poor when its rows lack or damage identifier or birth date twice as often as all rows do; small offices are drawn
-- to the mean by OFFICE_PRIOR rows. Running it again replaces them.
CREATE OR REPLACE TABLE row_mark AS
WITH faulty AS (
    SELECT r.rid, r.office,
        CASE WHEN length(r.kode_wilayah) >= 4 THEN k.code END AS region4,
        CAST((r.nik IS NULL OR NOT r.nik_valid) AS INTEGER) + CAST(coalesce(r.lahir_presisi <> 'day', s.has_birth_date) AS INTEGER)
            + CAST((a.flags & {contradiction_bits}) <> 0 AS INTEGER) AS faults
    FROM list_record AS r POSITIONAL JOIN (SELECT flags FROM list_row_read) AS a
    JOIN source_file AS s ON s.file_no = r.file_no
    LEFT JOIN known_region AS k ON k.written = substr(r.kode_wilayah, 1, 4)
),
overall AS (SELECT sum(faults) AS faults, count(*) AS n FROM faulty),
offices AS (
    SELECT office, (sum(faulty.faults) + {office_prior} * (any_value(o.faults) / any_value(o.n))) / (count(*) + {office_prior}) AS rate,
        any_value(o.faults) / any_value(o.n) AS mean_rate
    FROM faulty, overall AS o GROUP BY office
),
poor AS (SELECT office FROM offices WHERE rate > 2 * mean_rate)
SELECT f.region4, p.office IS NOT NULL AS poor_office FROM faulty AS f LEFT JOIN poor AS p ON p.office = f.office ORDER BY rid;

CREATE OR REPLACE VIEW list_row AS
SELECT f.*, s.file_name, s.layout, s.institution, s.has_birth_date,
    -- undated rows come first; rows of one day in the order of their content, as rid is
    coalesce(date_diff('day', DATE '0001-01-01', f.tanggal) + 1, 0) << 32 | f.rid AS recency,
    CASE WHEN s.layout = 'kur' THEN {kur_duty} END AS kur_duty
FROM (
    SELECT CAST(r.rowid AS INTEGER) AS rid, r.*, m.*, p.person, {usable} IS NOT NULL AS nik_usable
    FROM list_row_read AS r POSITIONAL JOIN row_mark AS m POSITIONAL JOIN row_person AS p
) AS f JOIN source_file AS s USING (file_no)
