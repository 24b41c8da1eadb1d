import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import RETRIED_ERRORS

_logger = logging.getLogger(__name__)

# Kinds that end as soon as they are made.
INSTANT_KINDS = ("mail", "message", "milestone")
# Kinds for which somebody has to be found.
PEOPLE_KINDS = ("instruction", "call", "meeting", "document", "route", "case", "message")
MAX_PROBLEM = 2000


class PaydoxCaseStep(models.Model):
    """How steps start: each makes its thing once, in a savepoint; one that cannot says why."""

    _inherit = "paydox.case.step"

    # === BUSINESS METHODS === #

    def _start(self):
        """Start the steps, whose entry conditions hold and whose cases are locked.

        :return: those that ended at once; their events are left to the caller
        """
        self.case_id._touch()
        ended = self.browse()
        people = self._find_startable_people()
        moment = fields.Datetime.now()
        for kind, steps in self.filtered(lambda step: step in people).grouped("kind").items():
            started = steps._start_together({step: people[step] for step in steps}, moment)
            if kind in self._get_instant_kinds():
                ended |= started._finish(emit=False)
            else:
                ended |= started._check_at_once()
        return ended

    @api.model
    def _get_instant_kinds(self):
        """Hook: kinds that end as soon as they are made."""
        return INSTANT_KINDS

    def _find_startable_people(self):
        """``{step: users}`` of the steps that have their people; the others say what is missing."""
        needing = self.filtered(lambda step: step.kind in PEOPLE_KINDS)
        people = dict.fromkeys(self - needing, self.env["res.users"])
        for step, (users, reason) in needing._find_people().items():
            if reason and step.kind != "message":
                step._register_problem(self.env._("Nobody can do it: %(reason)s.", reason=reason))
            else:
                people[step] = users
        return people

    def _start_together(self, people, moment):
        """Make the things of steps of one kind in one go; when one of them fails, each for itself.

        :return: the steps that started
        """
        if self[:1].kind == "milestone":
            # Makes nothing, so that nothing can fail.
            self._mark_started(people, moment)
            return self
        try:
            with self.env.cr.savepoint():
                self._mark_started(people, moment)
                getattr(self, f"_make_{self[:1].kind}")()
                self.flush_recordset()
            return self
        except RETRIED_ERRORS:
            # The transaction itself is void (serialization, lock): the server runs it again.
            raise
        except Exception as error:  # noqa: BLE001  whatever stops one step must not stop what set it off
            if len(self) == 1:
                _logger.info("Step %s of case %s cannot start", self.id, self.case_id.id, exc_info=True)
                self._register_problem(str(error) or type(error).__name__)
                return self.browse()
        started = self.browse()
        for step in self:
            started |= step._start_together({step: people[step]}, moment)
        return started

    def _mark_started(self, people, moment):
        deadlines = self._plan_deadlines(people, moment)
        common = {"state": "active", "started_at": moment, "problem": False, "is_fulfilled": False}
        for users, steps in self.grouped(lambda step: people[step]).items():
            steps.write(common | ({"responsible_ids": [fields.Command.set(users.ids)]} if users else {}))
        for step, deadline in deadlines.items():
            step.deadline = deadline
        self.case_id._add_workers(self)

    def _check_at_once(self):
        """Hook: end steps for which there is nothing to wait; called after they started. :return: those that ended"""
        drafts = self.filtered(lambda step: step.kind == "document" and step._is_document_ready())
        return drafts._finish(emit=False)

    def _register_problem(self, text):
        self.ensure_one()
        self.write({"problem": (text or "")[:MAX_PROBLEM]})
        self.case_id._touch()

    # === THINGS === #

    def _make_milestone(self):
        """A milestone makes nothing: it is there when everything before it is done."""

    def _make_event(self):
        """The step waits for what happens from now on, see ``paydox.event._consume``."""
        last = self.env["paydox.event"].search([], order="id desc", limit=1)
        self.write({"event_floor": last.id})

    def _make_message(self):
        for step in self:
            case, texts = step.case_id, step._speak_to(step.case_id.owner_id)
            partners = (step.responsible_ids or case.participant_ids | case.owner_id).partner_id
            step.message_id = case.message_post(
                body=texts.description or texts.name,
                subject=texts.name,
                partner_ids=partners.ids,
                author_id=case.owner_id.partner_id.id,
                message_type="comment",
                # It is for colleagues: a client who follows the case does not see it.
                subtype_xmlid="paydox_edms.mail_message_subtype_discussion",
                is_internal=True,
            )

    def _make_mail(self):
        """One e-mail a step, put into the queue in this transaction and sent after it."""
        for template, steps in self.grouped("mail_template_id").items():
            if not template:
                raise UserError(self.env._("It names no e-mail template."))
            ids = [step._get_mail_record(template).id for step in steps]
            if len(set(ids)) < len(ids):
                for step in steps:
                    step._send_mails(template, [step._get_mail_record(template).id])
            else:
                steps._send_mails(template, ids)

    def _send_mails(self, template, ids):
        mails = template.send_mail_batch(ids, force_send=False)
        by_record = {mail.res_id: mail for mail in mails}
        for step, record_id in zip(self, ids, strict=True):
            mail = by_record.get(record_id)
            if not mail or not (mail.email_to or mail.email_cc or mail.recipient_ids):
                raise UserError(self.env._("The e-mail “%(template)s” has nobody to go to.", template=template.name))
            step.message_id = mail.mail_message_id

    def _get_mail_record(self, template):
        """What the template is written about: the case, its subject or its counterparty."""
        case = self.case_id
        if template.model == case._name:
            return case
        subject = case._get_subject()
        if subject and template.model == subject._name:
            return subject
        if template.model == "res.partner" and case.partner_id:
            return case.partner_id
        raise UserError(
            self.env._(
                "The e-mail template “%(template)s” is made for other records than this case has.",
                template=template.name,
            )
        )

    def _make_case(self):
        for step in self:
            case = step.case_id
            template = step.sub_template_id._get_current()
            if not template:
                raise UserError(self.env._("The template of the case inside is not in use any more."))
            step.sub_case_id = template._start_one(
                {
                    "name": step._speak_to(step.responsible_ids).name,
                    "owner_id": step.responsible_ids[:1].id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "res_model": case.res_model if template.res_model in (False, case.res_model) else False,
                    "res_id": case.res_id if template.res_model in (False, case.res_model) else False,
                    "parent_step_id": step.id,
                    "viewer_ids": [fields.Command.link(case.owner_id.id)],
                    "deadline": step.deadline,
                },
                key=f"step:{step.id}:{step.move_count}",
            )

    # === HOOKS === #

    def _make_again(self):
        result = super()._make_again()
        if self.kind == "case" and self.sub_case_id.state in (False, "cancelled"):
            self.sub_case_id.parent_step_id = False
            self.write({"sub_case_id": False, "problem": False, "move_count": self.move_count + 1})
            self.case_id._touch()
            self.env.flush_all()
            self._make_case()
        return result

    def _withdraw_things(self, reason):
        """The cases inside are given up with their steps."""
        result = super()._withdraw_things(reason)
        self.sub_case_id.filtered(lambda case: case.state == "running")._cancel(reason)
        return result
