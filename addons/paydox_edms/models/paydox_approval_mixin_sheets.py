from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.arguments import to_id
from odoo.addons.paydox_edms.tools.locking import lock_rows


class PaydoxApprovalMixin(models.AbstractModel):
    """Sheets beside the approval: who may send a record to be read or voted on, and to whom."""

    _inherit = "paydox.approval.mixin"

    # === HOOKS === #

    def _can_manage_sheets(self):
        """Whether the current user may send the record for acquaintance or put it to the vote, and lead that."""
        return self.has_access("write")

    def _check_can_manage_sheets(self):
        self.ensure_one()
        self.check_access("read")
        if not self._can_manage_sheets():
            raise AccessError(
                self.env._(
                    "%(record)s is sent to its readers and voters by its author, its responsible person or a clerk. "
                    "Ask one of them.",
                    record=self.display_name,
                )
            )

    # === HELPERS === #

    def _lock_for_sheets(self):
        """The record as superuser, locked, so that two who send at once make one round after the other."""
        lock_rows(self)
        # sudo: the rows of the run are written by the engine only; callers have checked who may
        return self.sudo()

    def _collect_people(self, users=None, groups=None, departments=None, everyone=False):
        """Who is meant: users that are named, members of groups, employees of departments with those inside.

        Whoever is named must be able to take part; of groups and departments only those who can are taken.

        :param users: records or ids, as the other two
        :param bool everyone: every employee with a login in the company of the record
        :return: users, as superuser, in a steady order
        """
        company = self._get_approval_company()
        # sudo: colleagues, groups and departments are looked up to be asked, nothing of them is shown
        users_sudo = self.env["res.users"].sudo()
        named_sudo = users_sudo.with_context(active_test=False).search([("id", "in", self._clean_ids(users))])
        # Asked of the database and not of each person: there may be thousands, and nothing of them is to be kept.
        fit_sudo = users_sudo.search(Domain("id", "in", named_sudo.ids) & self._get_fit_domain())
        for user_sudo in named_sudo - fit_sudo:
            if reason := self.env["paydox.approval.step"]._get_unfit_reason(user_sudo, self):
                raise UserError(self.env._("%(reason)s. Choose other people.", reason=reason))
        found = Domain("id", "in", named_sudo.ids)
        if group_ids := self._clean_ids(groups):
            found |= Domain("all_group_ids", "in", group_ids)
        if department_ids := self._clean_ids(departments):
            employees_sudo = self.env["hr.employee"].sudo()
            domain = [("department_id", "child_of", department_ids), ("company_id", "=", company.id)]
            found |= Domain("id", "in", employees_sudo.search_fetch(domain, ["user_id"]).user_id.ids)
        if everyone:
            found = Domain.TRUE
        people_sudo = users_sudo.search(found & self._get_fit_domain(), order="id")
        if not people_sudo:
            raise UserError(
                self.env._("Nobody is found to send %(record)s to. Choose people.", record=self.display_name)
            )
        return people_sudo

    def _get_fit_domain(self):
        """Users who can read or vote on the record: active, employees, of its company."""
        company = self._get_approval_company()
        return Domain("share", "=", False) & Domain("company_ids", "in", company.ids)

    @api.model
    def _clean_ids(self, value):
        """Ids named by an argument of RPC: records, an id or a list of ids; anything else is refused."""
        if isinstance(value, models.BaseModel):
            return value.ids
        if not value:
            return []
        ids = [to_id(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
        if not all(ids):
            raise UserError(self.env._("Name the people by records or by ids."))
        return ids

    @api.model
    def _clean_deadline(self, value):
        """The end of a term named by an argument of RPC, in UTC, or False."""
        try:
            deadline = fields.Datetime.to_datetime(value or False)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("The term could not be read. Write it as 2026-01-31 17:00:00.")) from error
        if deadline and deadline <= fields.Datetime.now():
            raise UserError(self.env._("The term is over already. Choose a later one."))
        return deadline or False
