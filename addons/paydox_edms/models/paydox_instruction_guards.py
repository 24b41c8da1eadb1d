from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html_sanitize, is_html_empty, plaintext2html

from odoo.addons.paydox_edms.tools.arguments import to_id
from odoo.addons.paydox_edms.tools.locking import lock_rows

# A call without a word on what came of it is no call.
REPORT_REQUIRED = ("call", "meeting")


class PaydoxInstruction(models.Model):
    """Guards of the verbs: the right person, the right state, arguments that make sense."""

    _inherit = "paydox.instruction"

    # === GUARDS === #

    def _lock(self):
        lock_rows(self)
        self.invalidate_recordset(["state", "executor_id", "controller_id"])

    def _claim(self, states, get_people, taken=False, controlled=False):
        """The instructions as superuser, locked, if the current user may act on all of them now.

        :param states: in which they may be
        :param get_people: of one instruction the people of whom the current user must be one, or substitute one
        :return: ``(instructions, {id: whom he substitutes})``
        """
        self.check_access("read")
        self._lock()
        me, for_users = self.env.user.document_principal_ids, {}
        # sudo: the course is written by the verbs only
        records = self.sudo()
        for instruction in records:
            mine = get_people(instruction) & me
            if not mine:
                raise AccessError(
                    self.env._(
                        "“%(instruction)s” waits for somebody else. Ask its author.", instruction=instruction.name
                    )
                )
            if instruction.state not in states or (taken and instruction.executor_id):
                raise UserError(instruction._get_stale_text())
            if controlled and not instruction.is_on_control:
                raise UserError(self.env._("“%(instruction)s” is not on control.", instruction=instruction.name))
            if self.env.user not in mine:
                for_users[instruction.id] = mine[0].id
        return records, for_users

    def _get_stale_text(self):
        self.ensure_one()
        last = self.sudo().transition_ids[-1:]
        states = dict(self._fields["state"]._description_selection(self.env))
        if last and self.state != "draft":
            return self.env._(
                "“%(instruction)s” is “%(state)s” already, by %(user)s. Refresh the page.",
                instruction=self.name,
                state=states[self.state],
                user=last.user_id.name,
            )
        return self.env._(
            "“%(instruction)s” is in the state “%(state)s”.", instruction=self.name, state=states[self.state]
        )

    def _check_report(self, report, result):
        self.ensure_one()
        if (self.is_report_required or self.kind in REPORT_REQUIRED) and not report and not result:
            raise UserError(
                self.env._("Write what came of “%(instruction)s”: it is not closed without it.", instruction=self.name)
            )
        pending = self.co_executor_ids.filtered(lambda line: line.state == "assigned")
        if pending and not report:
            raise UserError(
                self.env._(
                    "%(users)s have not reported yet. Wait for them, or write in the report why it is done without them.",
                    users=", ".join(pending.user_id.mapped("name")),
                )
            )

    @api.model
    def _need_text(self, text, message):
        text = self._clean_text(text)
        if not text:
            raise UserError(message)
        return text

    @api.model
    def _clean_report(self, report):
        """Plain text or HTML as harmless HTML, or False when it says nothing."""
        if report is None or isinstance(report, bool):
            return False
        if isinstance(report, Markup):
            text = str(report)
        else:
            text = self._clean_text(report, 50000)
            text = text if text.lstrip().startswith("<") else str(plaintext2html(text)) if text else ""
        clean = html_sanitize(text) if text else ""
        return False if is_html_empty(clean) else clean

    @api.model
    def _find_user(self, user):
        """An active employee named by an argument of RPC."""
        # sudo: a colleague is looked up to check that he may work on it
        found_sudo = self.env["res.users"].sudo().search([("id", "=", to_id(user)), ("share", "=", False)])
        if not found_sudo:
            raise UserError(self.env._("Choose an active colleague."))
        return self.env["res.users"].browse(found_sudo.id)

    def _get_workers(self):
        self.ensure_one()
        lines = self.co_executor_ids.filtered(lambda line: line.state == "assigned")
        return (
            self.executor_id | lines.user_id | (self.candidate_ids if not self.executor_id else self.candidate_ids[:0])
        )

    def _get_draft_writer(self):
        return self.prepared_by_id if self.state == "draft" else self.prepared_by_id[:0]
