-- Reads list_row (every accepted list row with its person) and source_file; writes list_set (sets of files, each with a number)
-- and person: one line per person, what his rows say together. Those of a single row come first, then the others.
-- The most recent row that says something speaks; undated rows come last; ties are settled by content, never by place.
-- Running it again replaces the tables.
CREATE OR REPLACE TEMP TABLE several AS SELECT * FROM list_row WHERE NOT alone;

CREATE OR REPLACE TEMP TABLE several_person AS
SELECT
    person,
    min(ref) AS anchor,
    count(*) AS n_rows,
    coalesce(max_by(nik, recency) FILTER (nik_valid), max_by(nik, recency) FILTER (nik IS NOT NULL)) AS nik,
    max_by(nama, recency) FILTER (nama IS NOT NULL) AS name,
    coalesce(
        max_by(tanggal_lahir, recency) FILTER (lahir_presisi = 'day'),
        max_by(nik_birth_date, recency) FILTER (nik_valid),
        max_by(tanggal_lahir, recency) FILTER (tanggal_lahir IS NOT NULL)
    ) AS birth_date,
    coalesce(max_by(jenis_kelamin, recency) FILTER (jenis_kelamin IS NOT NULL), max_by({nik_sex}, recency) FILTER (nik_valid)) AS sex,
    max_by(region4, recency) FILTER (region4 IS NOT NULL) AS region_code,
    max_by(no_hp, recency) FILTER (no_hp IS NOT NULL) AS phone,
    list_sort(list_distinct(list(file_no))) AS files,
    max(tanggal) AS last_list_date,
    bool_or(dead) AS dead,
    bool_or(insured_elsewhere) AS insured_elsewhere,
    bool_or(says_not_working) AS says_not_working,
    max_by(skema, recency) FILTER (skema IS NOT NULL) AS kur_type,
    max_by(plafon, recency) FILTER (plafon IS NOT NULL) AS plafon,
    max(duty_rank) AS duty_rank,
    -- for the estimate: what could be compared, and in whose hands the rows were keyed
    bool_or(nik_usable) AS nik_usable,
    bool_or(coalesce(lahir_presisi = 'day', FALSE)) AS born_known,
    bool_and(poor_office) AS poor_office
FROM several
GROUP BY person;

CREATE OR REPLACE TABLE list_set AS
WITH wanted AS (SELECT DISTINCT files FROM several_person UNION SELECT [file_no] FROM source_file),
named AS (
    SELECT files, list_sort(list(s.file_name)) AS lists
    FROM (SELECT files, unnest(files) AS file_no FROM wanted) JOIN source_file AS s USING (file_no) GROUP BY files
)
SELECT CAST(row_number() OVER (ORDER BY files) AS INTEGER) AS list_set, files, lists FROM named;

CREATE OR REPLACE TABLE person AS
SELECT
    person, ref AS anchor, CAST(1 AS BIGINT) AS n_rows, nik, nama AS name,
    CASE WHEN lahir_presisi = 'day' THEN tanggal_lahir ELSE coalesce(nik_birth_date, tanggal_lahir) END AS birth_date,
    coalesce(jenis_kelamin, CASE WHEN nik_valid THEN {nik_sex} END) AS sex,
    region4 AS region_code, no_hp AS phone, list_set, tanggal AS last_list_date, dead, insured_elsewhere, says_not_working,
    skema AS kur_type, plafon, duty_rank, nik_usable, coalesce(lahir_presisi = 'day', FALSE) AS born_known, poor_office
FROM list_row JOIN (SELECT files[1] AS file_no, list_set FROM list_set WHERE len(files) = 1) USING (file_no)
WHERE alone
UNION ALL
SELECT
    person, anchor, n_rows, nik, name, birth_date, sex, region_code, phone, list_set, last_list_date, dead, insured_elsewhere,
    says_not_working, kur_type, plafon, duty_rank, nik_usable, born_known, poor_office
FROM several_person JOIN list_set USING (files);

DROP TABLE several;
DROP TABLE several_person
