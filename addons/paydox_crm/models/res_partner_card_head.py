from odoo import api, models


class ResPartner(models.Model):
    """What stands on top of the card and takes long: it comes by one call after the form, which nobody waits for."""

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    @api.readonly
    def get_card_head(self):
        """Numbers on the buttons of the card and what a substitute has to know at once, of what the user may read.

        :return: ``{"numbers": {field: number}, "work": {"last_contact", "stage", "next_step", "has_work"}}``
        """
        self.ensure_one()
        self._check_timeline_access()
        return {
            "numbers": {name: self[name] for name in self._get_card_count_fields()},
            "work": {
                "last_contact": self.work_last_contact,
                "stage": self.work_stage,
                "next_step": self.work_next_step,
                "has_work": self.has_work,
            },
        }
