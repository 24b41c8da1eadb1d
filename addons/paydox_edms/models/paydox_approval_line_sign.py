from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.paydox_edms.tools.sign_proof import SignProof


class PaydoxApprovalLine(models.Model):
    """A step of signing is agreed by a person who proved his identity, and by nobody else."""

    _inherit = "paydox.approval.line"

    # A copy for the index of the inbox; it does not change once the line is there.
    allow_substitute_sign = fields.Boolean(related="step_id.allow_substitute_sign", store=True, precompute=True)

    # === COMPUTE METHODS === #

    @api.model
    def _get_to_decide_domain(self):
        own = Domain("user_id", "=", self.env.uid) | Domain("kind", "!=", "sign")
        return super()._get_to_decide_domain() & (own | Domain("allow_substitute_sign", "=", True))

    # === ACTIONS === #

    def action_agree(self):
        to_sign = self._filtered_to_sign()
        if not to_sign:
            return super().action_agree()
        self._check_open()
        super(PaydoxApprovalLine, self - to_sign).action_agree()
        return to_sign.action_open_sign()

    def action_open_sign(self):
        """Open the window that asks for the password, once for all lines that wait for the user's signature."""
        return self._open_sign()

    # === BUSINESS METHODS === #

    def _accept_answer(self, action, answer):
        line_vals, decision_vals = super()._accept_answer(action, answer)
        if self.kind == "sign" and action == "agree":
            signature = self.env["paydox.signature"]._sign(self, self._get_proof(answer))
            decision_vals["signature_hash"] = signature.hash
        return line_vals, decision_vals

    # === HELPERS === #

    def _open_sign(self, *texts):
        self.check_access("read")
        items = [
            (line.filtered(lambda line: line.can_decide and line.kind == "sign"), line._get_record()) for line in self
        ]
        return self.env["paydox.approval.sign"]._open(items, *texts)

    def _filtered_to_sign(self):
        """The lines on which a person, who is at the other end of a request, has to prove his identity."""
        return self.filtered(lambda line: line.kind == "sign") if request else self.browse()

    def _get_proof(self, answer):
        """The proof of identity: given by the window of signing, or implied when no client is there at all.

        Code that runs without a request (a job, the shell) acts for a user whom nobody can impersonate from outside.
        """
        proof = answer.get("proof")
        if isinstance(proof, SignProof):
            return proof
        if request:
            raise UserError(
                self.env._(
                    "%(record)s is to be signed. Press “Sign” and confirm your identity.",
                    record=self._get_record().display_name,
                )
            )
        return SignProof("server")
