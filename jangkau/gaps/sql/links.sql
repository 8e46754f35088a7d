-- Reads list_row and whole; gives links.parquet: one line per accepted list row, with the best candidate of its person.
SELECT s.file_name AS file, l.line, w.person_id, w.candidate_kpj AS kpj, w.linked AS probability, w.decision, w.reason
FROM list_row AS l JOIN whole AS w USING (person) JOIN source_file AS s USING (file_no)
ORDER BY s.file_name, l.line
