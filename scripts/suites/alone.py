"""Each addon alone, on a database that has nothing but what it depends on: no warning in the log.

To save time an addon starts from a copy of the largest database made before whose addons it needs anyway.
"""

from common import NO_SERVER, Result, add_odoo_run, addon_names, databases, manifests, odoo

PREFIX = "paydox_test_alone_"


def closure(name, found):
    """The addon and everything of ours and of Odoo that it names as needed, directly or through ours."""
    ours = {name}
    for dependency in found[name].get("depends", []):
        ours |= closure(dependency, found) if dependency in found else {dependency}
    return ours


def run():
    result, found, made = Result("alone"), manifests.manifests(), {}
    try:
        for name in addon_names():
            database, needs = PREFIX + name, closure(name, found)
            databases("db_drop", database)
            source = max((other for other in made if made[other] <= needs), key=lambda o: len(made[o]), default=None)
            if source:
                databases("db_copy", source, database)
            made[database] = needs
            status, output = odoo(database, "-i", name, "--skip-auto-install", *NO_SERVER, log=f"alone-{name}.log")
            add_odoo_run(result, name, status, output)
    finally:
        for database in made:
            databases("db_drop", database)
    return result
