"""Every public method of our models may be called by RPC, by anybody, with anything: the answer is in words.

A method that breaks with an error of Python or of the database tells a person nothing and shows that its arguments reach
further than they should. New methods are tried without being listed here.
"""

import inspect

from odoo.exceptions import AccessDenied, AccessError, MissingError, UserError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.paydox_edms.tests.common import PaydoxEdmsMixin

from .common import SuiteCase

IN_WORDS = (UserError, AccessError, ValidationError, MissingError, AccessDenied)
VALUES = (None, True, 0, -1, 10**12, "x", "\0", "'; DROP TABLE x", [], [1], ["a"], {"a": 1}, [["zzz", "=", 1]], 1.5)
# Odoo's own protocol of lists and forms: what it is given wrong, it answers for itself.
PROTOCOL = {
    "copy", "copy_data", "create", "default_get", "export_data", "fields_get", "formatted_read_group", "get_view",
    "get_views", "load", "name_create", "name_search", "onchange", "read", "read_group", "search", "search_count", "search_fetch",
    "search_read", "unlink", "update_field_translations", "web_read", "web_save", "web_search_read", "write",
}  # fmt: skip


class _Undo(Exception):
    pass


class TestHostileCalls(SuiteCase, PaydoxEdmsMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.weak = [
            new_test_user(cls.env, "hostile_portal", groups="base.group_portal"),
            new_test_user(cls.env, "hostile_employee", groups="base.group_user"),
            cls.manager,
        ]
        cls._create_submitted({"users": cls.legal}, {"users": cls.director})
        cls._create_document()

    def _public_methods(self, model):
        """Names of the methods that our addons define on the model and that RPC may call."""
        for name, method in inspect.getmembers(type(model), inspect.isfunction):
            if name.startswith("_") or name in PROTOCOL:
                continue
            owners = {".paydox_" in cls.__module__ for cls in type(model).mro() if name in cls.__dict__}
            # What Odoo defines on a model of its own and we extend has Odoo's contract.
            if not (owners == {True} or (True in owners and model._name.startswith("paydox."))):
                continue
            try:
                get_public_method(model, name)
            except AccessError:
                continue
            yield name, method

    def _calls(self, method):
        parameters = list(inspect.signature(method).parameters.values())[1:]
        count = sum(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in parameters)
        required = sum(
            parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.default is parameter.empty
            for parameter in parameters
        )
        if not count:
            return [()]
        lengths = sorted({max(required, 1), count})
        return [(value,) * length for value in VALUES for length in lengths]

    def _complaint(self, records, name, method, arguments):
        """What went wrong in another way than by a message to the person."""
        target = records.browse() if getattr(method, "_api_model", False) else records
        try:
            with self.env.cr.savepoint():
                getattr(target, name)(*arguments)
                self.env.flush_all()
                raise _Undo
        except (_Undo, *IN_WORDS):
            return None
        except ValueError as error:
            # ensure_one() of a button that belongs to one record.
            return None if "Expected singleton" in str(error) else repr(error)
        except Exception as error:  # noqa: BLE001 whatever it is, it is what this test looks for
            return repr(error)
        finally:
            self.env.invalidate_all()

    def _try(self, model_name, users):
        """Call every public method of the model with everything; return how many there were."""
        model = self.env[model_name]
        methods = list(self._public_methods(model))
        if not methods:
            return 0
        targets = ([],) if model._abstract else ([], [10**9], model.sudo().search([], limit=1).ids)
        tried = 0
        for name, method in methods:
            complaints = {
                complaint
                for user in users
                for ids in targets
                for arguments in self._calls(method)
                if (complaint := self._complaint(model.with_user(user).browse(ids), name, method, arguments))
            }
            tried += 1
            with self.subTest(method=f"{model_name}.{name}"):
                self.assertFalse(complaints)
        return tried

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.orm.models")
    def test_every_public_method_answers_in_words(self):
        models = [name for name in sorted(self.env.registry) if name.startswith("paydox.")]
        self.assertGreater(sum(self._try(name, self.weak) for name in models if not self.env[name]._abstract), 100)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.orm.models")
    def test_what_has_no_rows_and_what_is_added_to_models_of_odoo_answers_in_words(self):
        """A mixin is tried in the models that it is part of."""
        seller = new_test_user(self.env, "hostile_seller", groups="sales_team.group_sale_salesman")
        self.env["crm.lead"].create({"name": "Deal", "type": "opportunity", "user_id": seller.id})
        models = [
            name
            for name in sorted(self.env.registry)
            if (self.env[name]._abstract and name.startswith("paydox.") and not self.env[name]._inherit_children)
            or (not self.env[name]._abstract and not name.startswith("paydox."))
        ]
        users = [*self.weak[:2], seller]
        self.assertGreater(sum(self._try(name, users) for name in models), 30)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.orm.models")
    def test_deals_answer_a_salesperson_in_words(self):
        seller = new_test_user(self.env, "hostile_seller", groups="sales_team.group_sale_salesman")
        models = [
            name
            for name in sorted(self.env.registry)
            if self.env[name]._original_module in ("paydox_funnel", "paydox_website") and not self.env[name]._abstract
        ]
        self.assertGreater(sum(self._try(name, [seller]) for name in models), 10)
