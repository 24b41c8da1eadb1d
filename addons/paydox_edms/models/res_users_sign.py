from datetime import datetime

from odoo import fields, models
from odoo.exceptions import AccessDenied

from odoo.addons.paydox_edms.tools.locking import lock_rows

MAX_PASSWORD = 4096


class PositionHistory:
    """Job titles by user, each from a day on; departments as they are now."""

    def __init__(self, titles, departments):
        self._titles = titles
        self.departments = departments

    def pick(self, user, moment=None):
        """The job title of the user at the moment, or now; empty for who is no employee of the company."""
        states = self._titles.get(user.id) or [(None, "")]
        day = (moment or fields.Datetime.now()).date()
        # Before the first known state he is shown with it, as Odoo does.
        former = [title for start, title in states if start and start <= day]
        return (former[-1] if former else states[0][1]) or ""


class ResUsers(models.Model):
    """Proof of identity of a person who signs, and his position."""

    _inherit = "res.users"

    sign_failure_count = fields.Integer(groups=fields.NO_ACCESS, copy=False)
    sign_failed_at = fields.Datetime(groups=fields.NO_ACCESS, copy=False)

    # === HELPERS === #

    def _prove_identity(self, password, code=None):
        """Check the password of the current user and, where he has one, his second factor.

        A wrong one is counted in the database, so that all workers of the server know: the caller must not raise.

        :param str password: as the person typed it
        :param str code: six digits of the second factor
        :return: ``(method, False)`` or ``(False, what is wrong)``
        """
        self.ensure_one()
        lock_rows(self)
        # sudo: the counter is not readable for anybody
        user_sudo = self.sudo()
        now = fields.Datetime.now()
        # Odoo counts the pause after failed logins in local time.
        failed_at = datetime.now() - (now - (user_sudo.sign_failed_at or now))
        if self._on_login_cooldown(user_sudo.sign_failure_count, failed_at):
            return False, self.env._("Too many wrong passwords. Nothing was signed. Wait a minute and try again.")
        if problem := self._find_wrong_factor(password, code):
            user_sudo.write({"sign_failure_count": user_sudo.sign_failure_count + 1, "sign_failed_at": now})
            return False, problem
        if user_sudo.sign_failure_count:
            user_sudo.sign_failure_count = 0
        return "password_totp" if self.totp_enabled else "password", False

    def _find_wrong_factor(self, password, code):
        """What is wrong, as a sentence, or False."""
        password = password if isinstance(password, str) and len(password) <= MAX_PASSWORD else ""
        if not self._accepts({"type": "password", "login": self.login, "password": password}):
            return self.env._("The password is wrong. Nothing was signed.")
        digits = "".join(code.split()) if isinstance(code, str) else ""
        if self.totp_enabled and not (
            digits.isdecimal() and len(digits) <= 9 and self._accepts({"type": "totp", "token": int(digits)})
        ):
            return self.env._("The code of the second factor is wrong or used up. Nothing was signed. Take a new code.")
        return False

    def _accepts(self, credential):
        try:
            self._check_credentials(credential, {"interactive": True})
        except AccessDenied:
            return False
        return True

    def _get_position_history(self, company):
        """Who was what in the company, day by day.

        :return: a ``PositionHistory``; its ``pick(user, moment)`` gives a job title
        """
        # sudo: employees are not readable for everybody; only job titles and departments are taken
        employees_sudo = self.env["hr.employee"].sudo().with_context(active_test=False)
        domain = [("user_id", "in", self.ids), ("company_id", "=", company.id)]
        titles, departments = {}, {}
        for employee in employees_sudo.search(domain, order="active, id"):
            history = [(version.date_version, version.job_title) for version in employee.version_ids]
            titles[employee.user_id.id] = sorted(history, key=lambda state: state[0])
            departments[employee.user_id.id] = employee.department_id.name or ""
        return PositionHistory(titles, departments)
