-- Reads id_known, person_name, shared, earlier_link and retired_id; gives state/retired.parquet: every id that nobody has now, with
-- the rows by which it may come back. An id whose rows belong to other people never comes back: it has no row.
WITH unused AS (SELECT person_id FROM id_known ANTI JOIN person_name USING (person_id)),
away AS (SELECT person_id FROM unused ANTI JOIN shared USING (person_id)),
own AS (
    SELECT DISTINCT person_id, row FROM earlier_link SEMI JOIN away USING (person_id)
    UNION
    SELECT person_id, row FROM retired_id SEMI JOIN away USING (person_id) WHERE row IS NOT NULL
)
SELECT person_id, row FROM unused LEFT JOIN own USING (person_id) ORDER BY person_id, row
