from odoo import api, fields, models
from odoo.exceptions import UserError


class PaydoxApprovalSignItem(models.TransientModel):
    _name = "paydox.approval.sign.item"
    _description = "Document to Sign"

    wizard_id = fields.Many2one(comodel_name="paydox.approval.sign", required=True, ondelete="cascade", index=True)
    line_id = fields.Many2one(comodel_name="paydox.approval.line", ondelete="cascade")
    name = fields.Char(string="Document", readonly=True)
    state = fields.Selection(
        selection=[("waiting", "To sign"), ("signed", "Signed"), ("refused", "Not signed")],
        default="waiting",
        required=True,
    )
    message = fields.Char(string="Why", readonly=True)
    # what is signed
    version_id = fields.Many2one(string="File", related="line_id.approval_id.version_id", related_sudo=False)
    checksum = fields.Char(string="SHA-256", related="version_id.checksum", related_sudo=False)
    text = fields.Text(string="What Is Signed", compute="_compute_text")
    for_user_id = fields.Many2one(string="For Whom", related="line_id.user_id", related_sudo=False)
    is_late = fields.Boolean(related="line_id.is_late", related_sudo=False)

    # === COMPUTE METHODS === #

    @api.depends("line_id")
    @api.depends_context("uid")
    def _compute_text(self):
        for item in self:
            # The person sees it only of what waits for him, which he may read.
            item.text = not item.version_id and item.line_id and item.line_id._get_record()._get_text_to_sign()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items.line_id.check_access("read")
        return items

    def write(self, vals):
        result = super().write(vals)
        self.line_id.check_access("read")
        return result

    # === ACTIONS === #

    def action_preview(self):
        """Open the file that is signed."""
        return self.version_id.action_preview()

    # === BUSINESS METHODS === #

    def _sign(self, proof):
        """Sign this one; when it cannot be signed, nothing of it is kept and the person is told why."""
        self.ensure_one()
        wizard, line = self.wizard_id, self.line_id
        try:
            with self.env.cr.savepoint():
                line._check_open()
                line._get_record()._decide(
                    "agree", wizard.comment, wizard.delay_reason, line=line, answer={"proof": proof}
                )
        except UserError as error:
            self.write({"state": "refused", "message": str(error)})
        else:
            self.write({"state": "signed", "message": False})
