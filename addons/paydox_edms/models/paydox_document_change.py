from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, formatLang


class PaydoxDocumentChange(models.Model):
    """The change log of documents: what was changed, from what to what, by whom and when. Rows are only added.

    Odoo's own tracking is no base for it: a caller can switch it off by a context key and delete its messages.
    """

    _name = "paydox.document.change"
    _description = "Document Change"
    _inherit = ["paydox.protected"]
    _order = "id desc"
    _rec_name = "label"

    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, precompute=True, index=True)
    occurred_at = fields.Datetime(string="Changed On", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Changed By", required=True, readonly=True, ondelete="restrict"
    )
    origin = fields.Char(string="Automation", readonly=True, help="The job or the rule that made the change.")
    type = fields.Selection(
        selection=[
            ("field", "Field"),
            ("version", "File"),
            ("approval", "Approval"),
            ("access", "Access"),
            ("link", "Link"),
            ("control", "Execution"),
            ("transfer", "Department"),
        ],
        required=True,
        readonly=True,
    )
    field_name = fields.Char(readonly=True)
    label = fields.Char(
        string="Name in the Log", readonly=True, help="What was changed, when it is no field of the card."
    )
    old_value = fields.Text(readonly=True)
    new_value = fields.Text(readonly=True)
    # Documents are not kept as text: their names are shown to those who may read them.
    old_document_id = fields.Many2one(comodel_name="paydox.document", readonly=True, ondelete="set null")
    new_document_id = fields.Many2one(comodel_name="paydox.document", readonly=True, ondelete="set null")
    # for the screen
    what = fields.Char(string="Changed", compute="_compute_texts")
    old_text = fields.Text(string="Old", compute="_compute_texts")
    new_text = fields.Text(string="New", compute="_compute_texts")

    # === COMPUTE METHODS === #

    @api.depends("field_name", "label", "old_value", "new_value", "old_document_id", "new_document_id")
    @api.depends_context("lang", "tz", "uid")
    def _compute_texts(self):
        card = self.env["paydox.document"]
        for change in self:
            field = card._fields.get(change.field_name)
            hidden = field is not None and not card._has_field_access(field, "read")
            change.what = (
                change.label or (field is not None and field._description_string(self.env)) or change.field_name
            )
            for name in ("old", "new"):
                change[f"{name}_text"] = "" if hidden else change._format_value(name, field)

    def _format_value(self, name, field):
        if document := self[f"{name}_document_id"]:
            return document.display_name
        value = self[f"{name}_value"]
        if not value or field is None or field.type == "properties":
            return value or ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        formats = {
            "boolean": lambda text: self.env._("Yes") if text == "True" else self.env._("No"),
            "date": lambda text: format_date(self.env, text),
            "datetime": lambda text: format_datetime(self.env, text),
            "float": lambda text: formatLang(self.env, float(text)),
            "monetary": lambda text: formatLang(self.env, float(text)),
        }
        return formats.get(field.type, str)(value)

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    # === BUSINESS METHODS === #

    @api.model
    def _append(self, vals_list):
        """Add rows made by the current user now; ``vals_list`` says what, see the fields."""
        common = {
            "occurred_at": fields.Datetime.now(),
            "user_id": self.env.uid,
            "origin": self.env["ir.actions.server"]._get_running_name(),
        }
        # sudo: nobody writes these rows by hand
        self.sudo().create([common | vals for vals in vals_list])
