from odoo import api, fields, models
from odoo.tools import SQL


class MailActivity(models.Model):
    """Turns of people on routes: they come and go with every decision, so they cost one statement each way."""

    _inherit = "mail.activity"

    # === BUSINESS METHODS === #

    @api.model
    def _create_turns(self, vals_list):
        """As ``create``, by which the person would also be told and follow the discussion from then on.

        The notice of a turn goes by a job of its own, with a link to decide; and whoever is asked reads the record by his
        line. So neither is wanted, and the questions of access that they ask are not asked.
        """
        self.browse().check_access("create")
        for vals in vals_list:
            # The name that a field of the activity takes from the row of the model.
            model = self.env["ir.model"].browse(vals["res_model_id"])
            model._fields["model"]._update_cache(model, vals["res_model"])
        # The values are complete, so nothing is left to the override of the discussion or to be computed.
        activities = models.BaseModel.create(self, vals_list)
        for name in ("res_name", "user_tz"):
            self.env.remove_to_compute(self._fields[name], activities)
        today = fields.Date.today()
        self._count_turns([(activity.user_id, activity.date_deadline <= today) for activity in activities], 1)
        return activities

    @api.model
    def _delete_turns(self, activities):
        """As ``unlink``, without looking for what may hang on any record and never hangs on a turn."""
        if not activities:
            return
        activities.check_access("unlink")
        activities.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM mail_activity
                      WHERE id IN %s
                  RETURNING user_id, active AND date_deadline <= %s, res_model, ARRAY(
                            SELECT id FROM ir_attachment
                             WHERE res_model = 'mail.activity' AND res_id = mail_activity.id
                            )
                """,
                activities._ids,
                fields.Date.today(),
            )
        )
        users = self.env["res.users"]
        self._count_turns([(users.browse(user_id), is_due) for user_id, is_due, _model, _files in rows], -1)
        self.env["ir.attachment"].browse(file_id for *_rest, files in rows for file_id in files).unlink()
        activities.invalidate_recordset(flush=False)
        for model in {model for _user, _due, model, _files in rows}:
            self.env[model]._forget_activities()

    @api.model
    def _count_turns(self, pairs, step):
        """Tell the open windows of the people how many activities came or went, as Odoo does."""
        counts = {}
        for user, is_due in pairs:
            if user and is_due:
                counts[user] = counts.get(user, 0) + step
        key = "activity_created" if step > 0 else "activity_deleted"
        for user, count in counts.items():
            user._bus_send("mail.activity/updated", {key: True, "count_diff": count})


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    # === HELPERS === #

    @api.model
    def _forget_activities(self):
        """What is known of the activities of the records was read before some of them went."""
        names = [name for name in self.env["mail.activity.mixin"]._fields if "activity" in name]
        self.invalidate_model(names, flush=False)
