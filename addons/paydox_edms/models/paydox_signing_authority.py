from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class ResCompany(models.Model):
    _inherit = "res.company"

    document_head_id = fields.Many2one(
        comodel_name="res.users",
        string="Head of the Company",
        domain="[('share', '=', False)]",
        help="Signs without a power of attorney.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    document_head_id = fields.Many2one(related="company_id.document_head_id", readonly=False)


class PaydoxStepDefinition(models.AbstractModel):
    _inherit = "paydox.step.definition"

    requires_authority = fields.Boolean(
        string="With Authority Only",
        help="Only the head of the company and who has a valid power of attorney sign on this step.",
    )

    # === HELPERS === #

    def _prepare_pinned_values(self):
        return super()._prepare_pinned_values() | {"requires_authority": self.requires_authority}

    def _get_definition(self):
        definition = super()._get_definition()
        return definition | {"requires_authority": self.requires_authority} if self.kind == "sign" else definition


class PaydoxSignature(models.Model):
    """By what right the person signed."""

    _inherit = "paydox.signature"

    authority = fields.Char(
        string="By Right Of", readonly=True, help="By what right the person signed for the company."
    )
    authority_id = fields.Many2one(
        comodel_name="paydox.document",
        string="Power of Attorney",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )

    # === BUSINESS METHODS === #

    def _prepare_signature_values(self, line_sudo):
        return super()._prepare_signature_values(line_sudo) | self._find_authority(line_sudo)

    # === HELPERS === #

    @api.model
    def _get_later_signed_fields(self):
        return (*super()._get_later_signed_fields(), "authority", "authority_id")

    @api.model
    def _find_authority(self, line_sudo):
        """Values that say by what right the current user signs; refused when he has none where one is required."""
        document_sudo = line_sudo.document_id
        if not (line_sudo.step_id.requires_authority or document_sudo.kind_id.requires_authority):
            return {}
        power, problem = document_sudo._find_authority(self.env.user, line_sudo.company_id)
        if problem:
            raise UserError(problem)
        if not power:
            return {"authority": self.env._("Head of the company")}
        power_sudo = power.sudo()  # sudo: what the sheet names, as a paper would
        text = self.env._(
            "Power of attorney %(number)s of %(date)s",
            number=power_sudo.number or power_sudo.name,
            date=format_date(self.env, power_sudo.date),
        )
        return {"authority": text, "authority_id": power.id}
