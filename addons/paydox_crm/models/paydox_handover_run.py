import logging

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.paydox_edms.tools.locking import RETRIED_ERRORS

_logger = logging.getLogger(__name__)

_BATCH = 20


class PaydoxHandover(models.Model):
    """The work behind the buttons: a hand-over begins, and one for a period gives everything back at its end."""

    _inherit = "paydox.handover"

    # === BUSINESS METHODS === #

    @api.model
    def _plan(self, user, targets, date_from, date_to, reason):
        """Write the hand-over into the log, name the substitutes, and begin it when its day has come. As superuser.

        :param dict targets: ``{sort: user}``
        """
        companies = self.env.user.company_ids
        handover = self.create(
            {
                "user_id": user.id,
                "author_id": self.env.uid,
                "date_from": date_from,
                "date_to": date_to,
                "reason": reason,
                "line_ids": [
                    Command.create(
                        {"sort": sort, "target_id": target.id, "count": len(self._find(sort, user, companies))}
                    )
                    for sort, target in targets.items()
                ],
            }
        )
        if date_to:
            handover._add_substitutions()
        if date_from <= fields.Date.context_today(self):
            handover._begin()
        else:
            handover._notify_people("planned")
        return handover

    @api.model
    def _find(self, sort, user, companies):
        return getattr(self, f"_find_{sort}")(user, companies)

    def _begin(self):
        for handover in self:
            moved_sorts = handover.line_ids
            if handover.date_to:
                substituted = self._get_substituted_sorts()
                moved_sorts = moved_sorts.filtered(lambda line, known=substituted: line.sort not in known)
            for line in moved_sorts:
                handover._move(line)
            handover.state = "active" if handover.date_to else "done"
            handover._notify_people("begun")

    def _move(self, line):
        """Hand one sort over and write down what went and what stayed."""
        self.ensure_one()
        sort, target = line.sort, line.target_id
        records = self._find(sort, self.user_id, self.author_id.company_ids)
        names = {record: record.display_name for record in records}
        name = self._get_sort_fields().get(sort)
        if name:
            kept = self._move_by_field(records, name, target)
        else:
            kept = getattr(self, f"_move_{sort}")(records, target)
        self.env["paydox.handover.item"].create(
            [
                {
                    "handover_id": self.id,
                    "sort": sort,
                    "res_model": record._name,
                    "res_id": record.id,
                    "record_name": names[record],
                    "target_id": target.id,
                    "state": "kept" if record in kept else "moved",
                    "note": kept.get(record, False),
                }
                for record in records
            ]
        )

    def _give_back(self):
        """What still is with the substitute comes back; what went on to others, or was finished, stays where it is."""
        for handover in self.filtered(lambda row: row.state == "active"):
            user = handover.user_id
            items = handover.item_ids.filtered(lambda item: item.state == "moved")
            for (model, sort, target), found in items.grouped(
                lambda item: (item.res_model, item.sort, item.target_id)
            ).items():
                name = self._get_sort_fields()[sort]
                records = self.env[model].browse(found.mapped("res_id")).exists()
                back = records.filtered(lambda record, name=name, target=target: record[name] == target)
                if not user.active:
                    back = back.browse()
                back.with_context(mail_auto_subscribe_no_notify=True, mail_activity_quick_update=True).write(
                    {name: user.id}
                )
                returned = found.filtered(lambda item, back=back: item.res_id in back.ids)
                returned.state = "returned"
                (found - returned).write({"state": "left", "note": handover._get_left_text(user)})
            handover._drop_substitutions()
            handover.state = "returned"
            handover._notify_people("returned")

    def _get_left_text(self, user):
        if not user.active:
            return self.env._("%(user)s does not work here any more.", user=user.name)
        return self.env._("It went on to somebody else, or was finished.")

    # === SUBSTITUTION === #

    def _add_substitutions(self):
        """The person who takes the decisions is the substitute on these days."""
        self.ensure_one()
        known = self._get_substituted_sorts()
        targets = self.line_ids.filtered(lambda line: line.sort in known).target_id
        self.substitution_ids = [
            Command.create(
                {
                    "user_id": self.user_id.id,
                    "substitute_id": target.id,
                    "date_from": self.date_from,
                    "date_to": self.date_to,
                    "note": self.reason,
                }
            )
            for target in targets
        ]

    def _drop_substitutions(self):
        """The substitution ends today; one that has not begun goes."""
        today = fields.Date.context_today(self)
        for substitution in self.substitution_ids.filtered(lambda row: row.date_to >= today):
            if substitution.date_from >= today:
                substitution.unlink()
            else:
                substitution.date_to = fields.Date.subtract(today, days=1)

    # === NOTICES === #

    def _notify_people(self, moment):
        """One notice to the person and to each of his successors, in their languages; nobody is told what he did himself."""
        self.ensure_one()
        for person in self.user_id | self.line_ids.target_id:
            if not person.active:
                continue
            handover = self.with_context(lang=person.lang)
            person.partner_id.message_notify(
                partner_ids=person.partner_id.ids,
                subject=handover._get_notice_subject(moment),
                body=handover._get_notice_text(person, moment),
            )

    def _get_notice_subject(self, moment):
        if moment == "returned":
            return self.env._("The work of %(user)s is back with him", user=self.user_id.name)
        return self.env._("The work of %(user)s is handed over", user=self.user_id.name)

    def _get_notice_text(self, person, moment):
        labels = dict(self._get_sorts())
        counts = self.env["paydox.handover.item"]._read_group(
            [("handover_id", "=", self.id), ("state", "in", ("moved", "returned"))], ["sort"], ["__count"]
        )
        counts = dict(counts)
        parts = []
        for line in self.line_ids:
            if person in (self.user_id, line.target_id):
                count = counts.get(line.sort, line.count)
                parts.append(
                    self.env._("%(what)s: %(count)s, to %(user)s", what=labels.get(line.sort, line.sort), count=count,
                               user=line.target_id.name)
                )  # fmt: skip
        if self.date_to and moment != "returned":
            parts.append(self.env._("From %(start)s to %(end)s", start=self.date_from, end=self.date_to))
        if self.reason:
            parts.append(self.reason)
        return "; ".join(parts)

    # === JOB === #

    @api.model
    def _cron_follow_periods(self):
        """Begin what is planned for today and give back what is over; one that fails stops no other."""
        today = fields.Date.context_today(self)
        due = [("state", "=", "planned"), ("date_from", "<=", today)]
        over = [("state", "=", "active"), ("date_to", "<", today)]
        for domain, work in ((over, "_give_back"), (due, "_begin")):
            found = self.search(domain, limit=_BATCH, order="id").try_lock_for_update()
            for handover in found:
                try:
                    with self.env.cr.savepoint():
                        getattr(handover, work)()
                except RETRIED_ERRORS:
                    raise
                except Exception:
                    _logger.exception("Hand-over %s could not go on", handover.id)
                self.env["ir.cron"]._commit_progress(1)
