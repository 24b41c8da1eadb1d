from odoo import api, models

_RUNNING = "paydox_edms.running_action"


class IrActionsServer(models.Model):
    """The change log of documents names the automation that made a change: a rule or a scheduled job."""

    _inherit = "ir.actions.server"

    # === BUSINESS METHODS === #

    def run(self):
        # On the transaction and not in the context, which a caller could forge.
        cache = self.env.cr.cache
        outer = cache.get(_RUNNING)
        cache[_RUNNING] = outer or ", ".join(self.sudo().mapped("name"))  # sudo: the name of a job is not readable
        try:
            return super().run()
        finally:
            cache[_RUNNING] = outer

    @api.model
    def _get_running_name(self):
        """Name of the rule or the job that runs in this transaction, or False."""
        return self.env.cr.cache.get(_RUNNING) or False
