from odoo import api, fields, models

ACTIONS = [
    ("receive", "Received"),
    ("issue", "Given out"),
    ("send", "Sent out"),
    ("return", "Returned"),
    ("move", "Moved"),
    ("relocate", "Moved with its place"),
    ("extend", "Term changed"),
    ("lose", "Lost"),
    ("find", "Found"),
    ("destroy", "Destroyed"),
]


class PaydoxPaperMovement(models.Model):
    """Append-only trail of a paper: what happened to it, when, where, from whom and to whom.

    The paths stand as text, so that a place that is renamed or moved later does not change what is told.
    """

    _name = "paydox.paper.movement"
    _description = "Movement of a Paper Original"
    _inherit = ["paydox.protected"]
    _order = "moment desc, id desc"
    _rec_name = "action"

    original_id = fields.Many2one(
        comodel_name="paydox.paper.original",
        string="Paper",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    action = fields.Selection(selection=ACTIONS, string="What", required=True, readonly=True)
    moment = fields.Datetime(string="When", default=fields.Datetime.now, required=True, readonly=True, index=True)
    where = fields.Char(string="Handed Over At", readonly=True)
    # places
    from_place_id = fields.Many2one(
        comodel_name="paydox.paper.place",
        string="Taken From",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    to_place_id = fields.Many2one(
        comodel_name="paydox.paper.place", string="Put Into", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    from_path = fields.Char(string="From Place", readonly=True)
    to_path = fields.Char(string="To Place", readonly=True)
    # people
    from_holder_id = fields.Many2one(
        comodel_name="res.partner", string="Given By", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    to_holder_id = fields.Many2one(
        comodel_name="res.partner", string="Given To", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    date_due = fields.Date(string="To Be Returned By", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, readonly=True, ondelete="restrict", index=True
    )
    note = fields.Char(readonly=True)

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()
