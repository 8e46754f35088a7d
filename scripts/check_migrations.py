"""Do the migrations hold all that the models say? Looks at files alone; no database is asked."""

from __future__ import annotations

import os
import sys


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "jangkau.platform.settings"
    import django

    django.setup()
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState
    from django.utils import translation

    translation.deactivate_all()  # names of fields are compared as they stand in the code
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("jangkau.")}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    now = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = {app: found for app, found in now.changes(graph=loader.graph).items() if app in ours}
    for app, found in changes.items():
        for migration in found:
            for operation in migration.operations:
                print(f"{app}: no migration: {operation.describe()}")
    forks = [
        f"{app}: {' and '.join(names)} follow the same migration" for app, names in loader.detect_conflicts().items()
    ]
    print("\n".join(forks), end="\n" if forks else "")
    backwards = [
        f"{app}.{name}: {operation.describe()} cannot be taken back"
        for (app, name), migration in loader.disk_migrations.items()
        if app in ours
        for operation in migration.operations
        if not operation.reversible
    ]
    print("\n".join(backwards), end="\n" if backwards else "")
    if not changes and not forks and not backwards:
        print(f"{len(ours)} apps: migrations are complete and can be taken back")
    return 1 if changes or forks or backwards else 0


if __name__ == "__main__":
    sys.exit(main())
