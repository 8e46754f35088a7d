-- Reads, in DuckDB, the views gaps, links, people and earlier (people of the run before) and the table file; makes list_set, set_file,
-- set_key, reason, gap_row (the lines of registry_gap in its order of columns) and cell (people by all groups at once).
CREATE TABLE list_set AS
WITH named AS (SELECT lists, unnest(lists) AS file FROM (SELECT DISTINCT lists FROM gaps)),
known AS (SELECT n.lists, list(f.number ORDER BY f.number) AS files FROM named AS n JOIN file AS f USING (file) GROUP BY n.lists)
SELECT CAST({sets} + row_number() OVER (ORDER BY files) AS INTEGER) AS id, lists, files FROM known;

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

CREATE TABLE placed AS
WITH one AS (SELECT CAST(file_row_number AS INTEGER) AS place, name, last_list_date, plafon FROM gaps),
by_name AS (SELECT place, CAST(row_number() OVER (ORDER BY name NULLS LAST, place) AS INTEGER) AS order_name FROM one),
by_date AS (SELECT place, CAST(row_number() OVER (ORDER BY last_list_date DESC NULLS LAST, place) AS INTEGER) AS order_date FROM one),
by_loan AS (SELECT place, CAST(row_number() OVER (ORDER BY plafon DESC NULLS LAST, place) AS INTEGER) AS order_loan FROM one)
SELECT place, order_name, order_date, order_loan FROM by_name JOIN by_date USING (place) JOIN by_loan USING (place);

CREATE VIEW gap_row AS
SELECT
    {run} AS run_id,
    CAST(md5(g.person_id) AS UUID) AS person,
    p.place + 1 AS order_place, p.order_name, p.order_date, p.order_loan,
    coalesce(replace(g.name, chr(0), ''), '') AS name,
    g.birth_date,
    coalesce(g.sex, '') AS sex,
    CASE
        WHEN g.birth_date IS NULL THEN ''
        WHEN date_sub('year', g.birth_date, DATE '{as_of}') < 25 THEN '0'
        WHEN date_sub('year', g.birth_date, DATE '{as_of}') < 35 THEN '25'
        WHEN date_sub('year', g.birth_date, DATE '{as_of}') < 45 THEN '35'
        WHEN date_sub('year', g.birth_date, DATE '{as_of}') < 55 THEN '45'
        WHEN date_sub('year', g.birth_date, DATE '{as_of}') < 65 THEN '55'
        ELSE '65'
    END AS age_group,
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
    CASE WHEN length(g.nik) >= 8 THEN left(g.nik, 4) || right(g.nik, 2) ELSE '' END AS nik_hint,
    coalesce(replace(g.nik, chr(0), ''), '') AS nik,
    s.files AS file_numbers
FROM gaps AS g
JOIN placed AS p ON p.place = g.file_row_number
JOIN list_set AS s ON s.lists = g.lists
LEFT JOIN told AS t USING (person_id)
LEFT JOIN earlier AS e USING (person_id);

CREATE TABLE cell AS
SELECT region, list_set, kur_type, duty, status, sex, age_group, count(*) AS n FROM gap_row GROUP BY ALL;
