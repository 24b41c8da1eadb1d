from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.locking import lock_rows


class PaydoxDocumentControlPoint(models.Model):
    """The verbs of a control point, and what becomes of it when nobody uses them in time."""

    _inherit = "paydox.document.control.point"

    # === ACTIONS === #

    def action_done(self):
        """Mark the points as done, today, by the current user: the responsible person or who edits the document."""
        self._check_closing()
        for point in self:
            values = {"state": "done", "done_at": fields.Datetime.now(), "done_by_id": self.env.uid}
            point._close(values | ({} if point.amount_done else {"amount_done": point.amount}))
        return True

    def action_cancel(self):
        """Cancel the points: they are not to happen any more."""
        self._check_closing()
        for point in self:
            point._close({"state": "cancelled"})
        return True

    def action_reopen(self):
        """Plan the points again; for those who edit the document."""
        self.check_access("write")
        lock_rows(self)
        for point in self:
            if point.state == "planned":
                raise UserError(self.env._("“%(point)s” is not closed.", point=point.name))
            point._close({"state": "planned", "done_at": False, "done_by_id": False})
        return True

    # === HELPERS === #

    def _check_closing(self):
        self.check_access("read")
        lock_rows(self)
        self._check_planned()
        for point in self:
            if not point.can_close:
                raise AccessError(
                    self.env._(
                        "“%(point)s” is closed by its responsible person or by who edits the document.",
                        point=point.name,
                    )
                )

    def _close(self, values):
        self.ensure_one()
        # sudo: the state is not written by hand; the responsible person need not edit the document
        point_sudo = self.sudo()
        old = point_sudo._get_log_text()
        point_sudo._forget_overdue()
        point_sudo._write_facts(values)
        point_sudo._log(old, point_sudo._get_log_text())

    def _forget_overdue(self):
        self.activity_id.unlink()
        self._write_facts({"overdue_for": False})

    # === CRON === #

    @api.model
    def _follow_up(self, limit):
        """Put overdue points on the lists of their responsible people, once for each term.

        :return: how many were handled
        """
        domain = (
            Domain("state", "=", "planned") & Domain("overdue_for", "=", False) & Domain("responsible_id", "!=", False)
        )
        domain &= Domain("date", "<", fields.Date.context_today(self)) & Domain("document_id.active", "=", True)
        points = self.search(domain, limit=limit, order="date, id").try_lock_for_update()
        for point in points:
            point._write_facts({"overdue_for": point.date})
            point._put_on_list()
        return len(points)

    def _put_on_list(self):
        """Put the point on the list of its responsible person: when he is reminded of it, and when its term is over."""
        self.ensure_one()
        user = self.responsible_id
        document = self.document_id.with_context(lang=user.lang)
        if not user.active or not document._filter_readable_by(user):
            return
        summary = document.env._("Overdue: %(point)s", point=self.name) if self.overdue_for else self.name
        if self.activity_id:
            self.activity_id.summary = summary
            return
        activity_type = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        activity = document.activity_schedule(
            activity_type_id=activity_type.id if activity_type else False,
            date_deadline=self.date,
            summary=summary,
            user_id=user.id,
        )
        self._write_facts({"activity_id": activity.id})
