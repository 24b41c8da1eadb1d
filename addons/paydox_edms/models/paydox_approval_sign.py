from odoo import fields, models
from odoo.exceptions import UserError


class PaydoxApproval(models.Model):
    """Signatures of a run: what must be there to start, and their part of the verification."""

    _inherit = "paydox.approval"

    signature_ids = fields.One2many(comodel_name="paydox.signature", inverse_name="approval_id")

    # === HELPERS === #

    def _check_startable(self, record, route):
        steps = super()._check_startable(record, route)
        if "sign" in steps.mapped("kind") and not (record._get_approval_version() or record._get_text_to_sign()):
            raise UserError(
                self.env._(
                    "%(record)s is to be signed, but has no file. Add a version first.", record=record.display_name
                )
            )
        return steps

    def _find_broken_link(self):
        return super()._find_broken_link() or self._find_broken_signature()

    def _find_broken_signature(self):
        signatures = {signature.line_id: signature for signature in self.signature_ids}
        checksums = self.signature_ids.version_id._get_real_checksums()
        for decision in self.decision_ids.filtered("signature_hash").sorted("sequence"):
            signature = signatures.pop(decision.line_id, None)
            if not signature:
                return self.env._("The signature of %(user)s is missing.", user=decision.decided_by_id.name)
            if problem := signature._find_problem(decision, checksums):
                return problem
        for signature in signatures.values():
            return self.env._("The signature of %(user)s belongs to no decision.", user=signature.signed_by_id.name)
        return False
