from odoo import api, fields, models
from odoo.tools import SQL


class PaydoxDocumentReminderSent(models.Model):
    """Ledger of reminders: one row for each person and day, so that nobody is told the same twice."""

    _name = "paydox.document.reminder.sent"
    _description = "Sent Reminder"
    _inherit = ["paydox.protected"]
    _order = "id desc"

    document_id = fields.Many2one(comodel_name="paydox.document", required=True, readonly=True, ondelete="cascade")
    point_id = fields.Many2one(
        comodel_name="paydox.document.control.point", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    date_field = fields.Char(required=True, readonly=True)
    target_date = fields.Date(required=True, readonly=True)
    due_date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="cascade")

    _once = models.UniqueIndex(
        "(document_id, date_field, target_date, due_date, user_id, COALESCE(point_id, 0))",
        "This person was already reminded.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _claim(self, document, point, date_field, target, due, users):
        """Take down that the users are told now; those who were told before are left out.

        :return: the users who are still to be told
        """
        if not users:
            return users
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC')",
                document.id, point.id or None, date_field, target, due, user.id, self.env.uid,
            )
            for user in users
        )  # fmt: skip
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO paydox_document_reminder_sent
                            (document_id, point_id, date_field, target_date, due_date, user_id, create_uid, create_date)
                     VALUES %s
                ON CONFLICT DO NOTHING
                  RETURNING user_id
                """,
                values,
            )
        )
        return users.browse(row[0] for row in rows)
