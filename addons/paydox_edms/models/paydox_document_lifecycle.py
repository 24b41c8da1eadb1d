from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows

# From a state to the states that may follow it. A confirmed document becomes a draft by the exclusive right only.
_TRANSITIONS = {
    "draft": {"review", "done", "cancelled"},
    "review": {"draft", "approved", "signed"},
    "approved": {"done", "cancelled", "draft"},
    "signed": {"done", "cancelled", "draft"},
    "done": {"draft"},
    "cancelled": {"draft"},
}


class PaydoxDocument(models.Model):
    """Life cycle: the table above, one guard, and the verbs."""

    _inherit = "paydox.document"

    can_register = fields.Boolean(compute="_compute_allowed_verbs")
    can_execute = fields.Boolean(compute="_compute_allowed_verbs")
    can_submit = fields.Boolean(compute="_compute_allowed_verbs")
    can_cancel = fields.Boolean(compute="_compute_allowed_verbs")
    has_route = fields.Boolean(compute="_compute_allowed_verbs")

    # === COMPUTE METHODS === #

    @api.depends("state", "number", "kind_id.registration_moment", "kind_id.route_id", "kind_id.route_line_ids")
    @api.depends_context("uid")
    def _compute_allowed_verbs(self):
        editable = self.filtered("id")._filtered_access("write")
        for document in self:
            document.has_route = bool(document.kind_id) and bool(document._get_approval_route())
            # What is not saved yet is its author's; it can be sent at once and be registered once it is saved.
            may_write = not document.id or document in editable
            saved = bool(document.id and document.kind_id and may_write)
            document.can_submit = may_write and document.has_route and document.state == "draft"
            document.can_cancel = saved and "cancelled" in _TRANSITIONS[document.state]
            document.can_register = saved and not document._get_register_obstacle()
            document.can_execute = saved and not document._get_execute_obstacle()

    # === ACTIONS === #

    def action_submit(self):
        """Send the documents on the routes of their kinds."""
        return self.action_request_approval()

    def action_execute(self):
        """Mark the documents as executed; the day of execution is today unless it was filled in."""
        self.check_access("write")
        lock_rows(self)
        self._refuse_obstacles("_get_execute_obstacle")
        self._check_required_fields("execute")
        self._transition_to("done")
        today = fields.Date.context_today(self)
        # sudo: the card is locked; the day belongs to the verb
        self.sudo().filtered(lambda document: not document.date_execution)._write_locked({"date_execution": today})
        self._emit("document.executed")
        return True

    def action_cancel(self):
        """Cancel the documents; the number stays taken."""
        self.check_access("write")
        lock_rows(self)
        self._transition_to("cancelled")
        self._emit("document.cancelled")
        return True

    # === HELPERS === #

    def _transition_to(self, state, reason=None):
        """The only way a state changes; each change is a row of the history."""
        if blocked := self.filtered(lambda document: state not in _TRANSITIONS[document.state]):
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(document)s is in the state “%(old)s” and cannot become “%(new)s”.",
                    document=blocked[0].display_name,
                    old=labels[blocked[0].state],
                    new=labels[state],
                )
            )
        self.env["paydox.document.transition"]._append(self, state, reason)
        for count, documents in self.grouped("transition_count").items():
            # sudo: the state is not writable by hand
            documents.sudo().write({"state": state, "transition_count": count + 1})

    def _write_locked(self, vals):
        """Write business fields that belong to a verb, past the lock of this addon and of no other."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _refuse_obstacles(self, getter):
        for document in self:
            if obstacle := getattr(document, getter)():
                raise UserError(obstacle)

    def _get_register_obstacle(self):
        """Why the document cannot be registered now, as a sentence, or False."""
        self.ensure_one()
        name = self.display_name
        if self.number:
            return self.env._("%(document)s is already registered.", document=name)
        if self.state == "cancelled":
            return self.env._("%(document)s is cancelled and cannot be registered.", document=name)
        if self.state == "review":
            return self.env._("%(document)s is on approval. Register it when the approval ends.", document=name)
        moment = self.kind_id.registration_moment
        if moment == "before" and self.state != "draft":
            return self.env._("%(document)s: documents of this kind are registered before approval.", document=name)
        if moment == "after" and self.state == "draft" and self._get_approval_route():
            return self.env._("%(document)s: documents of this kind are registered after approval.", document=name)
        return False

    def _get_execute_obstacle(self):
        """Why the document cannot be marked as executed now, as a sentence, or False."""
        self.ensure_one()
        name = self.display_name
        if self.state == "draft" and self._get_approval_route():
            return self.env._("%(document)s is a draft. Send it for approval first.", document=name)
        if self.state == "draft" and not self.number:
            return self.env._("%(document)s is not registered. Register it first.", document=name)
        if "done" not in _TRANSITIONS[self.state]:
            return self.env._("%(document)s cannot be executed in its state.", document=name)
        return False

    def _emit(self, name):
        """Write the business event; the key names the change of state that it tells of."""
        self.env["paydox.event"]._emit_batch(
            name,
            [
                (
                    document,
                    f"{name}:{document.id}:{document.transition_count}",
                    {"kind": document.kind_id.code, "state": document.state},
                )
                for document in self
            ],
        )
