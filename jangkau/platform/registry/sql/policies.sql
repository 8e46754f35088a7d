-- What the web's role may read and write of the registry, and what it may only ask functions for: full NIKs and decisions. Running it
-- again replaces policies and functions. Partitions of registry_gap are granted to nobody: rows are reached through the parent.
ALTER TABLE registry_gap ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON registry_gap FROM jangkau_web;
GRANT SELECT (run_id, person, order_place, order_name, order_date, order_loan, name, birth_date, sex, age_group, region, list_set,
    status, open, duty, kur_type, plafon, probability, kpj, segment, paid_until, phone, last_list_date, not_working, before, rows,
    nik_hint) ON registry_gap TO jangkau_web;
-- Regions are asked first: they are what most people of an office need to be told.
CREATE POLICY reads ON registry_gap FOR SELECT TO jangkau_web USING (
    region = ANY ((SELECT scope_regions())::TEXT[]) OR (SELECT scope_people()) = 'all');

-- Institutions read the views of jangkau_lists (views.sql): of registry_gap those who are on their own lists alone.
CREATE POLICY own_lists ON registry_gap FOR SELECT TO jangkau_lists USING (
    (SELECT scope_people()) IN ('lists', 'staff') AND list_set = ANY ((SELECT registry_my_sets())::INTEGER[]));
ALTER TABLE registry_sharedgap ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_lists ON registry_sharedgap FOR SELECT TO jangkau_lists USING (
    (SELECT scope_people()) IN ('lists', 'staff') AND institution_id = (SELECT scope_institution()));

ALTER TABLE registry_change ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON registry_change TO jangkau_web;
CREATE POLICY reads ON registry_change FOR SELECT TO jangkau_web USING (
    region = ANY ((SELECT scope_regions())::TEXT[]) OR (SELECT scope_people()) = 'all');
CREATE POLICY own_lists ON registry_change FOR SELECT TO jangkau_lists USING (
    (SELECT scope_people()) IN ('lists', 'staff') AND list_set = ANY ((SELECT registry_my_sets())::INTEGER[]));

-- An institution sees counts of what its own lists say.
ALTER TABLE registry_gapcount ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON registry_gapcount TO jangkau_web;
CREATE POLICY reads ON registry_gapcount FOR SELECT TO jangkau_web USING (
    CASE (SELECT scope_people())
        WHEN 'all' THEN TRUE
        WHEN 'office' THEN scope = ANY ((SELECT scope_regions())::TEXT[])
        WHEN 'lists' THEN scope = (SELECT 'i' || scope_institution())
        WHEN 'staff' THEN scope = (SELECT 'i' || scope_institution())
        ELSE FALSE END);

ALTER TABLE registry_run ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON registry_run TO jangkau_web;
CREATE POLICY reads ON registry_run FOR SELECT TO jangkau_web USING (
    (SELECT scope_role()) IS NOT NULL AND (SELECT scope_role()) <> 'administrator');
CREATE POLICY adds ON registry_run FOR INSERT TO jangkau_web WITH CHECK (
    (SELECT scope_role()) = 'analyst' AND asked_by_id = (SELECT scope_user()) AND state = 'asked' AND NOT current AND folder = '');
CREATE POLICY changes ON registry_run FOR UPDATE TO jangkau_web USING (
    (SELECT scope_role()) = 'analyst' AND state IN ('asked', 'running')) WITH CHECK (state IN ('asked', 'cancelled'));

