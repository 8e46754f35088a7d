-- Reads accepted_list (every list as read, one shape), list_record and row_person; writes list_row with person, office quality and duty.
-- An office is poor when its rows lack or damage identifier or birth date twice as often as all rows do; small offices are drawn
-- to the mean by OFFICE_PRIOR rows. Running it again replaces the table.
CREATE OR REPLACE TABLE list_row AS
WITH faulty AS (
    SELECT r.rid, r.office, a.*,
        r.nik IS NOT NULL AS nik_usable,
        CASE WHEN length(a.kode_wilayah) >= 4 AND k.code IS NOT NULL THEN k.code END AS region4,
        CAST((r.nik IS NULL OR NOT r.nik_valid) AS INTEGER) + CAST(coalesce(a.lahir_presisi <> 'day', a.has_birth_date) AS INTEGER)
            + CAST((a.flags & {contradiction_bits}) <> 0 AS INTEGER) AS faults
    FROM accepted_list AS a JOIN list_record AS r ON r.file_no = a.file_no AND r.line = a.line
    LEFT JOIN known_region AS k ON k.written = substr(a.kode_wilayah, 1, 4)
),
overall AS (SELECT sum(faults) AS faults, count(*) AS n FROM faulty),
offices AS (
    SELECT office, (sum(faulty.faults) + {office_prior} * (any_value(o.faults) / any_value(o.n))) / (count(*) + {office_prior}) AS rate,
        any_value(o.faults) / any_value(o.n) AS mean_rate
    FROM faulty, overall AS o GROUP BY office
)
SELECT f.*, p.person, r.ref, coalesce(o.rate > 2 * o.mean_rate, FALSE) AS poor_office,
    -- undated rows come first; rows of one day in the order of their content, as rid is
    coalesce(date_diff('day', DATE '0001-01-01', f.tanggal) + 1, 0) << 32 | f.rid AS recency,
    CASE WHEN f.layout = 'kur' THEN {kur_duty} END AS kur_duty
FROM faulty AS f JOIN list_record AS r USING (rid) JOIN row_person AS p USING (rid) LEFT JOIN offices AS o ON o.office = f.office
ORDER BY rid
