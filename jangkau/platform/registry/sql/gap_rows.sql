-- Reads, in DuckDB, the views gaps, links, people and earlier (people of the run before), said (rows of the lists as they were read) and the
-- table file; makes list_set, set_file, set_key, reason, gap_row and shared_row (the lines of registry_gap and registry_sharedgap in their
-- order of columns), cell (people by all groups at once) and own_cell (the same of each institution, by what its own lists say).
CREATE TABLE list_set AS
WITH named AS (SELECT lists, unnest(lists) AS file FROM (SELECT DISTINCT lists FROM gaps)),
known AS (SELECT n.lists, list(f.number ORDER BY f.number) AS files FROM named AS n JOIN file AS f USING (file) GROUP BY n.lists)
SELECT CAST({sets} + row_number() OVER (ORDER BY files) AS INTEGER) AS id, lists, files FROM known;

-- Of combinations with lists of several: the lists of each institution, which are a combination of their own.
CREATE TABLE part_set AS
WITH many AS (SELECT s.id AS list_set, f.number, f.key FROM (SELECT id, unnest(files) AS number FROM list_set) AS s JOIN file AS f USING (number))
SELECT list_set, key, list(number ORDER BY number) AS files FROM many
WHERE key LIKE 'i%' AND list_set IN (SELECT list_set FROM many GROUP BY list_set HAVING count(DISTINCT key) > 1) GROUP BY list_set, key;

INSERT INTO list_set
SELECT CAST({sets} + (SELECT count(*) FROM list_set) + row_number() OVER (ORDER BY files) AS INTEGER), NULL, files
FROM (SELECT DISTINCT files FROM part_set ANTI JOIN list_set USING (files));

CREATE TABLE set_file AS
SELECT s.id AS list_set, f.number, f.key FROM (SELECT id, unnest(files) AS number FROM list_set) AS s JOIN file AS f USING (number);

CREATE TABLE set_key AS SELECT DISTINCT list_set, key FROM set_file;

CREATE TABLE reason AS
SELECT CAST(row_number() OVER (ORDER BY count(*) DESC, decision, reason) AS INTEGER) AS number, decision, coalesce(reason, '') AS reason
FROM links WHERE person_id IN (SELECT person_id FROM gaps) GROUP BY decision, reason;

CREATE TABLE told AS
SELECT l.person_id, flatten(list([CAST(f.number AS INTEGER), CAST(l.line AS INTEGER), r.number] ORDER BY f.number, l.line)) AS rows
FROM links AS l JOIN file AS f ON f.file = l.file
JOIN reason AS r ON r.decision = l.decision AND r.reason = coalesce(l.reason, '')
WHERE l.person_id IN (SELECT person_id FROM gaps) GROUP BY l.person_id;

-- What the lists of one institution say of somebody who is on lists of others too: of his rows there the latest that says something.
CREATE TABLE shared AS
WITH own AS (
    SELECT g.file_row_number AS place, p.key, o.id AS list_set, f.number, f.layout, l.line, r.number AS reason
    FROM gaps AS g
    JOIN list_set AS s ON s.lists = g.lists
    JOIN part_set AS p ON p.list_set = s.id
    JOIN list_set AS o ON o.files = p.files
    JOIN links AS l ON l.person_id = g.person_id
    JOIN file AS f ON f.file = l.file AND f.key = p.key
    JOIN reason AS r ON r.decision = l.decision AND r.reason = coalesce(l.reason, '')
)
SELECT place, key, any_value(list_set) AS list_set,
    flatten(list([CAST(number AS INTEGER), CAST(line AS INTEGER), reason] ORDER BY number, line)) AS rows,
    arg_max(nama, recency) FILTER (nama IS NOT NULL) AS name,
    arg_max(tanggal_lahir, recency) FILTER (tanggal_lahir IS NOT NULL) AS birth_date,
    arg_max(jenis_kelamin, recency) FILTER (jenis_kelamin IS NOT NULL) AS sex,
    arg_max(region, recency) FILTER (region IS NOT NULL) AS region,
    arg_max(skema, recency) FILTER (skema IS NOT NULL) AS kur_type,
    arg_max(plafon, recency) FILTER (plafon IS NOT NULL) AS plafon,
    arg_max(no_hp, recency) FILTER (no_hp IS NOT NULL) AS phone,
    max(tanggal) AS last_list_date,
    max(CASE WHEN layout = 'kur' THEN
        CASE {kur_duty} WHEN 'must' THEN 3 WHEN 'may' THEN 2 WHEN 'unknown' THEN 1 WHEN 'none' THEN 0 END
    END) AS duty_rank,
    coalesce(arg_max(nik, recency) FILTER (nik_valid), arg_max(nik, recency) FILTER (nik IS NOT NULL)) AS nik
FROM (SELECT own.*, said.* EXCLUDE (number, line),
        (coalesce(said.tanggal, DATE '0001-01-01'), own.number, own.line) AS recency,
        CASE WHEN length(kode_wilayah) >= 4 THEN substr(kode_wilayah, 1, 4) END AS region
    FROM own LEFT JOIN said USING (number, line))
GROUP BY place, key;

