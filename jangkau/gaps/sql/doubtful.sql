-- Reads doubtful_arrow (undecided pairs of record ids with the person and their evidence), records, source_file and
-- protection; gives doubtful.parquet: both records of each pair side by side.
WITH side AS (
    SELECT r.*, f.file_name FROM ({record}) AS r JOIN source_file AS f USING (file_no)
)
SELECT x.ref AS left, y.ref AS right, d.kind, d.person_id, d.probability,
    x.file_name AS left_file, x.line AS left_line, y.file_name AS right_file, y.line AS right_line,
    y.kpj AS right_kpj, m.state AS right_state,
    x.nik AS left_nik, y.nik AS right_nik, x.nama AS left_name, y.nama AS right_name,
    x.born AS left_birth_date, y.born AS right_birth_date, x.sex AS left_sex, y.sex AS right_sex,
    x.region4 AS left_region_code, y.region4 AS right_region_code, x.phone AS left_phone, y.phone AS right_phone,
    d.evidence_nik, d.evidence_name, d.evidence_born, d.evidence_sex, d.evidence_region, d.evidence_phone
FROM doubtful_arrow AS d
JOIN side AS x ON x.rid = d.left_rid
JOIN side AS y ON y.rid = d.right_rid
LEFT JOIN protection AS m ON m.rid = y.rid
ORDER BY d.kind, d.person_id, x.ref, y.ref, left_file, left_line, right_file, right_line
