from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep both histories: that of the destination goes on, those of the sources become its past ones.

        Two states of one day cannot both be in force, so the rows of a source no longer are; the documents of the source
        remember whose they were and go on showing the states of their own days.
        """
        Requisites = self.env["paydox.partner.requisites"].sudo()
        for source in src_partners:
            self.env["paydox.document"].sudo()._remember_merged_counterparty(source)
            Requisites._absorb(source, dst_partner)
            self.env["paydox.partner.distinct"].sudo()._move(source, dst_partner)
            self.env["paydox.rating.score"].sudo()._absorb(source, dst_partner)
        src_partners._forget_rating()
        # What was set by hand for a card that is gone does not pass to another one.
        self.env["paydox.rating.override"].sudo()._search_running(src_partners)._end(self.env.user)
        dst_partner._queue_rating()
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        """What is to be done about a counterparty goes on with the one that stays, and so do the cases about it."""
        about = [("res_model", "=", "res.partner"), ("res_id", "in", src_partners.ids)]
        # sudo: whoever gave them, leads them or decides in them
        self.env["paydox.instruction"].sudo().search(about).write({"res_id": dst_partner.id})
        self.env["paydox.case"]._move_subject(src_partners, dst_partner)
        return super()._update_reference_fields(src_partners, dst_partner)
