import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.image import image_process
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.paydox_edms.tools.sign_proof import SignProof

SECRETS = ("paydox_password", "paydox_code")
MAX_IMAGE = 1024 * 1024
IMAGE_SIZE = (900, 300)


class PaydoxApprovalSign(models.TransientModel):
    """Asks for the password once and signs everything that was chosen, each document by itself."""

    _name = "paydox.approval.sign"
    _description = "Sign Documents"

    item_ids = fields.One2many(comodel_name="paydox.approval.sign.item", inverse_name="wizard_id")
    state = fields.Selection(selection=[("ask", "Asking"), ("done", "Done")], default="ask", required=True)
    # Not stored: the form keeps them and hands them over in the context of the button.
    password = fields.Char(store=False)
    code = fields.Char(string="Code of the Second Factor", store=False)
    image = fields.Binary(string="Drawn Signature", attachment=False)
    comment = fields.Text(string="Remark")
    delay_reason = fields.Text(string="Reason of Delay")
    # screen
    error = fields.Char(readonly=True)
    needs_code = fields.Boolean(compute="_compute_needs_code")
    is_late = fields.Boolean(compute="_compute_counts")
    waiting_count = fields.Integer(compute="_compute_counts")
    signed_count = fields.Integer(compute="_compute_counts")
    item_count = fields.Integer(compute="_compute_counts")
    signer_id = fields.Many2one(comodel_name="res.users", string="Signatory", default=lambda self: self.env.user)

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_needs_code(self):
        self.needs_code = self.env.user.totp_enabled

    @api.depends("item_ids.state", "item_ids.line_id")
    def _compute_counts(self):
        for wizard in self:
            states = wizard.item_ids.mapped("state")
            wizard.item_count = len(states)
            wizard.waiting_count = states.count("waiting")
            wizard.signed_count = states.count("signed")
            wizard.is_late = any(wizard.item_ids.mapped("is_late"))

    # === ACTIONS === #

    def action_sign(self):
        """Check the person, then sign. Password and code come in the context, as in Odoo's own check of identity."""
        self.ensure_one()
        password, code = (self.env.context.get(name) for name in SECRETS)
        return self._without_secrets()._sign(password, code)

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, items, comment=None, delay_reason=None):
        """The window over what was chosen.

        :param items: pairs of the line to sign, empty when there is none, and its record
        """
        if not any(line for line, _record in items):
            raise UserError(self.env._("Nothing here waits for your signature. Refresh the list."))
        refusal = self.env._("Does not wait for your signature.")
        wizard = self.create(
            {
                "comment": comment,
                "delay_reason": delay_reason,
                "item_ids": [
                    fields.Command.create(
                        {
                            "name": record.display_name,
                            "line_id": line.id,
                            "state": "waiting" if line else "refused",
                            "message": False if line else refusal,
                        }
                    )
                    for line, record in items
                ],
            }
        )
        return wizard._get_action()

    def _sign(self, password, code):
        if self.create_uid != self.env.user:
            raise AccessError(self.env._("This window belongs to another person. Open your own."))
        image = self._get_image()
        method, problem = self.env.user._prove_identity(password, code)
        if problem:
            self.error = problem
            return self._get_action()
        proof = SignProof(method, image)
        for item in self.item_ids.filtered(lambda item: item.state == "waiting"):
            item._sign(proof)
        self.write({"state": "done", "error": False, "image": False})
        if self.item_count == self.signed_count == 1:
            return self._get_success()
        return self._get_action()

    # === HELPERS === #

    def _without_secrets(self):
        return self.with_env(
            self.env(context={key: value for key, value in self.env.context.items() if key not in SECRETS})
        )

    def _get_image(self):
        """The drawn signature as a clean PNG, or None."""
        if not self.image:
            return None
        try:
            content = base64.b64decode(self.with_context(bin_size=False).image, validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if len(content) > MAX_IMAGE or guess_mimetype(content) not in ("image/png", "image/jpeg"):
            raise UserError(
                self.env._("The drawn signature must be a PNG or JPEG picture of at most 1 MB. Draw it again.")
            )
        return image_process(content, size=IMAGE_SIZE, verify_resolution=True, output_format="PNG")

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sign") if self.state == "ask" else self.env._("Result of Signing"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _get_success(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Signed: %(record)s", record=self.item_ids.name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
