"""pytest plugin: runs exactly the tests that Odoo's own runner would run.

pytest would also run classes tagged ``-standard`` and, in each subclass, the tests inherited from a base class;
Odoo's loader takes only methods that a class defines itself, in its own module.
"""

import os


def _is_wanted(item):
    test_class = getattr(item, "cls", None)
    tags = getattr(test_class, "test_tags", None)
    if tags is None:  # a plain function or an ordinary unittest class
        return True
    method = getattr(test_class, item.originalname or item.name, None)
    method_tags = getattr(method, "test_tags", None) or tags
    if "standard" not in method_tags:
        return False
    if test_class.__module__ != item.module.__name__:
        return False
    return getattr(test_class, "allow_inherited_tests_method", False) or item.name in vars(test_class)


def pytest_collection_modifyitems(config, items):
    wanted = [item for item in items if _is_wanted(item)]
    dropped = [item for item in items if not _is_wanted(item)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = wanted


def pytest_sessionstart(session):
    """What Odoo's test classes take for granted, and what is not so with several workers on a small machine."""
    from odoo.tests import TransactionCase, common

    # A browser that needs more than ten seconds to start would turn its tour into a skipped test.
    common.CHECK_BROWSER_ITERATIONS = 900
    if os.environ.get("PYTEST_XDIST_WORKER"):
        # Workers share one file store: what one of them collects as garbage may belong to a running test of another.
        TransactionCase._gc_filestore = classmethod(lambda cls: None)
