-- Reads list_row (every accepted list row with its person) and writes person: one line per person, what his rows say together.
-- The most recent row that says something speaks; undated rows come last; ties are settled by content, never by place.
-- Running it again replaces the table.
CREATE OR REPLACE TABLE person AS
SELECT
    person,
    min(ref) AS anchor,
    count(*) AS n_rows,
    coalesce(max_by(nik, recency) FILTER (nik_valid), max_by(nik, recency) FILTER (nik IS NOT NULL)) AS nik,
    max_by(nama, recency) FILTER (nama IS NOT NULL) AS name,
    coalesce(
        max_by(tanggal_lahir, recency) FILTER (lahir_presisi = 'day'),
        max_by({nik_birth_date}, recency) FILTER (nik_valid),
        max_by(tanggal_lahir, recency) FILTER (tanggal_lahir IS NOT NULL)
    ) AS birth_date,
    coalesce(max_by(jenis_kelamin, recency) FILTER (jenis_kelamin IS NOT NULL), max_by({nik_sex}, recency) FILTER (nik_valid)) AS sex,
    max_by(region4, recency) FILTER (region4 IS NOT NULL) AS region_code,
    max_by(no_hp, recency) FILTER (no_hp IS NOT NULL) AS phone,
    list_sort(list_distinct(list(file_name))) AS lists,
    max(tanggal) AS last_list_date,
    bool_or(coalesce(meninggal, FALSE)) AS dead,
    bool_or({insured_elsewhere}) AS insured_elsewhere,
    bool_or(layout = 'prakerja' AND status_bekerja = FALSE) AS says_not_working,
    max_by(skema, recency) FILTER (skema IS NOT NULL) AS kur_type,
    max_by(plafon, recency) FILTER (plafon IS NOT NULL) AS plafon,
    max(CASE kur_duty WHEN 'must' THEN 3 WHEN 'may' THEN 2 WHEN 'unknown' THEN 1 WHEN 'none' THEN 0 END) AS duty_rank,
    -- for the estimate: what could be compared, and in whose hands the rows were keyed
    bool_or(nik_usable) AS nik_usable,
    bool_or(coalesce(lahir_presisi = 'day', FALSE)) AS born_known,
    bool_and(poor_office) AS poor_office
FROM list_row
GROUP BY person
ORDER BY person
