from odoo import api, fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """Who decides at the counterparty of a deal, and who of us knows them."""

    _inherit = "crm.lead"

    decision_makers = fields.Json(
        compute="_compute_decision_makers",
        groups="base.group_user",
        help="People who decide at the counterparty, from its relations, and those of us who know them.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_decision_makers(self):
        people = self._get_decision_makers()
        for lead in self:
            # sudo: only the number
            lead.decision_makers = people.get(lead.sudo().partner_id.commercial_partner_id.id, [])

    def _get_decision_makers(self):
        """``{counterparty id: [people]}``, in a number of queries that does not grow with the deals."""
        families = self.sudo().partner_id._get_families()
        roots = {id_: root_id for root_id, ids in families.items() for id_ in ids}
        if not roots:
            return {}
        relations = self.env["paydox.relation"]
        current = Domain("is_ended", "=", False) & (
            Domain("date_from", "=", False) | Domain("date_from", "<=", fields.Date.context_today(self))
        )
        # as the user: relations that are kept from him stay so
        deciding = relations.search(
            current & Domain("type_id.role", "=", "decides") & Domain("target_id", "in", list(roots))
        )
        known_by = deciding.source_id._get_known_by(current)
        makers = {}
        for relation in deciding:
            person = relation.source_id
            makers.setdefault(roots[relation.target_id.id], []).append(
                {
                    "id": person.id,
                    "name": person.name,
                    "function": person.function or False,
                    "role": relation.type_id.name,
                    "known_by": known_by.get(person.id, []),
                }
            )
        return makers


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_known_by(self, current):
        """``{person id: [{"name", "relation"}]}``: colleagues who know the people of ``self``."""
        if not self:
            return {}
        inside = Domain("partner_share", "=", False) & Domain("user_ids", "!=", False)
        knows = current & Domain("type_id.role", "=", "knows")
        relations = self.env["paydox.relation"].search(
            knows
            & (
                (Domain("source_id", "in", self.ids) & Domain("target_id", "any", inside))
                | (Domain("target_id", "in", self.ids) & Domain("source_id", "any", inside))
            )
        )
        known_by = {}
        for relation in relations:
            for person, colleague, label in (
                (relation.source_id, relation.target_id, relation.type_id.inverse_name),
                (relation.target_id, relation.source_id, relation.type_id.name),
            ):
                if person in self and not colleague.partner_share:
                    known_by.setdefault(person.id, []).append({"name": colleague.name, "relation": label})
        return known_by
