from odoo import api, models
from odoo.exceptions import AccessError


class PaydoxEngineFields(models.AbstractModel):
    """A record some of whose fields are set by its verbs only: no call, no form and no default of the context fills them in.

    Who inherits it names the fields and asks ``_check_engine_fields`` before it creates or writes for a user.
    """

    _name = "paydox.engine.fields"
    _description = "Record with Fields Set by Its Verbs"

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        # A context key is no way to forge what only the verbs may set.
        return super(PaydoxEngineFields, self._without_forged_defaults()).default_get(fields)

    # === HOOKS === #

    @api.model
    def _get_engine_fields(self):
        """Names of the fields that only the verbs set, as a set."""
        return frozenset()

    @api.model
    def _get_engine_fields_message(self, names):
        """The refusal: what cannot be filled in, and what to do instead."""
        return self.env._("%(fields)s cannot be filled in by hand. Use the buttons.", fields=names)

    # === HELPERS === #

    @api.model
    def _without_forged_defaults(self):
        forged = {f"default_{name}" for name in self._get_engine_fields()} & self.env.context.keys()
        if not forged or self.env.su:
            return self
        kept = {key: value for key, value in self.env.context.items() if key not in forged}
        return self.with_env(self.env(context=kept))

    @api.model
    def _check_engine_fields(self, vals):
        if forged := sorted(self._get_engine_fields() & vals.keys()):
            labels = [self._fields[name]._description_string(self.env) for name in forged]
            raise AccessError(self._get_engine_fields_message(", ".join(labels)))