DO $$
DECLARE t TEXT;
BEGIN
    FOREACH t IN ARRAY ARRAY['registry_runresult', 'registry_comparison'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('GRANT SELECT ON %I TO jangkau_web', t);
        EXECUTE format($p$CREATE POLICY reads ON %I FOR SELECT TO jangkau_web USING ((SELECT scope_role()) = 'analyst')$p$, t);
    END LOOP;
END $$;
GRANT INSERT ON registry_comparison TO jangkau_web;
CREATE POLICY adds ON registry_comparison FOR INSERT TO jangkau_web WITH CHECK (
    (SELECT scope_role()) = 'analyst' AND result IS NULL);

ALTER TABLE registry_runfile ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON registry_runfile TO jangkau_web;
CREATE POLICY reads ON registry_runfile FOR SELECT TO jangkau_web USING (
    (SELECT scope_people()) IN ('all', 'office')
    OR institution_id = (SELECT scope_institution()));

ALTER TABLE registry_listset ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON registry_listset TO jangkau_web;
CREATE POLICY reads ON registry_listset FOR SELECT TO jangkau_web USING (
    (SELECT scope_people()) IN ('all', 'office')
    OR id = ANY ((SELECT registry_my_sets())::INTEGER[]));

ALTER TABLE registry_reason ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON registry_reason TO jangkau_web;
CREATE POLICY reads ON registry_reason FOR SELECT TO jangkau_web USING (
    (SELECT scope_people()) <> 'none');

ALTER TABLE registry_pair ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON registry_pair FROM jangkau_web;
GRANT SELECT (id, run_id, left_ref, right_ref, kind, person, other, region, probability, right_state, "left", "right", evidence,
    sampled, state, answer) ON registry_pair TO jangkau_web;
CREATE POLICY reads ON registry_pair FOR SELECT TO jangkau_web USING (
    region = ANY ((SELECT scope_regions())::TEXT[]) OR (SELECT scope_people()) = 'all');

-- A second reader does not see what the first said: officers see their own decisions, heads those of their regions.
ALTER TABLE registry_decision ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON registry_decision TO jangkau_web;
CREATE POLICY reads ON registry_decision FOR SELECT TO jangkau_web USING (
    by_id = (SELECT scope_user()) OR (SELECT scope_role()) = 'analyst'
    OR ((SELECT scope_role()) IN ('regional_office', 'branch_head') AND region = ANY ((SELECT scope_regions())::TEXT[])));

-- The note on somebody is read and written by whoever sees him: offices share one, each institution has its own.
ALTER TABLE registry_personnote ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON registry_personnote TO jangkau_web;
CREATE POLICY all_of_it ON registry_personnote TO jangkau_web USING (
    institution_id IS NOT DISTINCT FROM (SELECT scope_institution())
    AND (EXISTS (SELECT 1 FROM registry_gap AS g WHERE g.person = registry_personnote.person)
        OR EXISTS (SELECT 1 FROM registry_ownlists AS o WHERE o.person = registry_personnote.person)))
    WITH CHECK (institution_id IS NOT DISTINCT FROM (SELECT scope_institution()) AND by_id = (SELECT scope_user())
    AND (EXISTS (SELECT 1 FROM registry_gap AS g WHERE g.person = registry_personnote.person)
        OR EXISTS (SELECT 1 FROM registry_ownlists AS o WHERE o.person = registry_personnote.person)));

ALTER TABLE registry_savedfilter ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON registry_savedfilter TO jangkau_web;
CREATE POLICY all_of_it ON registry_savedfilter TO jangkau_web USING (by_id = (SELECT scope_user()));

ALTER TABLE registry_export ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON registry_export TO jangkau_web;
CREATE POLICY reads ON registry_export FOR SELECT TO jangkau_web USING (by_id = (SELECT scope_user()));
CREATE POLICY adds ON registry_export FOR INSERT TO jangkau_web WITH CHECK (
    by_id = (SELECT scope_user()) AND state = 'asked' AND (SELECT scope_people()) <> 'none'
    -- results are for whoever handed the rows in, where the agreement allows: row security of deliveries tells his
    AND (delivery_id IS NULL OR EXISTS (SELECT 1 FROM intake_delivery AS d
        WHERE d.id = delivery_id AND d.results_allowed AND d.state = 'accepted')));

-- Exports are written by a job of the owner that reads as the web does (exporting.py); a superuser may anyway.
DO $$
BEGIN
    EXECUTE format('GRANT jangkau_web TO %I', current_user);
EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation THEN
    NULL;
END $$;

-- The full NIK of somebody whom the user may see: for a purpose, and it is an event.
CREATE OR REPLACE FUNCTION registry_reveal_nik(which UUID, purpose TEXT, address INET) RETURNS TEXT LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE one RECORD;
BEGIN
    IF length(btrim(purpose)) < 5 THEN
        RAISE EXCEPTION 'a purpose is needed' USING ERRCODE = 'JK001';
    END IF;
    IF scope_people() IN ('lists', 'staff') THEN  -- as his own lists have it
        SELECT o.nik INTO one FROM (
            SELECT g.nik, g.run_id FROM registry_gap AS g WHERE g.person = which AND registry_sees(g.region, g.list_set)
            UNION ALL
            SELECT s.nik, s.run_id FROM registry_sharedgap AS s WHERE s.person = which AND s.institution_id = scope_institution()
        ) AS o JOIN registry_run AS r ON r.id = o.run_id ORDER BY r.current DESC, r.id DESC LIMIT 1;
    ELSE
        SELECT g.nik INTO one FROM registry_gap AS g JOIN registry_run AS r ON r.id = g.run_id
            WHERE g.person = which AND registry_sees(g.region, g.list_set) ORDER BY r.current DESC, r.id DESC LIMIT 1;
    END IF;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM offices_record('revealed_nik', 'person', CAST(which AS TEXT), left(purpose, 200), address, '{}');
    RETURN one.nik;
END $$;

-- Both NIKs of a doubtful pair, likewise.
CREATE OR REPLACE FUNCTION registry_reveal_pair(which BIGINT, purpose TEXT, address INET, OUT left_nik TEXT, OUT right_nik TEXT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one RECORD;
BEGIN
    IF length(btrim(purpose)) < 5 THEN
        RAISE EXCEPTION 'a purpose is needed' USING ERRCODE = 'JK001';
    END IF;
    SELECT p.left_nik, p.right_nik, p.region INTO one FROM registry_pair AS p WHERE p.id = which;
    IF NOT FOUND OR NOT registry_sees(one.region, NULL) THEN
        RETURN;
    END IF;
    PERFORM offices_record('revealed_nik', 'pair', CAST(which AS TEXT), left(purpose, 200), address, '{}');
    left_nik := one.left_nik;
    right_nik := one.right_nik;
END $$;
REVOKE ALL ON FUNCTION registry_reveal_nik(UUID, TEXT, INET), registry_reveal_pair(BIGINT, TEXT, INET) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_reveal_nik(UUID, TEXT, INET), registry_reveal_pair(BIGINT, TEXT, INET) TO jangkau_web;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO jangkau_web;
