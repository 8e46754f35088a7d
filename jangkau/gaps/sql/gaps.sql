-- Reads whole and branch_region; gives gaps.parquet: the people not protected, by region and name.
SELECT person_id, nik, name, birth_date, sex, region_code, region_name, coalesce(b.branches, []::VARCHAR[]) AS branches,
    lists, status, probability, kpj, segment, paid_until, duty, phone, kur_type, plafon, last_list_date, not_working
FROM whole
LEFT JOIN (SELECT region_code, list_sort(list(branch)) AS branches FROM branch_region GROUP BY 1) AS b USING (region_code)
WHERE status IN ('lapsed', 'not_found', 'doubtful')
ORDER BY region_code NULLS LAST, name NULLS LAST, person_id
