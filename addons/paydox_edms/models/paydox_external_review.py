from odoo import api, fields, models
from odoo.exceptions import UserError

OPEN_STATES = ("sent", "opened")


class PaydoxExternalReview(models.Model):
    """One version of a document, sent to a counterparty by a link, and the answer."""

    _name = "paydox.external.review"
    _description = "Review by a Counterparty"
    _inherit = ["paydox.external.link"]
    _order = "id desc"
    _rec_name = "partner_id"

    document_id = fields.Many2one(
        comodel_name="paydox.document", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    version_id = fields.Many2one(
        comodel_name="paydox.document.version", required=True, readonly=True, ondelete="restrict", index=True
    )
    requested_by_id = fields.Many2one(comodel_name="res.users", string="Sent By", required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("sent", "Sent"),
            ("opened", "Opened"),
            ("agreed", "Agreed"),
            ("remarks", "Has remarks"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
        ],
        default="sent",
        required=True,
        readonly=True,
    )
    expires_at = fields.Datetime(string="Answer Until", required=True, readonly=True)
    # answer
    answered_at = fields.Datetime(string="Answered On", readonly=True)
    answered_name = fields.Char(string="Answered By", readonly=True, help="The name that the person wrote himself.")
    comment = fields.Text(readonly=True)
    protocol_id = fields.Many2one(
        comodel_name="paydox.document",
        string="Protocol of Disagreements",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    _open_uniq = models.UniqueIndex(
        "(document_id, partner_id) WHERE state IN ('sent', 'opened')",
        "The document already waits for the answer of this counterparty.",
    )

    # === ACTIONS === #

    def action_revoke(self):
        """Make the link of no use; what was answered stays."""
        self.check_access("read")
        self.document_id.check_access("write")
        # sudo: the rows are written by the verbs only
        self.sudo()._revoke()
        return True

    def action_rework(self):
        """Take the document back for rework and ask for the next version."""
        self.ensure_one()
        self.check_access("read")
        document = self.document_id
        document.check_access("write")
        if self.state != "remarks":
            raise UserError(self.env._("Rework starts from remarks. This review has none."))
        if document.state == "review":
            document.action_withdraw()
        document._open_content()
        return document.action_open_add_version()

    # === BUSINESS METHODS === #

    def _revoke(self):
        self.filtered(lambda review: review.state in OPEN_STATES).write({"state": "revoked", "code_hash": False})

    def _expire(self):
        self.write({"state": "expired", "code_hash": False})

    @api.autovacuum
    def _gc_expired(self):
        domain = [("state", "in", OPEN_STATES), ("expires_at", "<", fields.Datetime.now())]
        self.search(domain, limit=1000)._expire()

    # === HELPERS === #

    def _get_subject(self):
        return self.version_id.filename

    def _get_mail_record(self):
        return {"model": "paydox.document", "res_id": self.document_id.id}

    def _get_obstacle(self):
        """Why the link does not take an answer, as a sentence for the counterparty, or False."""
        self.ensure_one()
        if self.state in ("agreed", "remarks"):
            return self.env._("This document was already answered. Thank you.")
        if self.state == "revoked":
            return self.env._("The sender took this document back. If you expect a new version, a new link will come.")
        if self.state == "expired" or self.expires_at < fields.Datetime.now():
            return self.env._("This link has expired. Ask the sender for a new one.")
        return False
