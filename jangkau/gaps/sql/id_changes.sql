-- Reads shared (earlier ids in use and people with rows in common), earlier_link and person_name (person, person_id); gives
-- id_changes.parquet: for each person of either run where his id went or came from. Lines 'merged' name every earlier id of
-- a person who has several, lines 'split' every person of an earlier id that has several: a pair that is both has two lines.
WITH pair AS (
    SELECT s.person_id AS previous_person_id, w.person_id, s.n AS rows,
        count(*) OVER (PARTITION BY s.person_id) AS heirs, count(*) OVER (PARTITION BY s.person) AS forebears
    FROM (SELECT * FROM shared WHERE in_use) AS s JOIN person_name AS w USING (person)
),
said AS (
    SELECT *, 'kept' AS change FROM pair WHERE heirs = 1 AND forebears = 1
    UNION ALL SELECT *, 'merged' FROM pair WHERE forebears > 1
    UNION ALL SELECT *, 'split' FROM pair WHERE heirs > 1
)
SELECT previous_person_id, person_id, change, rows FROM said
UNION ALL
SELECT NULL, person_id, 'new', 0 FROM person_name WHERE person NOT IN (SELECT person FROM shared WHERE in_use)
UNION ALL
SELECT DISTINCT person_id, NULL, 'gone', 0 FROM earlier_link WHERE person_id NOT IN (SELECT person_id FROM shared WHERE in_use)
ORDER BY previous_person_id NULLS LAST, person_id NULLS LAST, change