-- key: whose lists say it; '' in the line of the person himself. mixed: many have the same date or the same loan; among them the order is
-- mixed, so that whoever walks in it meets people of any region soon.
CREATE TABLE placed AS
WITH one AS (
    SELECT CAST(file_row_number AS INTEGER) AS place, file_row_number * 2654435761 % 4294967296 AS mixed, '' AS key,
        region_code AS region, name, last_list_date, plafon
    FROM gaps
    UNION ALL
    SELECT CAST(place AS INTEGER), 0, key, region, name, NULL, NULL FROM shared
),
by_place AS (SELECT place, key,
    CAST(row_number() OVER (ORDER BY region NULLS LAST, name NULLS LAST, place, key) AS INTEGER) AS order_place FROM one),
by_name AS (SELECT place, key, CAST(row_number() OVER (ORDER BY name NULLS LAST, place, key) AS INTEGER) AS order_name FROM one),
by_date AS (SELECT place, CAST(row_number() OVER (ORDER BY last_list_date DESC NULLS LAST, mixed) AS INTEGER) AS order_date
    FROM one WHERE key = ''),
by_loan AS (SELECT place, CAST(row_number() OVER (ORDER BY plafon DESC NULLS LAST, mixed) AS INTEGER) AS order_loan
    FROM one WHERE key = '')
SELECT place, key, order_place, order_name, order_date, order_loan
FROM by_place JOIN by_name USING (place, key) LEFT JOIN by_date USING (place) LEFT JOIN by_loan USING (place);

CREATE MACRO age_group(born) AS CASE
    WHEN born IS NULL THEN ''
    WHEN date_sub('year', born, DATE '{as_of}') < 25 THEN '0'
    WHEN date_sub('year', born, DATE '{as_of}') < 35 THEN '25'
    WHEN date_sub('year', born, DATE '{as_of}') < 45 THEN '35'
    WHEN date_sub('year', born, DATE '{as_of}') < 55 THEN '45'
    WHEN date_sub('year', born, DATE '{as_of}') < 65 THEN '55'
    ELSE '65' END;
CREATE MACRO nik_hint(nik) AS CASE WHEN length(nik) >= 8 THEN left(nik, 4) || right(nik, 2) ELSE '' END;

CREATE VIEW gap_row AS
SELECT
    {run} AS run_id,
    CAST(md5(g.person_id) AS UUID) AS person,
    p.order_place, p.order_name, p.order_date, p.order_loan,
    coalesce(replace(g.name, chr(0), ''), '') AS name,
    g.birth_date,
    coalesce(g.sex, '') AS sex,
    age_group(g.birth_date) AS age_group,
    coalesce(g.region_code, '') AS region,
    s.id AS list_set,
    g.status,
    TRUE AS open,
    g.duty,
    coalesce(g.kur_type, '') AS kur_type,
    g.plafon,
    CAST(g.probability AS FLOAT) AS probability,
    coalesce(g.kpj, '') AS kpj,
    coalesce(g.segment, '') AS segment,
    g.paid_until,
    coalesce(g.phone, '') AS phone,
    g.last_list_date,
    g.not_working,
    CASE WHEN {first} THEN '' ELSE coalesce(e.status, 'new') END AS before,
    '{' || coalesce(array_to_string(t.rows, ','), '') || '}' AS rows,
    nik_hint(g.nik) AS nik_hint,
    coalesce(replace(g.nik, chr(0), ''), '') AS nik,
    s.files AS file_numbers
FROM gaps AS g
JOIN placed AS p ON p.place = g.file_row_number AND p.key = ''
JOIN list_set AS s ON s.lists = g.lists
LEFT JOIN told AS t USING (person_id)
LEFT JOIN earlier AS e USING (person_id);

CREATE VIEW shared_row AS
SELECT
    {run} AS run_id, CAST(substr(s.key, 2) AS BIGINT) AS institution_id,
    CAST(md5(g.person_id) AS UUID) AS person,
    p.order_place, p.order_name,
    coalesce(replace(s.name, chr(0), ''), '') AS name,
    s.birth_date,
    coalesce(s.sex, '') AS sex,
    age_group(s.birth_date) AS age_group,
    coalesce(s.region, '') AS region,
    s.list_set,
    g.status AS was, g.status, TRUE AS open,
    -- by the loans on these lists alone; who has a duty and is in the gap has not met it, unless as an own-account worker
    CASE s.duty_rank WHEN 3 THEN CASE g.duty WHEN 'met' THEN 'met' ELSE 'unmet' END WHEN 2 THEN 'may' WHEN 0 THEN 'none'
        ELSE 'unknown' END AS duty,
    coalesce(s.kur_type, '') AS kur_type,
    s.plafon,
    coalesce(s.phone, '') AS phone,
    s.last_list_date,
    '{' || array_to_string(s.rows, ',') || '}' AS rows,
    nik_hint(s.nik) AS nik_hint,
    coalesce(replace(s.nik, chr(0), ''), '') AS nik
FROM shared AS s JOIN gaps AS g ON g.file_row_number = s.place JOIN placed AS p ON p.place = s.place AND p.key = s.key;

CREATE TABLE cell AS
SELECT region, list_set, kur_type, duty, status, sex, age_group, count(*) AS n FROM gap_row GROUP BY ALL;

CREATE TABLE own_cell AS
SELECT f.key, region, list_set, kur_type, duty, status, sex, age_group, sum(n) AS n FROM cell AS c
JOIN (SELECT list_set, any_value(key) AS key FROM set_file GROUP BY list_set HAVING count(DISTINCT key) = 1) AS f USING (list_set)
WHERE f.key LIKE 'i%' GROUP BY ALL
UNION ALL
SELECT 'i' || institution_id, region, list_set, kur_type, duty, status, sex, age_group, count(*) FROM shared_row GROUP BY ALL;
