from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

# A reminder that a stopped scheduler missed still goes out within these days.
LOOKBACK_DAYS = 14
BATCH = 100


class PaydoxDocumentReminder(models.Model):
    """The job that sends what is due, in batches that survive a kill: what was sent is in the ledger."""

    _inherit = "paydox.document.reminder"

    # === CRON === #

    @api.model
    def _cron_send(self):
        """Tell people of dates that come, and put overdue control points on their lists."""
        cron = self.env["ir.cron"]
        points = self.env["paydox.document.control.point"]
        while handled := points._follow_up(BATCH):
            if not cron._commit_progress(handled):
                return
        today = fields.Date.context_today(self)
        for definition in self._get_due_definitions():
            for records in self._from_definition(definition)._find_due(today):
                for record in records:
                    self._from_definition(definition)._send(record, today)
                if not cron._commit_progress(len(records)):
                    return

    @api.model
    def _get_due_definitions(self):
        """The reminders people wrote, as ids, and those that the days of the kinds make, as values."""
        definitions = self.search([("active", "=", True)]).ids
        for kind in self.env["paydox.document.kind"].search([("reminder_days", "!=", False)]):
            common = {"kind_id": kind.id, "date_field": "valid_to", "to_responsible": True, "to_author": True}
            definitions += [common | {"days_before": days} for days in kind._get_reminder_days()]
        return definitions

    @api.model
    def _from_definition(self, definition):
        # Made anew each time: a record that is only in the cache would be lost with it.
        return self.new(definition) if isinstance(definition, dict) else self.browse(definition)

    # === BUSINESS METHODS === #

    def _find_due(self, today):
        """Batches of the records whose date may be due: documents, or control points."""
        self.ensure_one()
        start = today - timedelta(days=LOOKBACK_DAYS)
        documents = (
            Domain("id", "=", self.document_id.id) if self.document_id else Domain("kind_id", "=", self.kind_id.id)
        )
        documents &= self._get_live_domain()
        if self.date_field == "control_point":
            model = self.env["paydox.document.control.point"]
            domain = Domain("state", "=", "planned") & Domain("document_id", "any", documents)
            domain &= self._get_target_domain("date", start, today)
            if self.point_kind:
                domain &= Domain("kind", "=", self.point_kind)
        else:
            model = self.env["paydox.document"]
            domain = documents & self._get_date_domain(start, today)
        ids = model.search(domain, order="id").ids
        for offset in range(0, len(ids), BATCH):
            yield model.browse(ids[offset : offset + BATCH])

    @api.model
    def _get_live_domain(self):
        """Documents that count: confirmed, or of a kind that needs no approval. Executed ones need no reminder."""
        confirmed = Domain("state", "in", ("approved", "signed"))
        return confirmed | (Domain("state", "=", "draft") & Domain("kind_id.route_id", "=", False))

    def _get_date_domain(self, start, today):
        if self.is_yearly:
            days = range((today - start).days + 1)
            targets = {start + timedelta(days=self.days_before + day) for day in days}
            name = "valid_to" if self.date_field == "notice_date" else self.date_field
            return Domain(f"{name}.month_number", "in", sorted({day.month for day in targets}))
        if self.date_field not in ("valid_to", "notice_date"):
            return self._get_target_domain(self.date_field, start, today)
        if self.date_field == "notice_date":
            # The notice of each document has its own length, so its end is looked for far enough.
            ends = Domain("prolongation", "=", "auto") & Domain("valid_to", ">=", start)
            return ends | Domain("backlink_ids", "any", Domain("document_id.valid_to", ">=", start))
        own = self._get_target_domain("valid_to", start, today)
        agreed = self._get_target_domain("document_id.valid_to", start, today)
        return own | Domain("backlink_ids", "any", Domain("type", "=", "amends") & agreed)

    def _send(self, record, today):
        """Remind the people of one date of one record, once."""
        self.ensure_one()
        point = record if self.date_field == "control_point" else self.env["paydox.document.control.point"]
        document = record.document_id if point else record
        target = record.date if point else self._get_target(document)
        if not target:
            return
        # Who makes a document today is not told of days that were over before.
        start = max(today - timedelta(days=LOOKBACK_DAYS), record.create_date.date())
        due = self._get_due_day(target, start, today)
        if not due:
            return
        if self.is_yearly:
            target = due + timedelta(days=self.days_before)
        people = self._get_people(point.responsible_id if point else document.responsible_id, document.author_id)
        readers = people.filtered(document._filter_readable_by)
        field = self.date_field
        told = self.env["paydox.document.reminder.sent"].sudo()._claim(document, point, field, target, due, readers)
        self._notify(document, point, target, told)
        if point and point.responsible_id in told:
            # Not in his mail only.
            point._put_on_list()

    def _get_target(self, document):
        names = {"valid_to": "effective_valid_to"}
        if self.date_field == "notice_date" and document.prolongation != "auto":
            return False
        return document[names.get(self.date_field, self.date_field)]

    def _notify(self, document, point, target, users):
        for lang, people in users.grouped("lang").items():
            record = document.with_context(lang=lang)
            env = record.env
            label = point.name or dict(self._fields["date_field"]._description_selection(env))[self.date_field]
            text = env._("%(what)s: %(date)s.", what=label, date=format_date(env, target))
            record.message_notify(
                partner_ids=people.partner_id.ids,
                subject=env._("Reminder: %(document)s", document=document.name),
                body=f"{text} {self.note}" if self.note else text,
            )
