from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

# A turn that was never taken, or was handed over to somebody else.
UNDECIDED_STATES = ("waiting", "pending", "skipped", "delegated")


class PaydoxDocument(models.Model):
    """The document as a record that goes by routes."""

    _inherit = "paydox.document"

    can_withdraw = fields.Boolean(compute="_compute_can_withdraw")

    # === COMPUTE METHODS === #

    @api.depends("state", "author_id", "responsible_id", "approval_id")
    @api.depends_context("uid")
    def _compute_can_withdraw(self):
        for document in self:
            document.can_withdraw = document.state == "review" and document._can_withdraw()

    # === HOOKS OF THE APPROVAL MIXIN === #

    def _get_approval_route(self):
        return self.kind_id._get_route(self)

    def _check_approval_request(self):
        self.ensure_one()
        name = self.display_name
        if self.state == "review":
            raise UserError(self.env._("%(document)s is already on approval.", document=name))
        if self.state != "draft":
            raise UserError(self.env._("%(document)s is not a draft and cannot be sent for approval.", document=name))
        if self.kind_id.registration_moment == "before" and not self.number:
            raise UserError(
                self.env._(
                    "%(document)s: documents of this kind are registered first. Press “Register”.", document=name
                )
            )
        self._check_required_fields("submit")

    def _on_approvals_started(self, approvals):
        self._transition_to("review")
        self._log_rounds(approvals, lambda approval: approval.route_id.name)
        self._emit("document.submitted")

    def _on_approval_closed(self, approval, reason=None):
        if approval.state != "approved":
            self._transition_to("draft")
        else:
            self._transition_to("signed" if approval._has_signature() else "approved")

    def _on_approvals_announced(self, approvals, reason=None):
        outcomes = approvals.mapped("state")
        labels = dict(approvals._fields["state"]._description_selection(self.env))
        self._drop_idle_participants()
        self._log_rounds(approvals, lambda approval: labels[approval.state])
        # A signature confirms as well, so consumers of the approval need not know about signatures.
        self.filtered(lambda document: document.state in ("approved", "signed"))._emit("document.approved")
        self.filtered(lambda document: document.state == "signed")._emit("document.signed")
        if "rejected" in outcomes:
            self._emit("document.refused")
        if reason:
            self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))
        if "withdrawn" not in outcomes:
            self._notify_outcomes(approvals, lambda env, approval: self._get_outcome_text(env, approval, reason))

    def _log_rounds(self, approvals, get_text):
        """Write what became of the rounds into the change log, those with the same words together."""
        for (number, text), found in approvals.grouped(lambda run: (run.round, get_text(run))).items():
            label = self.env._("Round %(number)s", number=number)
            found.document_id._log_change("approval", label, new=text)

    def _get_outcome_text(self, env, approval, reason):
        if approval.state == "approved":
            return env._("The document is approved.")
        if reason:
            return env._("The document came back from approval. %(reason)s", reason=reason)
        return env._("The document was refused or returned. See the remarks on its approval sheet.")

    def _add_approval_participants(self, users):
        groups = {}
        for document in self:
            if new := users - document.participant_ids - document.author_id:
                groups[new] = groups.get(new, self.browse()) | document
        for new, documents in groups.items():
            documents.write({"participant_ids": [Command.link(user.id) for user in new]})

    def _get_material_fields(self):
        return ("kind_id", "partner_id", "amount", "currency_id")

    def _drop_idle_participants(self):
        """Who was asked but decided nothing in any round needs the document no longer."""
        lines = self.env["paydox.approval.line"]
        theirs = Domain("document_id", "in", self.ids) & Domain("kind", "!=", "acquaint")
        waiting = Domain("state", "=", "pending") & Domain("approval_id.state", "=", "running")
        needed = {}
        for document, user, substitute in lines._read_group(
            theirs & (waiting | Domain("state", "not in", UNDECIDED_STATES)),
            ["document_id", "user_id", "decided_by_id"],
        ):
            needed[document] = needed.get(document, user) | user | substitute
        for document in self:
            if idle := document.participant_ids - needed.get(document, self.env["res.users"]):
                document.write({"participant_ids": [Command.unlink(user.id) for user in idle]})

    def _can_withdraw(self):
        user = self.env.user
        # sudo: the person who asked may withdraw even if he may not read the sheet any more
        asked_by = self.sudo().approval_id.requested_by_id
        return user in self.author_id | self.responsible_id | asked_by or (
            user.has_group("paydox_edms.paydox_edms_group_manager") and self.has_access("write")
        )

    def _get_approval_author(self):
        return self.author_id

    def _get_approval_department(self):
        return self.department_id or super()._get_approval_department()

    def _get_approval_version(self):
        return self.current_version_id

    def _get_approval_document(self):
        return self
