-- Who may see somebody of the registry. Reads registry_runfile and registry_listset; running it again replaces the functions.

-- Combinations of lists with one of the user's own institution.
CREATE OR REPLACE FUNCTION registry_my_sets() RETURNS INTEGER[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT CAST(s.id AS INTEGER)), '{}') FROM registry_listset AS s
    JOIN registry_runfile AS f ON f.run_id = s.run_id AND f.number = ANY (s.files)
    WHERE f.institution_id = scope_institution()
$$;

-- The same rule as the policy of registry_gap, for functions that run as the owner.
CREATE OR REPLACE FUNCTION registry_sees(region TEXT, list_set INTEGER) RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT coalesce(CASE scope_people()
        WHEN 'all' THEN TRUE
        WHEN 'office' THEN region = ANY (scope_regions())
        WHEN 'lists' THEN list_set = ANY (registry_my_sets())
        WHEN 'staff' THEN list_set = ANY (registry_my_sets())
    END, FALSE)
$$;
