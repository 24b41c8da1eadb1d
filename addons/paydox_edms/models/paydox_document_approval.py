from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

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

    def _on_approvals_closed(self, approvals, reason=None):
        def get_state(approval):
            if approval.state != "approved":
                return "draft"
            return "signed" if approval._has_signature() else "approved"

        for state, found in approvals.grouped(get_state).items():
            found.document_id._transition_to(state)

    def _on_approvals_announced(self, approvals, reason=None):
        outcomes = approvals.mapped("state")
        labels = dict(approvals._fields["state"]._description_selection(self.env))
        if "withdrawn" not in outcomes:
            approvals._queue_outcome(reason)
        self._drop_idle_participants()
        self._log_rounds(approvals, lambda approval: labels[approval.state])
        # A signature confirms as well, so consumers of the approval need not know about signatures.
        self.filtered(lambda document: document.state in ("approved", "signed"))._emit("document.approved")
        self.filtered(lambda document: document.state == "signed")._emit("document.signed")
        if "rejected" in outcomes:
            self._emit("document.refused")
        if reason:
            self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))

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
        rows = [(document.id, user.id) for document in self for user in users if user != document.author_id]
        if not rows:
            return
        # One statement for any number of documents, whether they have the people already or not.
        added = self.env.execute_query(
            SQL(
                """
                INSERT INTO paydox_document_participant_rel (document_id, user_id)
                     VALUES %s
                ON CONFLICT DO NOTHING
                  RETURNING document_id
                """,
                SQL(", ").join(SQL("%s", row) for row in rows),
            )
        )
        self._forget_participants({document_id for [document_id] in added})

    def _get_material_fields(self):
        return ("kind_id", "partner_id", "amount", "currency_id")

    def _drop_idle_participants(self):
        """Who was asked but decided nothing in any round needs the document no longer."""
        self.env["paydox.approval.line"].flush_model(["state", "decided_by_id"])
        self.env["paydox.approval"].flush_model(["state"])
        dropped = self.env.execute_query(
            SQL(
                """
                DELETE FROM paydox_document_participant_rel participant
                      WHERE document_id IN %(documents)s
                        AND NOT EXISTS (
                            SELECT FROM paydox_approval_line line
                                   JOIN paydox_approval approval ON approval.id = line.approval_id
                             WHERE line.document_id = participant.document_id
                               AND participant.user_id IN (line.user_id, line.decided_by_id)
                               AND line.kind <> 'acquaint'
                               AND (line.state NOT IN %(undecided)s
                                    OR line.state = 'pending' AND approval.state = 'running')
                            )
                  RETURNING document_id
                """,
                documents=self._ids,
                undecided=UNDECIDED_STATES,
            )
        )
        self._forget_participants({document_id for [document_id] in dropped})

    def _forget_participants(self, ids):
        """What is known of the documents was read before their participants changed."""
        if documents := self.browse(ids):
            documents.invalidate_recordset(["participant_ids"], flush=False)
            documents.modified(["participant_ids"])

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
