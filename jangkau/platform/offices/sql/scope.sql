-- Who is asking: the scope of a transaction, signed so that SQL cannot make one up. Everything here is of the owner; the web's
-- role may call the functions and read none of the tables behind them. Running it again replaces it all.
--
-- A scope is the setting jangkau.scope = 'KIND:ID:SIGNATURE'. KIND user: that user; signin: nobody yet, the pages of signing in;
-- public: the public page. Jobs run as the owner and have none. Without a scope, or with a signature that does not fit,
-- scope_kind() is NULL and no policy lets anything through.
CREATE TABLE IF NOT EXISTS offices_scope_key (id SMALLINT PRIMARY KEY DEFAULT 1 CHECK (id = 1), key TEXT NOT NULL);
REVOKE ALL ON offices_scope_key FROM PUBLIC;

CREATE OR REPLACE FUNCTION scope_read() RETURNS TEXT[] LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
DECLARE
    parts TEXT[] := string_to_array(current_setting('jangkau.scope', TRUE), ':');
    secret TEXT;
BEGIN
    IF parts IS NULL OR cardinality(parts) <> 3 THEN
        RETURN NULL;
    END IF;
    -- A signature that fits says that we wrote the rest too, so it is looked at no further: a pattern for it took three quarters of
    -- the time of this function, which every question of the web asks.
    SELECT key INTO secret FROM offices_scope_key;
    IF secret IS NULL OR parts[3] <> encode(sha256(convert_to(secret, 'UTF8')
            || sha256(convert_to(secret || '|' || parts[1] || ':' || parts[2], 'UTF8'))), 'hex') THEN
        RETURN NULL;
    END IF;
    RETURN parts;
END $$;

CREATE OR REPLACE FUNCTION scope_kind() RETURNS TEXT LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (scope_read())[1];
END $$;

-- The user of the scope, all NULL when there is none or he was dismissed. These functions are PL/pgSQL because that keeps its plans:
-- every question of the web asks some of them, and SQL functions were planned anew each time, for ten times as long. So was, before
-- tables had statistics, what these ask: hence the generic plans.
CREATE OR REPLACE FUNCTION scope_me() RETURNS offices_user LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
DECLARE
    said TEXT[] := scope_read();
    me offices_user;
BEGIN
    IF said[1] = 'user' THEN
        SELECT * INTO me FROM offices_user AS u WHERE u.id = CAST(said[2] AS BIGINT) AND u.is_active;
    END IF;
    RETURN me;
END $$;
REVOKE ALL ON FUNCTION scope_me() FROM PUBLIC;  -- it holds his password's hash

CREATE OR REPLACE FUNCTION scope_user() RETURNS BIGINT LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
DECLARE
    me offices_user := scope_me();
BEGIN
    RETURN me.id;
END $$;

CREATE OR REPLACE FUNCTION scope_role() RETURNS TEXT LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
DECLARE
    me offices_user := scope_me();
BEGIN
    RETURN me.role;
END $$;

-- Which people the role sees, as roles.py has it: all, those of the office's regions, those on lists of the institution (of a bank, or
-- of staff), or none.
CREATE OR REPLACE FUNCTION scope_people() RETURNS TEXT LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
DECLARE
    me offices_user := scope_me();
BEGIN
    RETURN CASE
        WHEN me.role = 'analyst' THEN 'all'
        WHEN me.role IN ('regional_office', 'branch_head', 'branch_officer') THEN 'office'
        WHEN me.role = 'bank_officer' THEN 'lists'
        WHEN me.role = 'institution_officer' THEN 'staff'
        WHEN me.role IS NOT NULL THEN 'none' END;
END $$;

CREATE OR REPLACE FUNCTION scope_office() RETURNS BIGINT LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
DECLARE
    me offices_user := scope_me();
BEGIN
    RETURN me.office_id;
END $$;

CREATE OR REPLACE FUNCTION scope_institution() RETURNS BIGINT LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
DECLARE
    me offices_user := scope_me();
BEGIN
    RETURN me.institution_id;
END $$;

-- The user's office and the branches below it.
CREATE OR REPLACE FUNCTION scope_offices() RETURNS BIGINT[] LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    office BIGINT := scope_office();
BEGIN
    RETURN (SELECT coalesce(array_agg(o.id), '{}') FROM offices_office AS o WHERE o.id = office OR o.above_id = office);
END $$;

-- Regencies and cities (four digits) that these offices serve today; none where a role works at no office.
CREATE OR REPLACE FUNCTION scope_regions() RETURNS TEXT[] LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    offices BIGINT[] := scope_offices();
BEGIN
    RETURN (SELECT coalesce(array_agg(DISTINCT r.region), '{}') FROM offices_officeregion AS r
        WHERE r.office_id = ANY (offices) AND r.period @> CURRENT_DATE);
END $$;

-- The region of a local government or prosecutor: two digits of a province or four of a regency; '' for the whole country of a
-- ministry; NULL for everybody else.
CREATE OR REPLACE FUNCTION scope_territory() RETURNS TEXT LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = public, pg_temp AS $$
DECLARE
    me offices_user := scope_me();
BEGIN
    IF me.role IN ('institution_officer', 'prosecutor') THEN
        RETURN (SELECT i.region FROM offices_institution AS i WHERE i.id = me.institution_id);
    END IF;
    RETURN NULL;
END $$;
