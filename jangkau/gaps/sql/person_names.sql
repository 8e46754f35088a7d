-- Reads list_row and person; writes person_name: the id of each person. $1 is the digest of the key.
-- Rows of equal content stand behind each other, and a person is named by his first: only where that repeats the row before it
-- have reviewers told rows of equal content apart. Running it again replaces the table.
CREATE OR REPLACE TABLE person_name AS
WITH repeated AS (
    SELECT DISTINCT ref
    FROM (SELECT rid, person, ref, coalesce(ref = lag(ref) OVER (), FALSE) AS again FROM list_row) WHERE again AND rid = person
),
numbered AS (
    SELECT person, row_number() OVER (PARTITION BY anchor ORDER BY person) AS number
    FROM person SEMI JOIN repeated ON anchor = repeated.ref
)
SELECT person, 'p' || left(sha256($1 || {ref} || CASE WHEN coalesce(number, 1) = 1 THEN '' ELSE '/' || number END), 24) AS person_id
FROM person LEFT JOIN numbered USING (person)
