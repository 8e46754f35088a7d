-- What the health page asks: how many migrations are applied, and when a worker was last seen. Running it again replaces it.
CREATE OR REPLACE FUNCTION web_ready(OUT migrations BIGINT, OUT worker_seen_at TIMESTAMPTZ) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*) FROM django_migrations), (SELECT max(last_heartbeat) FROM procrastinate_workers)
$$;

-- Jobs by state, for the metrics.
CREATE OR REPLACE FUNCTION web_jobs() RETURNS TABLE (status TEXT, many BIGINT) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT CAST(j.status AS TEXT), count(*) FROM procrastinate_jobs AS j GROUP BY 1
$$;
