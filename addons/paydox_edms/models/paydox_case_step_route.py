from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows


class PaydoxCaseStep(models.Model):
    """Steps that send a document or the subject on a route and wait for the outcome."""

    _inherit = "paydox.case.step"

    # === BUSINESS METHODS === #

    def _make_route(self):
        for step in self:
            record = step._get_route_record()
            user = step.responsible_ids[:1]
            # As the responsible person: he is the one who asked.
            record = record.with_user(user).sudo()
            lock_rows(record)
            record._check_approval_request()
            route = (step.route_id or record._get_approval_route()).with_user(user).sudo()
            route = route._get_current_revision()
            approval = self.env["paydox.approval"].with_user(user).sudo()._start(record, route)
            step.approval_id = approval.id
            approval.write({"case_step_id": step.id})

    def _get_route_record(self):
        """What goes on the route: the nearest document that a step before made, or the subject."""
        self.ensure_one()
        found = frontier = self.predecessor_ids
        while frontier:
            if documents := frontier.document_id:
                return documents.sorted("id")[-1:]
            frontier = frontier.predecessor_ids - found
            found |= frontier
        subject = self.case_id._get_subject()
        if not subject or subject._name not in self.env["paydox.approval"]._get_approvable_models():
            raise UserError(
                self.env._("There is nothing to send: no step before makes a document, and the case is about none.")
            )
        return subject

    def _on_approvals_closed(self, approval):
        for step in self.filtered(lambda step: step.state == "active" and step.case_id.state == "running"):
            if approval.state == "approved":
                step._end_and_go_on()
            else:
                labels = dict(approval._fields["state"]._description_selection(self.env))
                step.case_id._lock()
                step._register_problem(
                    self.env._(
                        "The approval ended: %(state)s. Change what was sent and send it again, or leave the step out.",
                        state=labels[approval.state],
                    )
                )

    def _make_again(self):
        result = super()._make_again()
        if self.kind == "route" and self.approval_id.state != "running":
            former = self.approval_id
            self.write({"approval_id": False, "problem": False})
            former.write({"case_step_id": False})
            self.case_id._touch()
            self._make_route()
        return result

    def _check_at_once(self):
        """A route whose people all agreed before ends while it starts."""
        passed = self.filtered(lambda step: step.kind == "route" and step.approval_id.state == "approved")
        return super()._check_at_once() | passed._finish(emit=False)

    def _get_thing(self):
        approval = self.approval_id
        return super()._get_thing() if not approval else approval._get_record()


class PaydoxApproval(models.Model):
    _inherit = "paydox.approval"

    case_step_id = fields.Many2one(
        comodel_name="paydox.case.step",
        string="Step of a Case",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_rework_values(self, record, route, former, scope):
        """A record that is sent again goes on for the step that sent it first."""
        result = super()._prepare_rework_values(record, route, former, scope)
        step = former.get(record.id, self).case_step_id
        return result | ({"case_step_id": step.id} if step.state == "active" else {})

    @api.model_create_multi
    def create(self, vals_list):
        approvals = super().create(vals_list)
        for approval in approvals.filtered("case_step_id"):
            approval.case_step_id.write({"approval_id": approval.id, "problem": False})
        return approvals

    def _on_closed(self, reason):
        result = super()._on_closed(reason)
        if self.case_step_id:
            self.case_step_id._on_approvals_closed(self)
        return result


class PaydoxRoute(models.Model):
    _inherit = "paydox.route"

    # === HELPERS === #

    def _get_current_revision(self):
        """The revision that is in use now: this one or a later one."""
        current = self
        while current.state == "outdated":
            later = self.search([("previous_id", "=", current.id), ("state", "in", ("published", "outdated"))], limit=1)
            if not later:
                break
            current = later
        return current
