from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class PaydoxApprovalStep(models.Model):
    """What remains of a vote: the notice of its result and the protocol."""

    _inherit = "paydox.approval.step"

    protocol_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )

    _protocol_uniq = models.UniqueIndex("(protocol_id) WHERE protocol_id IS NOT NULL", "A protocol is of one vote.")

    # === ACTIONS === #

    def action_make_protocol(self):
        """Make the protocol of the vote, once, and open it."""
        record = self._lock_vote()
        if not self.can_manage and self.chairman_id != self.env.user:
            raise AccessError(
                self.env._(
                    "The protocol of the vote on %(record)s is made by its chairman or by those who lead it.",
                    record=record.display_name,
                )
            )
        if not self.counted_at or self.vote_outcome == "tie":
            raise UserError(self.env._("The vote has no result yet. The protocol is made when it is closed."))
        # sudo: a protocol is written by the engine; who may make it was checked
        step_sudo = self.sudo()
        return self._open_protocol(step_sudo.protocol_id or step_sudo._make_protocol())

    def action_open_protocol(self):
        """Open the protocol."""
        self.ensure_one()
        self.check_access("read")
        return self._open_protocol(self.protocol_id)

    # === BUSINESS METHODS === #

    def _tell_outcome(self):
        """As superuser: the discussion and those who asked hear the result."""
        record = self._get_record()
        text = self._get_outcome_text(self.env)
        record._message_log(body=text)
        record._notify_outcome(self.approval_id, self._get_outcome_text)

    def _make_automatic_protocol(self):
        kind = self._get_protocol_kind()
        if kind.active and not self.protocol_id:
            self._make_protocol()

    def _make_protocol(self):
        """As superuser: a document of the kind “Protocol” that says what was asked and how it ended."""
        kind = self._get_protocol_kind()
        if not kind:
            raise UserError(self.env._("There is no kind of documents for protocols. Ask an administrator."))
        author, source = self.approval_id.requested_by_id, self.document_id
        step = self.with_context(lang=author.lang)
        protocol = step.env["paydox.document"].create(
            {
                "name": step.env._("Protocol of the vote: %(question)s", question=self.name),
                "kind_id": kind.id,
                "company_id": self._get_record()._get_approval_company().id,
                "author_id": author.id,
                "responsible_id": author.id,
                "participant_ids": [fields.Command.set((self.line_ids.user_id | self.chairman_id - author).ids)],
                "note": step._render_protocol(),
            }
            | ({"confidentiality": source.confidentiality} if source else {})
        )
        if source:
            self.env["paydox.document.link"].create(
                {"document_id": protocol.id, "target_id": source.id, "type": "basis"}
            )
        self.protocol_id = protocol
        return protocol

    # === HELPERS === #

    def _get_protocol_kind(self):
        kind = self.env.ref("paydox_edms.paydox_document_kind_protocol", raise_if_not_found=False)
        return kind or self.env["paydox.document.kind"]

    def _open_protocol(self, protocol):
        return {
            "type": "ir.actions.act_window",
            "res_model": "paydox.document",
            "res_id": protocol.id,
            "views": [(False, "form")],
        }

    def _get_outcome_text(self, env):
        label = dict(self._fields["vote_outcome"]._description_selection(env))[self.vote_outcome]
        return env._("The vote “%(question)s” is closed: %(result)s.", question=self.name, result=label)

    def _render_protocol(self):
        return self.env["ir.qweb"]._render("paydox_edms.paydox_vote_protocol_content", self._get_protocol_values())

    def _get_protocol_values(self):
        """What the protocol says; the votes of people only when they were open."""
        self.ensure_one()
        # sudo: whoever prints reads the vote; the people in it are named to him as they are on its sheet
        step_sudo = self.sudo()
        votes = step_sudo._get_votes()[step_sudo] if step_sudo.counted_at else {}
        people = step_sudo.env["paydox.approval.line"].search(self._get_asked_domain(), order="sequence, id")
        outcomes = dict(self._fields["vote_outcome"]._description_selection(self.env))
        majorities = dict(self._fields["majority"]._description_selection(self.env))
        return {
            "step": step_sudo,
            "record_name": self._get_record().display_name,
            "date": format_date(self.env, step_sudo.counted_at or fields.Datetime.now()),
            "votes": [(option, votes.get(option, 0)) for option in step_sudo.vote_option_ids],
            "people": people,
            "outcome": outcomes.get(step_sudo.vote_outcome),
            "majority": majorities.get(step_sudo.majority),
        }
