-- Reads person and result (line by line the same people); gives the lines of people.parquet: those of one part, by id.
-- list_set is a number of the table list_set.
SELECT r.person_id, p.nik, p.name, p.birth_date, p.sex, p.region_code, p.list_set AS lists, r.status, r.probability, r.kpj,
    r.segment, r.paid_until, r.duty
FROM person AS p POSITIONAL JOIN result AS r
WHERE {part}
ORDER BY CAST(substr(r.person_id, 2) || '00000000' AS UUID)
