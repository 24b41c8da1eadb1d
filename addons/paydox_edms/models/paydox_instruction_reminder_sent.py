from odoo import api, fields, models
from odoo.tools import SQL


class PaydoxInstructionReminderSent(models.Model):
    """Ledger of reminders: one row for each person and term, so that nobody is told the same twice.

    The row is the pop-up of the person as well, until he closes it.
    """

    _name = "paydox.instruction.reminder.sent"
    _description = "Sent Reminder of an Instruction"
    _inherit = ["paydox.protected"]
    _order = "id desc"

    instruction_id = fields.Many2one(
        comodel_name="paydox.instruction", required=True, readonly=True, ondelete="cascade", index=True
    )
    reminder_id = fields.Many2one(
        comodel_name="paydox.instruction.reminder", readonly=True, ondelete="set null", index="btree_not_null"
    )
    user_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, ondelete="cascade")
    term = fields.Datetime(required=True, readonly=True, help="What was reminded of: another term, another reminder.")
    due_at = fields.Datetime(required=True, readonly=True)
    note = fields.Char(readonly=True)
    # the pop-up
    show_at = fields.Datetime(readonly=True, help="When the pop-up comes; snoozing moves it.")
    closed_at = fields.Datetime(readonly=True)
    # the message
    mail_state = fields.Selection(
        selection=[
            ("queued", "Waits for the daily message"),
            ("sent", "Sent"),
            ("skipped", "Told with another one"),
            ("failed", "Failed"),
        ],
        readonly=True,
    )

    _once = models.UniqueIndex(
        "(instruction_id, user_id, term, COALESCE(reminder_id, 0))", "This person was already reminded."
    )
    _open_idx = models.Index("(user_id, show_at) WHERE closed_at IS NULL")
    _queued_idx = models.Index("(user_id, id) WHERE mail_state = 'queued'")

    # === BUSINESS METHODS === #

    @api.model
    def _claim(self, rows):
        """Take down who is told of what now; what was told before is left out.

        :param rows: tuples ``(instruction id, reminder id, user id, term, due, note)``
        :return: the new rows of the ledger
        """
        if not rows:
            return self.browse()
        values = SQL(", ").join(
            SQL("(%s, %s, %s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC')", *row, row[4], self.env.uid)
            for row in rows
        )
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO paydox_instruction_reminder_sent
                            (instruction_id, reminder_id, user_id, term, due_at, note, show_at, create_uid, create_date)
                     VALUES %s
                ON CONFLICT DO NOTHING
                  RETURNING id
                """,
                values,
            )
        )
        return self.browse(row[0] for row in found)
