from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.arguments import to_text

CHANNELS = [
    ("call", "Call"),
    ("meeting", "Meeting"),
    ("visit", "Visit"),
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("message", "Message"),
    ("other", "Other"),
]
STATES = [("planned", "Planned"), ("done", "Done"), ("failed", "Failed"), ("cancelled", "Cancelled")]
# What takes two people to talk leaves a result; what is written is its own result.
TALKS = ("call", "meeting", "visit")
# Set by the verbs that send and call, never by a form, an import or RPC.
ENGINE_FIELDS = frozenset(("failure", "is_logged", "message_id"))
MAX_RESULT = 10_000


class PaydoxInteraction(models.Model):
    """A call, a visit, a letter with a counterparty: planned, done, or failed. What is sent from the card logs itself."""

    _name = "paydox.interaction"
    _description = "Interaction"
    _order = "moment desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Subject", required=True)
    channel = fields.Selection(selection=CHANNELS, default="call", required=True)
    direction = fields.Selection(
        selection=[("out", "From us"), ("in", "To us")], default="out", required=True, help="Who began it."
    )
    state = fields.Selection(selection=STATES, string="Status", default="planned", required=True, index=True)
    moment = fields.Datetime(string="When", default=fields.Datetime.now, required=True)
    # people
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="With",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    counterparty_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Counterparty", store=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        required=True,
        index=True,
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company, required=True, index=True
    )
    # what came of it
    result = fields.Text(help="A call, a meeting and a visit stand as “result not entered” until it is filled in.")
    failure = fields.Char(readonly=True, copy=False, help="Why nothing reached the other side.")
    is_logged = fields.Boolean(
        string="Logged by Itself", readonly=True, copy=False, help="Made by a button of the card; it is not deleted."
    )
    message_id = fields.Many2one(
        comodel_name="mail.message", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    # for whoever looks
    is_readable = fields.Boolean(
        compute="_compute_is_readable", search="_search_is_readable", help="For the access rule."
    )
    needs_result = fields.Boolean(string="Result Not Entered", compute="_compute_needs_result")

    _failed_check = models.Constraint(
        "CHECK(state <> 'failed' OR failure IS NOT NULL)", "What failed says why. Plan the interaction again instead."
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_readable(self):
        # The rule asks as superuser; the answer is the one of the person.
        partners = self.sudo().partner_id.sudo(False)
        allowed = set(partners._filtered_access("read")._ids)
        for interaction in self:
            interaction.is_readable = interaction.sudo().partner_id.id in allowed

    def _search_is_readable(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        partners = self.env["res.partner"].sudo(False).with_context(active_test=False)
        return Domain("partner_id", "in", partners._search([]))

    @api.depends("state", "channel", "result")
    def _compute_needs_result(self):
        for interaction in self:
            interaction.needs_result = (
                interaction.state == "done" and interaction.channel in TALKS and not interaction.result
            )

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        # A context key is no way to forge what only the verbs may set.
        defaults = super().default_get(fields)
        return defaults if self.env.su else {key: value for key, value in defaults.items() if key not in ENGINE_FIELDS}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_engine_fields(vals)
        if not self.env.su:
            vals_list = [dict.fromkeys(ENGINE_FIELDS, False) | vals for vals in vals_list]
        interactions = super().create(vals_list)
        # who writes about a counterparty may see it
        interactions.partner_id.check_access("read")
        return interactions

    def write(self, vals):
        self._check_engine_fields(vals)
        logged = self.sudo().filtered("is_logged")
        if logged and not self.env.su and vals.keys() - {"result", "name"}:
            raise UserError(
                self.env._(
                    "“%(interaction)s” was logged by itself: only its subject and result can be changed. "
                    "Enter another interaction instead.",
                    interaction=logged[0].name,
                )
            )
        result = super().write(vals)
        if "partner_id" in vals:
            self.partner_id.check_access("read")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_logged(self):
        if not self.env.su and any(interaction.is_logged for interaction in self):
            raise UserError(self.env._("What was logged by itself is history and stays. Enter its result instead."))

    # === ACTIONS === #

    def action_done(self, result=None):
        """Mark as done; a call, a meeting and a visit open the window that asks for the result when none is given."""
        self.check_access("write")
        text = to_text(result, MAX_RESULT)
        if blocked := self.filtered(lambda interaction: interaction.state not in ("planned", "done")):
            raise UserError(
                self.env._("“%(interaction)s” is closed already.", interaction=blocked[0].name),
            )
        self.filtered(lambda interaction: interaction.state == "planned").write({"state": "done"})
        if text:
            self.write({"result": text})
        if len(self) == 1 and self.needs_result:
            return self.action_open_result()
        return True

    def action_cancel(self):
        """Drop what was planned."""
        self.check_access("write")
        if self.filtered(lambda interaction: interaction.state != "planned"):
            raise UserError(self.env._("Only what is planned can be cancelled. What happened stays in the history."))
        self.write({"state": "cancelled"})
        return True

    def action_open_result(self):
        """Open the window that asks what came of it."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Came of It"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("paydox_crm.paydox_interaction_view_form_result").id, "form")],
            "target": "new",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _log(self, partners, channel, name, failures=None, result=None, message=None):
        """Record what a button of the card did, one row for each contact.

        :param dict failures: ``{partner id: why nothing was sent}``
        :return: the rows, for the user
        """
        now, failures = fields.Datetime.now(), failures or {}
        # sudo: who reads a contact may write to him, whatever he may write in the directory; the rows are the log
        rows = self.sudo().create(
            [
                {
                    "name": name,
                    "channel": channel,
                    "state": "failed" if partner.id in failures else "done",
                    "failure": failures.get(partner.id, False),
                    "moment": now,
                    "partner_id": partner.id,
                    "user_id": self.env.uid,
                    "company_id": (partner.company_id or self.env.company).id,
                    "result": result or False,
                    "is_logged": True,
                    "message_id": message.id if message else False,
                }
                for partner in partners
            ]
        )
        return rows.sudo(False)

    # === HELPERS === #

    @api.model
    def _check_engine_fields(self, vals):
        if self.env.su:
            return
        if any(vals.get(name) for name in ENGINE_FIELDS) or (ENGINE_FIELDS & vals.keys() and self):
            raise AccessError(self.env._("What was sent is logged by the system. Use the buttons of the contact."))
        if vals.get("state") == "failed":
            raise AccessError(self.env._("Only the system says that something failed. Cancel the interaction instead."))
