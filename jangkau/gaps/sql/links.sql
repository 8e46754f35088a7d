-- Reads list_row and whole; gives links.parquet: one line per accepted list row, with the best candidate of its person.
SELECT l.file_name AS file, l.line, w.person_id, w.candidate_kpj AS kpj, w.linked AS probability, w.decision, w.reason
FROM list_row AS l JOIN whole AS w USING (person)
ORDER BY l.file_name, l.line
