"""Domains that come from outside: what is wrong with them is told in words."""

from contextlib import contextmanager

from psycopg2 import DataError

from odoo.exceptions import UserError
from odoo.fields import Domain

# What a domain that somebody made up can raise, when it is built or when it is run.
BAD_DOMAIN = (ValueError, TypeError, KeyError, AttributeError, AssertionError, RecursionError, OverflowError, DataError)


@contextmanager
def refuse_bad_domain(env):
    """Turn the errors of a domain that is used inside into a ``UserError``."""
    try:
        yield
    except BAD_DOMAIN as error:
        raise UserError(env._("The search cannot be read: %(error)s", error=str(error).split("\n")[0][:200])) from error


def parse_domain(env, domain):
    """A ``Domain`` of a list; refused when it is something else."""
    if domain and not isinstance(domain, list | tuple | Domain):
        raise UserError(env._("The search is not understood. Remove its filters and try again."))
    with refuse_bad_domain(env):
        return Domain(domain or [])
