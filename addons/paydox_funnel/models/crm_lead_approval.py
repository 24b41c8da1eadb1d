from odoo import api, fields, models
from odoo.exceptions import UserError

# What people agree to; the deal type names further fields.
AGREED_FIELDS = frozenset(("partner_id", "expected_revenue", "deal_type_id", "company_id"))


class CrmLead(models.Model):
    """The deal as a record that goes by the route of its type."""

    _name = "crm.lead"
    _inherit = ["paydox.approval.mixin", "crm.lead"]

    can_request_approval = fields.Boolean(compute="_compute_approval_verbs")
    can_withdraw = fields.Boolean(compute="_compute_approval_verbs")

    # === COMPUTE METHODS ===#

    @api.depends("active", "won_status", "user_id", "deal_type_id.route_id", "approval_id")
    @api.depends_context("uid")
    def _compute_approval_verbs(self):
        editable = self.filtered("id")._filtered_access("write")
        for lead in self:
            running = lead.approval_state == "running"
            lead.can_request_approval = lead in editable and not running and not lead._get_approval_obstacle()
            lead.can_withdraw = running and lead._can_withdraw()

    # === ACTIONS ===#

    def action_confirm_read(self, comment=None):
        """Confirm that the deal was read: its card, which the person has before him, is what is read."""
        self.ensure_one()
        self.check_access("read")
        self._register_opening(self._get_approval_version())
        return self.action_agree(comment)

    # === CRUD METHODS ===#

    def write(self, vals):
        self._check_agreed_fields(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        for lead in self:
            # sudo: a round that the user may not read keeps the deal all the same
            if lead.sudo().approval_ids:
                raise UserError(
                    self.env._(
                        "Deal %(deal)s was sent for approval, and its rounds stay on file. Archive it or mark it as lost.",
                        deal=lead.name,
                    )
                )

    # === HELPERS ===#

    def _check_agreed_fields(self, vals):
        """Refuse to change what is being agreed, to the system as well; a form may send what is there already."""
        if not vals.keys() & (AGREED_FIELDS | self.env["paydox.deal.type"]._get_all_locked_names()):
            return
        for lead in self:
            # sudo: the lock stands whoever may read the type
            names = (AGREED_FIELDS | lead.sudo().deal_type_id._get_locked_names()) & vals.keys()
            changed = [name for name in sorted(names) if lead._is_changed(name, vals[name])]
            if changed and lead.approval_state == "running":
                labels = [self._fields[name]._description_string(self.env) for name in changed]
                raise UserError(
                    self.env._(
                        "Deal %(deal)s is on approval; %(fields)s cannot be changed now. Withdraw it from approval first.",
                        deal=lead.name,
                        fields=", ".join(labels),
                    )
                )

    def _is_changed(self, name, value):
        field = self._fields[name]
        if field.type == "many2one" and isinstance(value, models.BaseModel):
            value = value.id
        if field.type in ("one2many", "many2many"):
            return True
        return field.convert_to_write(self[name], self) != field.convert_to_write(
            field.convert_to_record(field.convert_to_cache(value, self), self), self
        )

    def _get_approval_obstacle(self):
        """Why the deal cannot be sent now, as a sentence, or False."""
        self.ensure_one()
        if not self.active or self.won_status == "lost":
            return self.env._("Deal %(deal)s is archived or lost. Restore it first.", deal=self.name)
        # sudo: the type may be of a company that is not selected now
        if not self.sudo().deal_type_id.route_id:
            return self.env._(
                "Deal %(deal)s has no approval route. Choose one in the settings of its type.", deal=self.name
            )
        return False

    # === HOOKS OF THE APPROVAL MIXIN ===#

    def _get_material_fields(self):
        return AGREED_FIELDS | self.deal_type_id._get_locked_names()

    def _get_approval_route(self):
        return self.deal_type_id.route_id

    def _check_approval_request(self):
        self.ensure_one()
        if self.approval_state == "running":
            raise UserError(self.env._("Deal %(deal)s is already on approval.", deal=self.name))
        if obstacle := self._get_approval_obstacle():
            raise UserError(obstacle)

    def _on_approval_started(self, approval):
        self._message_log(body=self.env._("Sent for approval, round %(number)s.", number=approval.round))

    def _on_approval_closed(self, approval, reason=None):
        names = {"approved": "deal.approved", "rejected": "deal.refused"}
        if name := names.get(approval.state):
            payload = {"round": approval.round, "state": approval.state}
            self.env["paydox.event"]._emit(name, self, f"{name}:{self.id}:{approval.id}", payload)
            approval._queue_outcome(reason)
        self._message_log(body=reason or self._get_outcome_text(self.env, approval, reason))

    def _get_outcome_text(self, env, approval, reason):
        if approval.state == "approved":
            return env._("The deal is approved.")
        if approval.state == "withdrawn":
            return env._("The deal was withdrawn from approval.")
        if reason:
            return env._("The deal came back from approval. %(reason)s", reason=reason)
        return env._("The deal was refused or returned. See the remarks on its approval sheet.")

    def _can_withdraw(self):
        user = self.env.user
        # sudo: the person who asked may withdraw even if he may not read the sheet any more
        asked_by = self.sudo().approval_id.requested_by_id
        return user in self.user_id | asked_by or (
            user.has_group("sales_team.group_sale_manager") and self.has_access("write")
        )

    def _get_approval_author(self):
        return self.user_id or self.create_uid

    def _get_approval_company(self):
        return self.company_id or self.user_id.company_id or self.env.company

    def _get_approval_department(self):
        return self.department_id or super()._get_approval_department()

    def _get_field_approver(self, name):
        people = {"author_id": self.create_uid, "responsible_id": self.user_id, "team_leader": self.team_id.user_id}
        return people[name] if name in people else super()._get_field_approver(name)

    def _get_inbox_facts(self):
        return super()._get_inbox_facts() | {
            "record_partner_id": self.partner_id.id,
            "record_amount": self.expected_revenue,
            "record_currency_id": self.company_currency.id,
        }
