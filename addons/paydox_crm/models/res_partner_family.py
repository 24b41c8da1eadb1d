from odoo import models
from odoo.tools import SQL


class ResPartner(models.Model):
    """The counterparty as a whole: the organisation with its contacts, its branches and theirs."""

    _inherit = "res.partner"

    # === HELPERS === #

    def _get_families(self):
        """What belongs together, asked once for all.

        :return: ``{id of the commercial entity: [ids of itself, its contacts and branches]}``, archived ones included
        """
        # sudo: only numbers are returned; what is found by them is read with the rights of the user
        root_ids = self.sudo()._origin.commercial_partner_id.ids
        if not root_ids:
            return {}
        self.env["res.partner"].flush_model(["parent_id"])
        # UNION and not UNION ALL: a circle that somebody made in the database does not hang the card.
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE family(root_id, id) AS (
                        SELECT id, id FROM res_partner WHERE id IN %s
                         UNION
                        SELECT family.root_id, partner.id
                          FROM res_partner partner
                          JOIN family ON partner.parent_id = family.id
                )
                SELECT root_id, id FROM family
                """,
                tuple(root_ids),
            )
        )
        families = {root_id: [] for root_id in root_ids}
        for root_id, partner_id in rows:
            families[root_id].append(partner_id)
        return families

    def _get_family_ids(self):
        """Ids of the counterparty of one card, of its contacts and branches."""
        self.ensure_one()
        return self._get_families().get(self.sudo()._origin.commercial_partner_id.id, [])
