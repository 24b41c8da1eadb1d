from odoo import api, fields, models
from odoo.exceptions import UserError

from .paydox_approval_step import CROWD_KINDS


class PaydoxApproval(models.Model):
    """How a run starts, goes from step to step, and ends."""

    _inherit = "paydox.approval"

    # === START === #

    @api.model
    def _start(self, record, route, scope="all"):
        """Start a run over ``record``: pin the steps, ask the people of the first one.

        Everything that could stop the run later is checked first, so that nothing is changed when it is refused.
        """
        return self._start_many([(record, route)], scope)

    @api.model
    def _start_many(self, pairs, scope="all"):
        """Start a run over each record of ``[(record, route)]``; all records are of one model.

        :param str scope: ``all``, or ``not_agreed`` to keep the agreements of the former round
        """
        steps = [self._check_startable(record, route) for record, route in pairs]
        records = pairs[0][0].union(*(record for record, _route in pairs))
        former = self._get_latest_rounds(records)
        approvals = self._create_rounds(
            [
                self._prepare_run_values(
                    record,
                    route._prepare_pinned_values() | self._prepare_rework_values(record, route, former, scope),
                    former.get(record.id, self).round + 1,
                )
                for record, route in pairs
            ]
        )
        vals_list = []
        for (_record, route), applicable in zip(pairs, steps, strict=True):
            vals_list.append(
                [
                    step._prepare_pinned_values() | {"state": "waiting" if step in applicable else "skipped"}
                    for step in route.step_ids
                ]
            )
        approvals._pin_steps_many(vals_list)
        approvals._keep_as_latest()
        approvals._get_records()._on_approvals_started(approvals)
        approvals._advance()
        return approvals

    @api.model
    def _create_run(self, record, vals):
        """The row of a new round over ``record``; the steps are pinned next."""
        former = self._get_latest_rounds(record, vals.get("purpose", "approval"))
        return self._create_rounds([self._prepare_run_values(record, vals, former.get(record.id, self).round + 1)])

    @api.model
    def _create_rounds(self, vals_list):
        # The index of running rounds looks at the end of the former round, which may not be written yet.
        self.flush_model(["state"])
        return self.create(vals_list)

    @api.model
    def _prepare_run_values(self, record, vals, number):
        return {
            "res_model": record._name,
            "res_id": record.id,
            "document_id": record._get_approval_document().id,
            "company_id": record._get_approval_company().id,
            "round": number,
            "requested_by_id": self.env.uid,
            "author_id": record._get_approval_author().id,
            "version_id": record._get_approval_version().id,
        } | vals

    def _pin_steps(self, vals_list):
        """Copy the definition of the steps into the run and make it the first link of the chain.

        :param vals_list: values of ``paydox.approval.step`` in the order of the steps
        """
        self.ensure_one()
        self._pin_steps_many([vals_list])

    def _pin_steps_many(self, vals_lists):
        self.env["paydox.approval.step"].create(
            [
                approval._prepare_common_values(with_record=False) | vals | {"sequence": position}
                for approval, vals_list in zip(self, vals_lists, strict=True)
                for position, vals in enumerate(vals_list)
            ]
        )
        self._append_many([(approval, "start", None, {"definition": approval._get_definition()}) for approval in self])

    def _check_startable(self, record, route):
        """The steps that apply to the record; refused with the name of the step that cannot be taken."""
        name = record.display_name
        if not route or route.state != "published" or not route.active:
            raise UserError(
                self.env._("%(record)s has no published route. Choose one in the settings of its kind.", record=name)
            )
        if not route.step_ids:
            raise UserError(self.env._("The route %(route)s has no step.", route=route.display_name))
        steps = route.step_ids.filtered(lambda step: step._applies_to(record))
        excluded = record._get_approval_author() | self.env.user
        empty = steps.filtered(lambda step: step.if_nobody == "skip" and step._is_empty_for(record, excluded))
        if not steps - empty:
            raise UserError(
                self.env._(
                    "No step of the route %(route)s applies to %(record)s. Check the conditions of the steps.",
                    route=route.display_name,
                    record=name,
                )
            )
        for step in steps - empty:
            _users, reason = step._find_approvers(record, excluded)
            if reason:
                raise UserError(
                    self.env._(
                        "%(record)s cannot be sent: in the step “%(step)s” %(reason)s.",
                        record=name,
                        step=step.name,
                        reason=reason,
                    )
                )
        return steps

    # === COURSE === #

    def _advance(self):
        """Open the next step of each run, or finish the run after the last one."""
        runs = self
        while runs:
            opened, finished, stopped = [], self.browse(), []
            for approval in runs:
                step, users, reason = approval._find_next_step()
                if reason:
                    stopped.append((approval, reason))
                elif step:
                    opened.append((step, users))
                else:
                    finished |= approval
            finished._close("approved")
            for approval, reason in stopped:
                # The people changed since the start; the author hears of it and sends the record again.
                approval._close("rejected", reason)
            # A step whose people all passed already is closed at once, and the next one opens.
            runs = self.env["paydox.approval.step"]._open_many(opened).approval_id

    def _find_next_step(self):
        """The next step with its people; or, as the third value, why the run cannot go on."""
        self.ensure_one()
        record, excluded = self._get_record(), self._get_excluded()
        nobody = self.env["res.users"]
        for step in self.step_ids:
            if step.state != "waiting":
                continue
            users = step._get_former_users(record)
            reason = False
            if not users:
                if step.if_nobody == "skip" and step._is_empty_for(record, excluded):
                    step._leave_out()
                    continue
                users, reason = step._find_approvers(record, excluded)
            if reason:
                reason = self.env._("In the step “%(step)s” %(reason)s.", step=step.name, reason=reason)
            return step, users, reason
        return self.env["paydox.approval.step"], nobody, False

    def _go_back(self, step, target=None):
        """Return from ``step`` to the step ``target``, which decides again with all after it; or to the author."""
        self.ensure_one()
        if not target:
            step._close("refused")
            self._close("rejected")
            return
        passed = self.step_ids.filtered(
            lambda other: target.sequence <= other.sequence <= step.sequence and other.state in ("agreed", "running")
        )
        passed._reopen()
        self._advance()

    def _close(self, state, reason=None):
        """Finish the runs and hand the outcome to their records."""
        if not self:
            return
        self.line_ids.filtered(lambda line: line.state in ("waiting", "pending"))._skip()
        self.step_ids.filtered(lambda step: step.state in ("waiting", "running")).write({"state": "skipped"})
        self.write({"state": state, "closed_at": fields.Datetime.now(), "closed_by_id": self.env.uid})
        self._keep_as_latest()
        by_model = self.filtered(lambda run: run.purpose == "approval").grouped("res_model").values()
        for approvals in by_model:
            approvals._get_records()._on_approvals_closed(approvals, reason)
        for approval in self:
            approval._on_closed(reason)
        for approvals in by_model:
            approvals._get_records()._on_approvals_announced(approvals, reason)

    def _on_closed(self, reason):
        """Hand the outcome to whom it concerns; each purpose besides approval extends it."""

    # === HELPERS === #

    def _load_course(self):
        """Read the steps of the runs and who was asked on them by one statement each, whatever is looked at next."""
        steps = self.env["paydox.approval.step"]._search_whole([("approval_id", "in", self.ids)], order="sequence, id")
        # The lines of a crowd are counted and never read together.
        small = steps.filtered(lambda step: step.kind not in CROWD_KINDS)
        lines = self.env["paydox.approval.line"]._search_whole([("step_id", "in", small.ids)], order="sequence, id")
        for owners, name, found in ((self, "step_ids", steps), (small, "line_ids", lines)):
            by_owner = found.grouped(owners._fields[name].inverse_name)
            for owner in owners:
                owners._fields[name]._update_cache(owner, by_owner.get(owner, found.browse())._ids)

    def _keep_as_latest(self):
        """The rounds that start and end here are the latest of their records: nobody need look for them."""
        for approval in self.filtered(lambda run: run.purpose == "approval"):
            record = approval._get_record()
            record._fields["approval_id"]._update_cache(record, approval.id)
            record._fields["approval_state"]._update_cache(record, approval.state)

    def _has_signature(self):
        """Whether somebody signed in this run."""
        return any(step.kind == "sign" and step.state == "agreed" for step in self.step_ids)
