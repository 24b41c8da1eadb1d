from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text

_SHOWN = 5


class ResPartner(models.Model):
    """The hint on the card that somebody like this is there already, and what a person answers to it."""

    _inherit = "res.partner"

    duplicate_hint = fields.Json(
        compute="_compute_duplicate_hint",
        help="Counterparties with the same number, e-mail, phone or name. It hinders nothing.",
    )
    distinct_ids = fields.One2many(
        comodel_name="paydox.partner.distinct",
        inverse_name="partner_id",
        string="Not Duplicates",
        readonly=True,
        groups="base.group_partner_manager",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends(lambda self: ["kpp", "is_company", "parent_id", *self._get_match_fields()])
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_duplicate_hint(self):
        """Only what is the same: similar names are looked for when somebody asks for them."""
        if not self.env.user._is_internal():
            self.duplicate_hint = False
            return
        candidates = [partner._get_duplicate_candidate() for partner in self]
        for partner, matches in zip(self, self._search_duplicates(candidates, with_similar=False), strict=True):
            partner.duplicate_hint = self._describe_duplicates(matches[:_SHOWN]) or False

    @api.depends("kpp")
    def _compute_same_vat_partner_id(self):
        """A branch has the number of its head office and another KPP: it is no duplicate."""
        result = super()._compute_same_vat_partner_id()
        for partner in self:
            # sudo: Odoo's own field finds those whom the user may not read as well
            other_sudo = partner.same_vat_partner_id.sudo()
            if partner.kpp and other_sudo.kpp and partner.kpp != other_sudo.kpp:
                partner.same_vat_partner_id = False
        return result

    def _get_duplicate_candidate(self):
        """Return what the card is recognised by, as it is typed at the moment."""
        self.ensure_one()
        names = [name for name in self._get_match_fields() if name != "country_id"]
        employed = bool(self.parent_id) and not self.is_company
        # sudo: the dialling code of a country is no secret
        code = self.country_id.sudo().phone_code or self.env.company.sudo().country_id.phone_code
        keys, name = self._get_match_values({name: self[name] for name in names}, code, employed)
        family = (self.parent_id.commercial_partner_id if employed else self)._origin
        return {
            "keys": keys,
            "name": name,
            "kpp": self.kpp,
            "partner_id": self._origin.id,
            "family_id": family.id,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_find_duplicates(self):
        """Open those who may be the same as this counterparty, similar names included."""
        self.ensure_one()
        self.check_access("read")
        matches = self._find_duplicates().get(self.id, [])
        readable = self.browse(match["partner_id"] for match in matches).with_context(active_test=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Like %(name)s", name=self.display_name),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", [self.id, *readable._filtered_access("read").ids])],
            "context": {"active_test": False, "create": False},
        }

    def action_note_distinct(self, other_id, reason):
        """Note that the other one is another counterparty, so that neither card hints at it again.

        :param int other_id: a counterparty that the user may read
        :param str reason: why they are two
        """
        self.ensure_one()
        self.check_access("write")
        other = self.browse(to_id(other_id)).with_context(active_test=False).exists()
        if not other:
            raise UserError(self.env._("That counterparty is no longer there. Reload the card."))
        other.check_access("read")
        self.env["paydox.partner.distinct"]._note(self, other, to_text(reason, 500))
        return True

    def _get_merge_action(self):
        return self.env["ir.actions.act_window"]._for_xml_id("base.action_partner_merge") | {
            "context": {"active_model": "res.partner", "active_ids": self.ids}
        }
