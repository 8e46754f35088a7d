-- Reads, in DuckDB, the views gaps, links, people and earlier (people of the run before), said (rows of the lists as they were read) and the
-- table file; makes list_set, set_file, set_key, reason, gap_row and shared_row (the lines of registry_gap and registry_sharedgap in their
-- order of columns), line (the same as codes), cell (people by all groups at once) and own_cell (the same of each institution, by what its own lists say).
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

CREATE TABLE set_of AS SELECT g.file_row_number AS place, s.id AS list_set FROM gaps AS g JOIN list_set AS s ON s.lists = g.lists;

-- Rows of lists behind each person, by numbers: whoever is joined by the words below is joined once.
CREATE TABLE linked AS
SELECT g.file_row_number AS place, f.number, f.key, l.line, r.number AS reason
FROM links AS l JOIN file AS f ON f.file = l.file
JOIN reason AS r ON r.decision = l.decision AND r.reason = coalesce(l.reason, '')
JOIN gaps AS g USING (person_id);

-- Short lists are sorted faster than an aggregate in order.
CREATE TABLE told AS
SELECT place, flatten(list_sort(list([CAST(number AS INTEGER), CAST(line AS INTEGER), reason]))) AS rows FROM linked GROUP BY place;

-- What the lists of one institution say of somebody who is on lists of others too: of his rows there the latest that says something.
CREATE TABLE shared AS
WITH own AS (
    SELECT place, p.key, o.id AS list_set, l.number, f.layout, l.line, l.reason
    FROM set_of JOIN part_set AS p USING (list_set)
    JOIN list_set AS o ON o.files = p.files
    JOIN linked AS l USING (place, key)
    JOIN file AS f USING (number)
)
SELECT place, key, any_value(list_set) AS list_set,
    flatten(list_sort(list([CAST(number AS INTEGER), CAST(line AS INTEGER), reason]))) AS rows,
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
CREATE TABLE named AS
WITH one AS (
    SELECT CAST(file_row_number AS INTEGER) AS place, file_row_number * 2654435761 % 4294967296 AS mixed, '' AS key,
        region_code AS region, name, last_list_date, plafon
    FROM gaps
    UNION ALL
    SELECT CAST(place AS INTEGER), 0, key, region, name, NULL, NULL FROM shared
)
SELECT * EXCLUDE (name), CAST(row_number() OVER (ORDER BY name NULLS LAST, place, key) AS INTEGER) AS order_name FROM one;

CREATE TABLE placed AS
SELECT place, key, order_name,
    CAST(row_number() OVER (ORDER BY region NULLS LAST, order_name) AS INTEGER) AS order_place,
    CASE WHEN key = '' THEN
        CAST(row_number() OVER (PARTITION BY key = '' ORDER BY last_list_date DESC NULLS LAST, mixed) AS INTEGER) END AS order_date,
    CASE WHEN key = '' THEN
        CAST(row_number() OVER (PARTITION BY key = '' ORDER BY plafon DESC NULLS LAST, mixed) AS INTEGER) END AS order_loan
FROM named;

CREATE MACRO age_group(born) AS CASE
    WHEN born IS NULL THEN ''
    WHEN date_sub('year', born, DATE '{as_of}') < 25 THEN '0'
    WHEN date_sub('year', born, DATE '{as_of}') < 35 THEN '25'
    WHEN date_sub('year', born, DATE '{as_of}') < 45 THEN '35'
    WHEN date_sub('year', born, DATE '{as_of}') < 55 THEN '45'
    WHEN date_sub('year', born, DATE '{as_of}') < 65 THEN '55'
    ELSE '65' END;
CREATE MACRO nik_hint(nik) AS CASE WHEN length(nik) >= 8 THEN left(nik, 4) || right(nik, 2) ELSE '' END;

