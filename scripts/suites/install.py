"""All addons at once on a database that has none of them, without and with demo data: no warning in the log."""

from common import NO_SERVER, Result, add_odoo_run, addon_names, databases, odoo

DATABASE = "paydox_test_install"


def run():
    result = Result("install")
    for name, suffix, options in (("without demo data", "", []), ("with demo data", "_demo", ["--with-demo"])):
        databases("db_base", *(["demo"] if suffix else []))
        databases("db_drop", DATABASE)
        databases("db_copy", f"paydox_base{suffix}", DATABASE)
        status, output = odoo(DATABASE, "-i", ",".join(addon_names()), *options, *NO_SERVER, log=f"install{suffix}.log")
        add_odoo_run(result, f"all addons, {name}", status, output)
        databases("db_drop", DATABASE)
    return result
