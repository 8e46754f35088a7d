-- What the web may read of figures and charts. Reads scope.sql of offices; running it again replaces the policies.
--
-- Figures stand twice: 'full' for those who may see the people behind them, within what is theirs; 'safe', with small cells hidden,
-- for everybody else. Of the safe ones only those of the run that holds for a date are shown: two runs of one date side by side
-- would tell what each of them hides.
CREATE OR REPLACE FUNCTION coverage_slug(words TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$ SELECT trim('-' FROM regexp_replace(lower(words), '[^a-z0-9]+', '-', 'g')) $$;

-- Branches of the scope's offices, as figures of branches are keyed.
CREATE OR REPLACE FUNCTION coverage_branches() RETURNS TEXT[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(s), '{}') FROM offices_office AS o,
        LATERAL (SELECT coverage_slug(o.code) UNION ALL SELECT coverage_slug(w.known) FROM unnest(o.former_names || o.name) AS n (name),
            LATERAL (VALUES (n.name), (regexp_replace(n.name, '^kantor cabang ', '', 'i'))) AS w (known)) AS named(s)
    WHERE o.id = ANY (scope_offices()) AND s <> ''
$$;

-- The institution of the scope, as figures of institutions are keyed.
CREATE OR REPLACE FUNCTION coverage_institution() RETURNS TEXT[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(s), '{}') FROM offices_institution AS i,
        LATERAL (SELECT coverage_slug(n) FROM unnest(i.former_names || i.name || CAST(i.code AS VARCHAR)) AS n) AS named(s)
    WHERE i.id = scope_institution() AND s <> ''
$$;

-- Who is told figures, and which: full, safe, or NULL.
CREATE OR REPLACE FUNCTION coverage_audience() RETURNS TEXT LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN scope_kind() = 'public' THEN 'safe'
        WHEN scope_role() IN ('analyst', 'regional_office', 'branch_head', 'branch_officer', 'bank_officer') THEN 'full'
        WHEN scope_role() IN ('board', 'prosecutor', 'institution_officer') THEN 'safe'
    END
$$;

-- Where safe figures are shown from: '' for all of the country, two or four digits, NULL for nowhere.
CREATE OR REPLACE FUNCTION coverage_territory() RETURNS TEXT LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN scope_kind() = 'public' OR scope_role() = 'board' THEN '' ELSE scope_territory() END
$$;

-- Snapshots whose figures may be shown.
CREATE OR REPLACE FUNCTION coverage_snapshots() RETURNS BIGINT[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(id), '{}') FROM coverage_snapshot WHERE CASE
        WHEN scope_kind() = 'public' THEN public AND current
        WHEN coverage_audience() = 'safe' THEN current
        ELSE coverage_audience() = 'full' END
$$;

ALTER TABLE coverage_snapshot ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON coverage_snapshot TO jangkau_web;
GRANT UPDATE (public) ON coverage_snapshot TO jangkau_web;
CREATE POLICY reads ON coverage_snapshot FOR SELECT TO jangkau_web USING (id = ANY ((SELECT coverage_snapshots())::BIGINT[]));
CREATE POLICY publishes ON coverage_snapshot FOR UPDATE TO jangkau_web USING ((SELECT scope_role()) = 'analyst');

DO $$
DECLARE t TEXT;
BEGIN
    FOREACH t IN ARRAY ARRAY['coverage_figure', 'coverage_chart'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('GRANT SELECT ON %I TO jangkau_web', t);
        EXECUTE format($p$CREATE POLICY reads ON %I FOR SELECT TO jangkau_web USING (
            audience = (SELECT coverage_audience()) AND snapshot_id = ANY ((SELECT coverage_snapshots())::BIGINT[]) AND CASE
                WHEN audience = 'safe' THEN (SELECT coverage_territory()) = '' OR (
                    kind IN ('province', 'region') AND starts_with(key, (SELECT coverage_territory())))
                WHEN (SELECT scope_role()) = 'analyst' THEN TRUE
                WHEN kind = 'region' THEN key = ANY ((SELECT scope_regions())::TEXT[])
                WHEN kind = 'branch' THEN key = ANY ((SELECT coverage_branches())::TEXT[])
                WHEN kind IN ('institution', 'list') THEN institution = ANY ((SELECT coverage_institution())::TEXT[])
                    AND (SELECT scope_role()) = 'bank_officer'
                ELSE FALSE END)$p$, t);
    END LOOP;
END $$;

-- A trend shows earlier dates: who may not see one of these does not see it in a chart either.
CREATE POLICY shows_no_other_date ON coverage_chart AS RESTRICTIVE FOR SELECT TO jangkau_web USING (
    drawn_from <@ (SELECT coverage_snapshots())::BIGINT[]);

ALTER TABLE coverage_workforce ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON coverage_workforce TO jangkau_web;
CREATE POLICY reads ON coverage_workforce FOR SELECT TO jangkau_web USING (
    (SELECT scope_role()) IN ('analyst', 'administrator') OR starts_with(region, (SELECT coverage_territory()))
    OR region = ANY ((SELECT scope_regions())::TEXT[]));
CREATE POLICY adds ON coverage_workforce FOR INSERT TO jangkau_web WITH CHECK (
    (SELECT scope_role()) IN ('analyst', 'administrator'));
CREATE POLICY changes ON coverage_workforce FOR UPDATE TO jangkau_web USING (
    (SELECT scope_role()) IN ('analyst', 'administrator'));
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO jangkau_web;
