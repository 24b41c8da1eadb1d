from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class ResPartner(models.Model):
    """What a substitute has to know at once: last contact, stage, next step, key requirements."""

    _inherit = "res.partner"

    key_requirements = fields.Text(
        tracking=True,
        help="What matters to this client: priorities, requirements, what was promised. Shown on top of his card.",
    )
    work_last_contact = fields.Char(string="Last Contact", compute="_compute_work", groups="base.group_user")
    work_stage = fields.Char(string="Stage", compute="_compute_work", groups="base.group_user")
    work_next_step = fields.Char(string="Next Step", compute="_compute_work", groups="base.group_user")
    has_work = fields.Boolean(compute="_compute_work", groups="base.group_user", help="Somebody here works with it.")

    # === COMPUTE METHODS === #

    @api.depends("user_id", "commercial_partner_id", "key_requirements")
    @api.depends_context("uid", "lang")
    def _compute_work(self):
        for partner in self:
            family = partner._get_work_family()
            contact = max(partner._get_last_contacts(family), default=None) if family else None
            step = min(partner._get_next_steps(family), default=None) if family else None
            stages = partner._get_work_stages(family) if family else []
            partner.work_last_contact = contact and self._get_work_text(*contact)
            partner.work_next_step = step and self._get_work_text(*step)
            partner.work_stage = "; ".join(stages[:2]) or False
            partner.has_work = bool(partner.user_id or partner.key_requirements or contact or step or stages)

    # === HOOKS === #

    def _get_work_family(self):
        """The counterparty with all that belongs to it, as far as the user may see them."""
        self.ensure_one()
        if not self._origin:
            return self.browse()
        company = self._origin.commercial_partner_id
        return self.search(Domain("id", "child_of", company.ids), limit=200, order="id") | self._origin

    def _get_last_contacts(self, family):
        """Hook: ``[(date, text)]`` of what was said last, by whichever way."""
        domain = (
            Domain("model", "=", "res.partner")
            & Domain("res_id", "in", family.ids)
            & Domain("message_type", "in", ("email", "email_outgoing", "comment", "sms"))
            & Domain("is_internal", "=", False)
        )
        message = self.env["mail.message"].search(domain, limit=1, order="id desc")
        found = [(message.date.date(), message.subject or self.env._("message"))] if message else []
        if not self.env["paydox.instruction"].has_access("read"):
            return found
        done = (
            Domain("partner_id", "in", family.ids)
            & Domain("kind", "in", ("call", "meeting"))
            & Domain("state", "in", ("reported", "done"))
            & Domain("reported_at", "!=", False)
        )
        call = self.env["paydox.instruction"].search(done, limit=1, order="reported_at desc, id desc")
        return found + ([(call.reported_at.date(), call.name)] if call else [])

    def _get_next_steps(self, family):
        """Hook: ``[(date, text)]`` of what is planned; the nearest is shown."""
        domain = Domain("res_model", "=", "res.partner") & Domain("res_id", "in", family.ids)
        activity = self.env["mail.activity"].search(domain, limit=1, order="date_deadline, id")
        found = []
        if activity:
            found.append((activity.date_deadline, activity.summary or activity.activity_type_id.name or ""))
        if not self.env["paydox.instruction"].has_access("read"):
            return found
        about = Domain("partner_id", "in", family.ids) | (
            Domain("res_model", "=", "res.partner") & Domain("res_id", "in", family.ids)
        )
        planned = about & Domain("state", "in", ("assigned", "in_progress")) & Domain("deadline", "!=", False)
        instruction = self.env["paydox.instruction"].search(planned, limit=1, order="deadline, id")
        return found + ([(instruction.deadline.date(), instruction.name)] if instruction else [])

    def _get_work_stages(self, family):
        """Hook: how far the work is, the nearest first."""
        if not self.env["paydox.case"].has_access("read"):
            return []
        domain = Domain("partner_id", "in", family.ids) & Domain("state", "=", "running")
        case = self.env["paydox.case"].search(domain, limit=1, order="id desc")
        return [case.display_name] if case else []

    # === HELPERS === #

    def _get_work_text(self, day, text):
        return f"{format_date(self.env, day)}: {text}" if text else format_date(self.env, day)
