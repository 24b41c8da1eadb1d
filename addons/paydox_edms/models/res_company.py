from odoo import api, fields, models, tools


class ResCompany(models.Model):
    _inherit = "res.company"

    document_code = fields.Char(help="Takes the place of {company} in the registration numbers of documents.")
    document_tree_access = fields.Selection(
        selection=[("hidden", "Leave them out"), ("shown", "Show them as “no access”")],
        string="Documents without Access in Trees",
        default="hidden",
        required=True,
        help="What the tree of a document shows of documents that the reader may not read.",
    )

    instruction_scope = fields.Selection(
        selection=[("company", "To everybody in the company"), ("department", "Within the own department")],
        string="Instructions Are Given",
        default="company",
        required=True,
        help="Within the department: to its people, and by heads to everybody below them. Clerks are free.",
    )

    instruction_take_minutes = fields.Integer(
        string="Take Within, Minutes",
        help="What is given to a group and not taken in so many minutes of working time is told to its author and to the heads of the group. "
        "0: never.",
    )

    def _get_document_timezone(self):
        """Time zone in which the days, months and years of the registration are counted."""
        self.ensure_one()
        return self.partner_id.tz or self.resource_calendar_id.tz or "UTC"

    @api.model
    @tools.ormcache()
    def _get_contact_timezones(self):
        """``{company id: time zone of its contact or False}``; ``res.partner`` clears it when a time zone changes."""
        # sudo: asked for people who may not read the company of a document
        companies_sudo = self.sudo().with_context(active_test=False).search([("partner_id", "!=", False)])
        return {company.id: company.partner_id.tz for company in companies_sudo}