-- Each line by place and key: orders and codes, no names. What gap_row and shared_row say, and what is counted and put into bitmaps.
CREATE TABLE line AS
SELECT p.*, o.list_set, o.list_set || '/' AS combination,
    coalesce(g.region_code, '') AS region,
    coalesce(g.kur_type, '') AS kur_type,
    g.duty,
    g.status,
    coalesce(g.sex, '') AS sex,
    age_group(g.birth_date) AS age_group,
    CASE WHEN {first} THEN '' ELSE coalesce(e.status, 'new') END AS before
FROM placed AS p JOIN gaps AS g ON g.file_row_number = p.place JOIN set_of AS o USING (place) LEFT JOIN earlier AS e USING (person_id)
WHERE p.key = ''
UNION ALL
SELECT p.*, s.list_set, s.list_set || '/' || p.key,
    coalesce(s.region, ''),
    coalesce(s.kur_type, ''),
    -- by the loans on these lists alone; who has a duty and is in the gap has not met it, unless as an own-account worker
    CASE s.duty_rank WHEN 3 THEN CASE g.duty WHEN 'met' THEN 'met' ELSE 'unmet' END WHEN 2 THEN 'may' WHEN 0 THEN 'none'
        ELSE 'unknown' END,
    g.status,
    coalesce(s.sex, ''),
    age_group(s.birth_date),
    ''
FROM placed AS p JOIN shared AS s USING (place, key) JOIN gaps AS g ON g.file_row_number = p.place;

CREATE VIEW gap_row AS
SELECT
    {run} AS run_id,
    CAST(md5(g.person_id) AS UUID) AS person,
    i.order_place, i.order_name, i.order_date, i.order_loan,
    coalesce(replace(g.name, chr(0), ''), '') AS name,
    g.birth_date,
    i.sex,
    i.age_group,
    i.region,
    i.list_set,
    i.status,
    TRUE AS open,
    i.duty,
    i.kur_type,
    g.plafon,
    CAST(g.probability AS FLOAT) AS probability,
    coalesce(g.kpj, '') AS kpj,
    coalesce(g.segment, '') AS segment,
    g.paid_until,
    coalesce(g.phone, '') AS phone,
    g.last_list_date,
    g.not_working,
    i.before,
    '{' || coalesce(array_to_string(t.rows, ','), '') || '}' AS rows,
    nik_hint(g.nik) AS nik_hint,
    coalesce(replace(g.nik, chr(0), ''), '') AS nik
FROM gaps AS g
JOIN line AS i ON i.place = g.file_row_number AND i.key = ''
LEFT JOIN told AS t ON t.place = g.file_row_number;

CREATE VIEW shared_row AS
SELECT
    {run} AS run_id, CAST(substr(i.key, 2) AS BIGINT) AS institution_id,
    CAST(md5(g.person_id) AS UUID) AS person,
    i.order_place, i.order_name,
    coalesce(replace(s.name, chr(0), ''), '') AS name,
    s.birth_date,
    i.sex,
    i.age_group,
    i.region,
    i.list_set,
    i.status AS was, i.status, TRUE AS open,
    i.duty,
    i.kur_type,
    s.plafon,
    coalesce(s.phone, '') AS phone,
    s.last_list_date,
    '{' || array_to_string(s.rows, ',') || '}' AS rows,
    nik_hint(s.nik) AS nik_hint,
    coalesce(replace(s.nik, chr(0), ''), '') AS nik
FROM line AS i JOIN shared AS s USING (place, key) JOIN gaps AS g ON g.file_row_number = i.place;

CREATE TABLE cell AS
SELECT region, list_set, kur_type, duty, status, sex, age_group, count(*) AS n FROM line WHERE key = '' GROUP BY ALL;

CREATE TABLE own_cell AS
SELECT f.key, region, list_set, kur_type, duty, status, sex, age_group, sum(n) AS n FROM cell AS c
JOIN (SELECT list_set, any_value(key) AS key FROM set_file GROUP BY list_set HAVING count(DISTINCT key) = 1) AS f USING (list_set)
WHERE f.key LIKE 'i%' GROUP BY ALL
UNION ALL
SELECT key, region, list_set, kur_type, duty, status, sex, age_group, count(*) FROM line WHERE key <> '' GROUP BY ALL;
