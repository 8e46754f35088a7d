-- Reads person and result (line by line the same people); gives the lines of gaps.parquet: the people not protected, by region and
-- name, those of one part of the regions. list_set is a number of the table list_set; names and branches of regions are added after.
SELECT r.person_id, p.nik, p.name, p.birth_date, p.sex, p.region_code, p.region_code AS region_name, p.region_code AS branches,
    p.list_set AS lists, r.status, r.probability, r.kpj, r.segment, r.paid_until, r.duty, p.phone, p.kur_type, p.plafon,
    p.last_list_date, r.not_working
FROM person AS p POSITIONAL JOIN result AS r
WHERE r.status IN ('lapsed', 'not_found', 'doubtful') AND ({part})
ORDER BY p.region_code NULLS LAST, p.name NULLS LAST, r.person_id
