from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PaydoxPartnerDistinct(models.Model):
    """Two counterparties look alike and are two all the same: who says so and why."""

    _name = "paydox.partner.distinct"
    _inherit = ["paydox.protected"]
    _description = "Not a Duplicate"
    _order = "id desc"
    _rec_name = "reason"

    partner_id = fields.Many2one(comodel_name="res.partner", required=True, index=True, ondelete="cascade")
    other_id = fields.Many2one(comodel_name="res.partner", required=True, index=True, ondelete="cascade")
    reason = fields.Char(required=True)

    _pair_check = models.Constraint("CHECK(partner_id <> other_id)", "Nobody is his own duplicate.")
    _pair_unique = models.UniqueIndex(
        "(LEAST(partner_id, other_id), GREATEST(partner_id, other_id))", "It is noted already that these are two."
    )

    # === HELPERS === #

    @api.model
    def _note(self, partner, others, reason):
        """Note why a counterparty is none of ``others``; the right to change it was checked by the caller.

        :param others: counterparties, also those whom the person may not read: they were found to look alike
        """
        if not reason:
            raise ValidationError(
                self.env._("Say why it is not the same counterparty: whoever meets it next reads the reason.")
            )
        # sudo: rows of the engine; some of the others may be hidden from the person
        Distinct_sudo = self.sudo()
        pairs = Distinct_sudo.search(
            [
                "|",
                "&",
                ("partner_id", "=", partner.id),
                ("other_id", "in", others.ids),
                "&",
                ("other_id", "=", partner.id),
                ("partner_id", "in", others.ids),
            ]
        )
        known = set((pairs.partner_id | pairs.other_id).ids)
        return Distinct_sudo.create(
            [
                {"partner_id": partner.id, "other_id": other.id, "reason": reason}
                for other in others
                if other.id not in known and other.id != partner.id
            ]
        )

    @api.model
    def _move(self, source, destination):
        """Let the notes of a merged counterparty go on with the one that stays, without a pair twice or with itself."""
        self.flush_model()
        # SQL: a pair is unordered, and a merge moves both of its ends.
        self.env.cr.execute(
            """
            DELETE FROM paydox_partner_distinct d
             WHERE %(source)s IN (d.partner_id, d.other_id)
               AND (%(destination)s IN (d.partner_id, d.other_id) OR EXISTS (
                   SELECT FROM paydox_partner_distinct k
                    WHERE %(destination)s IN (k.partner_id, k.other_id)
                      AND (k.partner_id + k.other_id - %(destination)s) = (d.partner_id + d.other_id - %(source)s)));
            UPDATE paydox_partner_distinct SET partner_id = %(destination)s WHERE partner_id = %(source)s;
            UPDATE paydox_partner_distinct SET other_id = %(destination)s WHERE other_id = %(source)s
            """,
            {"source": source.id, "destination": destination.id},
        )
        self.invalidate_model()
