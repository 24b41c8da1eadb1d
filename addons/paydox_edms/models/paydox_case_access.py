from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .paydox_case import DISCUSSION_FIELDS

# What everybody who works on a case may change; the rest belongs to those who lead it.
DATA_FIELDS = frozenset(("properties", "own_properties"))


class PaydoxCase(models.Model):
    """Who may read a case, who works on it, who leads it."""

    _inherit = "paydox.case"

    is_involved = fields.Boolean(
        compute="_compute_is_involved",
        search="_search_is_involved",
        help="The current user takes part in the case, substitutes or heads those who do. For access rules.",
    )
    is_editor = fields.Boolean(
        compute="_compute_is_editor",
        search="_search_is_editor",
        help="The current user works on the case or heads its responsible person. For access rules.",
    )
    can_lead = fields.Boolean(
        compute="_compute_can_lead", help="The current user may change the list of steps and close the case."
    )

    # === COMPUTE METHODS === #

    @api.depends("author_id", "owner_id", "participant_ids", "viewer_ids", "worker_ids")
    @api.depends_context("uid")
    def _compute_is_involved(self):
        # sudo: the answer is what decides on access, so it cannot depend on it
        found_sudo = self.sudo()._search_ids(self._get_involved_domain())
        for case in self:
            case.is_involved = case.id in found_sudo

    def _search_is_involved(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_involved_domain() if True in value else ~self._get_involved_domain()

    @api.depends("is_involved")
    @api.depends_context("uid")
    def _compute_is_editor(self):
        # sudo: as above
        found_sudo = self.sudo()._search_ids(self._get_editor_domain())
        for case in self:
            case.is_editor = case.id in found_sudo

    def _search_is_editor(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_editor_domain() if True in value else ~self._get_editor_domain()

    @api.depends("owner_id", "author_id", "template_id")
    @api.depends_context("uid")
    def _compute_can_lead(self):
        readable = self.filtered("id").sudo(False)._filtered_access("read")
        for case in self:
            case.can_lead = not case.id or (case in readable and case._is_lead())

    # === DOMAINS === #

    def _search_ids(self, domain):
        """Ids of those of the cases that match, asked of the database, which has indexes for it."""
        cases = self.filtered("id").with_context(active_test=False)
        return set(cases.search(Domain("id", "in", cases.ids) & domain)._ids)

    @api.model
    def _get_involved_domain(self):
        """Cases that the current user may read. The one place where this is put into words."""
        people = self.env.user.document_principal_ids | self.env.user.document_subordinate_ids
        return self._get_people_domain(people.ids)

    @api.model
    def _get_people_domain(self, user_ids):
        names = ("author_id", "owner_id", "participant_ids", "viewer_ids", "worker_ids")
        return Domain.OR([Domain(name, "in", user_ids) for name in names])

    @api.model
    def _get_editor_domain(self):
        mine = self.env.user.document_principal_ids.ids
        headed = self.env.user.document_subordinate_ids.ids
        names = ("author_id", "participant_ids", "worker_ids")
        domain = Domain.OR([Domain(name, "in", mine) for name in names]) | Domain("owner_id", "in", mine + headed)
        adapted = Domain("template_id.adapt_group_ids", "in", self.env.user.all_group_ids.ids)
        return domain | (adapted & self._get_involved_domain())

    # === HELPERS === #

    def _is_lead(self):
        """Whether the current user, who reads the case, may change its steps and close it."""
        self.ensure_one()
        user = self.env.user
        # sudo: the people of the case and the groups of its template decide, whoever asks
        case_sudo = self.sudo()
        leads = user.document_principal_ids | user.document_subordinate_ids
        if case_sudo.owner_id in leads:
            return True
        if not case_sudo.template_id:
            return case_sudo.author_id == user
        return bool(case_sudo.template_id.adapt_group_ids & user.all_group_ids)

    def _check_lead(self):
        """Refuse what only those may do who lead the case."""
        self.check_access("read")
        for case in self:
            if not case._is_lead():
                raise AccessError(
                    self.env._(
                        "%(case)s is led by %(owner)s, the heads over %(owner)s and those whom its template names. "
                        "Ask one of them.",
                        case=case.display_name,
                        owner=case.sudo().owner_id.name,  # sudo: the name of the person to turn to
                    )
                )

    def _check_editable(self, vals):
        """Who works on a case fills in its data; a closed case stays as it is."""
        if not vals.keys() - DISCUSSION_FIELDS:
            return
        if closed := self.filtered(lambda case: case.state in ("done", "cancelled")):
            raise UserError(self.env._("%(case)s is closed. Reopen it to change it.", case=closed[0].display_name))
        if vals.keys() - DATA_FIELDS - DISCUSSION_FIELDS:
            self._check_lead()

    # === DISPLAY NAME === #

    _guarded_name_fields = ("name", "number")

    def _get_shown_name(self):
        if self.number:
            return self.env._("%(number)s: %(subject)s", number=self.number, subject=self.name)
        return super()._get_shown_name()

    def _get_hidden_name(self):
        return self.env._("Case (no access)")

    @api.model
    def _search_display_name(self, operator, value):
        return super()._search_display_name(operator, value) | Domain("number", operator, value)

    # === MAIL === #

    def _filter_readable_by_partner(self, partner_sudo):
        """A customer follows what he is put on; of a partner with users each employee has to read the case."""
        readable = self
        for user in partner_sudo.user_ids:
            readable &= self if user.share else self._filter_readable_by(user)
        return readable

    def _filter_readable_recipients(self, users_sudo):
        """Customers get what they are written; a colleague has to read the case."""
        customers_sudo = users_sudo.filtered("share")
        return customers_sudo | super()._filter_readable_recipients(users_sudo - customers_sudo)
