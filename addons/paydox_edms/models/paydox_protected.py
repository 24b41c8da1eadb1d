from odoo import api, models, tools
from odoo.exceptions import AccessError


class PaydoxProtected(models.AbstractModel):
    """Rows that only the code of the engine may touch.

    The access list gives every role no more than reading; this guard stands behind it, so that a group or an access
    line added later opens nothing. ``sudo`` cannot be had by RPC and no context key is read.
    """

    _name = "paydox.protected"
    _description = "Rows written only by the engine"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_engine()
        return super().create(vals_list)

    def write(self, vals):
        self._check_engine()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_engine_only(self):
        self._check_engine()

    # === HELPERS === #

    @api.model
    def _search_whole(self, domain, order="id"):
        """As ``search``, with the columns of the rows in the same statement: for rows that are surely read next."""
        return self.search_fetch(domain, self._get_plain_fields(), order=order)

    @api.model
    @tools.ormcache()
    def _get_plain_fields(self):
        return tuple(
            name for name, field in self._fields.items() if field.store and field.column_type and field.prefetch is True
        )

    @api.model
    def _check_engine(self):
        if not self.env.su:
            self._refuse()

    @api.model
    def _refuse(self):
        raise AccessError(
            self.env._(
                "“%(model)s” is written by the system only. Use the buttons of the document instead.",
                model=self._description_label(),
            )
        )

    @api.model
    def _description_label(self):
        # sudo: the names of models are not readable for everybody
        return self.env["ir.model"].sudo()._get(self._name).name or self._description
