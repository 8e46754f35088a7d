-- Who may see somebody of the registry. Reads registry_runfile and registry_listset; running it again replaces the functions.

-- Combinations of lists that are all of the user's own institution.
CREATE OR REPLACE FUNCTION registry_my_sets() RETURNS INTEGER[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(CAST(s.id AS INTEGER)), '{}') FROM (
        SELECT run_id, array_agg(number) AS numbers FROM registry_runfile WHERE institution_id = scope_institution() GROUP BY run_id
    ) AS own JOIN registry_listset AS s ON s.run_id = own.run_id AND s.files <@ own.numbers
$$;

-- The same rule as the policies of registry_gap, for functions that run as the owner.
CREATE OR REPLACE FUNCTION registry_sees(region TEXT, list_set INTEGER) RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT coalesce(CASE scope_people()
        WHEN 'all' THEN TRUE
        WHEN 'office' THEN region = ANY (scope_regions())
        WHEN 'lists' THEN list_set = ANY (registry_my_sets())
        WHEN 'staff' THEN list_set = ANY (registry_my_sets())
    END, FALSE)
$$;
