from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date


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
        return self.search(Domain("id", "in", self._get_family_ids()), limit=200, order="id") | self._origin

    def _get_last_contacts(self, family):
        """Hook: ``[(date, text)]`` of what was said last, by whichever way."""
        found = [(date.date(), subject or self.env._("message")) for date, subject in self._find_last_message(family)]
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

    @api.model
    def _find_last_message(self, family):
        """The last message on counterparties that the user reads, for who reads a record reads its messages.

        Each card is asked by its index: over all of them at once PostgreSQL goes through the messages of the whole
        company, the latest first, until one fits.
        """
        self.env["mail.message"].flush_model(["date", "is_internal", "message_type", "model", "res_id", "subject"])
        return self.env.execute_query(
            SQL(
                """
                SELECT message.date, message.subject
                  FROM unnest(%s) card(id)
            CROSS JOIN LATERAL (SELECT id, date, subject FROM mail_message
                                 WHERE model = 'res.partner' AND res_id = card.id AND is_internal IS NOT TRUE
                                   AND message_type IN ('email', 'email_outgoing', 'comment', 'sms')
                              ORDER BY id DESC LIMIT 1) message
              ORDER BY message.id DESC LIMIT 1
                """,
                family.ids,
            )
        )

    def _get_work_text(self, day, text):
        return f"{format_date(self.env, day)}: {text}" if text else format_date(self.env, day)
