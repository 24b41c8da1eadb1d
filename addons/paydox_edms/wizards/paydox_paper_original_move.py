from odoo import api, fields, models
from odoo.exceptions import UserError

DEFAULT_DAYS = 7
ACTIONS = [
    ("receive", "Receive"),
    ("issue", "Give Out"),
    ("send", "Send Out"),
    ("return", "Take Back"),
    ("move", "Move"),
    ("extend", "Change the Term"),
    ("lose", "Report as Lost"),
    ("find", "Report as Found"),
    ("destroy", "Report as Destroyed"),
]


class PaydoxPaperOriginalMove(models.TransientModel):
    """Asks where to, to whom and until when; the verbs of the papers do the rest and check everything again."""

    _name = "paydox.paper.original.move"
    _description = "Hand Over Paper Originals"

    action = fields.Selection(selection=ACTIONS, default="issue", required=True)
    original_ids = fields.Many2many(
        comodel_name="paydox.paper.original", string="Papers", required=True, relation="paydox_paper_original_move_rel"
    )
    company_id = fields.Many2one(comodel_name="res.company", compute="_compute_company_id")
    place_code = fields.Char(string="Code of the Place", help="Scan or type the label of the box and press Enter.")
    place_id = fields.Many2one(
        comodel_name="paydox.paper.place",
        compute="_compute_place_id",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
    is_code_unknown = fields.Boolean(compute="_compute_is_code_unknown")
    holder_id = fields.Many2one(
        comodel_name="res.users",
        string="To Whom",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Counterparty", compute="_compute_partner_id", store=True, readonly=False
    )
    date_due = fields.Date(
        string="To Be Returned By",
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=DEFAULT_DAYS),
    )
    where = fields.Char(string="Handed Over At")
    note = fields.Char()

    # === COMPUTE METHODS === #

    @api.depends("original_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.original_ids.company_id[:1]

    @api.depends("place_code", "original_ids")
    def _compute_place_id(self):
        for wizard in self:
            places = self.env["paydox.paper.place"].with_context(allowed_company_ids=wizard.company_id.ids)
            if wizard.place_code:
                wizard.place_id = places._find_by_code(wizard.place_code)
            else:
                wizard.place_id = wizard.place_id or wizard._get_usual_place()

    def _get_usual_place(self):
        """The one place to which the papers belong, by themselves or by the case into which the document is filed."""
        homes = self.original_ids.place_id.filtered("active")
        if not homes:
            cases = self.original_ids.document_id._filtered_access("read").nomenclature_id
            homes = self.env["paydox.paper.place"].search([("nomenclature_id", "in", cases.ids)], limit=2)
        return homes if len(homes) == 1 else homes.browse()

    @api.depends("place_code", "place_id")
    def _compute_is_code_unknown(self):
        for wizard in self:
            wizard.is_code_unknown = bool(wizard.place_code and not wizard.place_id)

    @api.depends("original_ids")
    def _compute_partner_id(self):
        for wizard in self:
            partners = wizard.original_ids.document_id._filtered_access("read").partner_id
            wizard.partner_id = wizard.partner_id or (partners if len(partners) == 1 else False)

    # === ACTIONS === #

    def action_confirm(self):
        """Do with the papers what was chosen."""
        self.ensure_one()
        originals = self.original_ids
        if not originals:
            raise UserError(self.env._("Choose at least one paper original."))
        if self.is_code_unknown:
            raise UserError(
                self.env._("There is no place with the code “%(code)s”. Check the label.", code=self.place_code)
            )
        place, where, note = self.place_id, self.where, self.note
        verbs = {
            "receive": lambda: originals.action_receive(place, where, note),
            "issue": lambda: originals.action_issue(self.holder_id, self.date_due, where, note),
            "send": lambda: originals.action_send(self.partner_id, self.date_due, where, note),
            "return": lambda: originals.action_return(place, where, note),
            "move": lambda: originals.action_move(place, note),
            "extend": lambda: originals.action_extend(self.date_due, note),
            "lose": lambda: originals.action_report_lost(note),
            "find": lambda: originals.action_report_found(place, note),
            "destroy": lambda: originals.action_destroy(note),
        }
        verbs[self.action]()
        return {"type": "ir.actions.act_window_close"}
