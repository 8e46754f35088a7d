"""A server of one's own, whose owner of the database is no superuser: the roles are made, and found again."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from jangkau.platform.database import embedded, prepare, with_database, with_user
from jangkau.platform.home import open_home


def test_an_owner_who_is_no_superuser_makes_the_roles_and_starts_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder: Path = tmp_path_factory.mktemp("server")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o711)  # the server runs as another user when we are root
    with embedded(home=open_home(folder=folder / "home")) as server:
        address = server.address
        with psycopg.connect(address, autocommit=True) as first:
            first.execute("CREATE ROLE pemilik LOGIN CREATEROLE PASSWORD 'x'")
            first.execute("CREATE DATABASE lain OWNER pemilik TEMPLATE template0 ENCODING 'UTF8'")
        owner = with_user(address=with_database(address=address, database="lain"), user="pemilik", password="x")
        for password in ("satu", "dua"):
            databases = prepare(owner=owner, password=password, own_server=True)
        with psycopg.connect(databases.web) as web:
            assert web.execute("SELECT current_user").fetchone() == ("jangkau_web",)
        with psycopg.connect(databases.owner) as connection:
            flags = connection.execute(
                "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles "
                "WHERE rolname LIKE 'jangkau%' ORDER BY 1"
            ).fetchall()
            assert flags == [("jangkau_lists", False, False), ("jangkau_web", True, False)]
            connection.execute("CREATE VIEW seen AS SELECT 1 AS one")
            connection.execute("GRANT CREATE ON SCHEMA public TO jangkau_lists")
            connection.execute("ALTER VIEW seen OWNER TO jangkau_lists")
            connection.rollback()
