from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

EDIT_LEVELS = ("edit", "manage")
GRANTEES = ("user_id", "group_id", "department_id")


class PaydoxPermission(models.AbstractModel):
    """One line of a list of those who may read, edit or manage something. Who carries such a list has ``permission_ids``."""

    _name = "paydox.permission"
    _description = "Permission"

    user_id = fields.Many2one(
        comodel_name="res.users", ondelete="cascade", domain="[('share', '=', False)]", index="btree_not_null"
    )
    group_id = fields.Many2one(comodel_name="res.groups", ondelete="cascade", index="btree_not_null")
    department_id = fields.Many2one(
        comodel_name="hr.department",
        ondelete="cascade",
        index="btree_not_null",
        help="The employees of this department and of those inside.",
    )
    level = fields.Selection(
        selection=[("read", "Reads"), ("edit", "Edits"), ("manage", "Edits and gives permissions")],
        default="read",
        required=True,
    )
    date_to = fields.Date(string="Until", help="The last day of the permission; empty: without end.")

    # === COMPUTE METHODS === #

    @api.depends(*GRANTEES)
    def _compute_display_name(self):
        for permission in self:
            permission.display_name = permission._get_grantee().display_name or ""

    # === CONSTRAINT METHODS === #

    @api.constrains(*GRANTEES)
    def _check_grantee(self):
        for permission in self:
            if sum(bool(permission[name]) for name in GRANTEES) != 1:
                raise ValidationError(
                    self.env._("Choose one for each permission: a person, a group or a department. Add lines for more.")
                )
            if permission.user_id.share:
                raise ValidationError(self.env._("Only employees can be given a permission, not portal users."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        permissions = super().create(vals_list)
        permissions._check_giver()
        self._forget_rights()
        for permission in permissions:
            permission._log(False, permission._get_log_text())
        return permissions

    def write(self, vals):
        self._check_giver()
        before = [permission._get_log_text() for permission in self]
        result = super().write(vals)
        # The rule holds after the change too: nobody moves his permission over to something else.
        self.check_access("write")
        self._check_giver()
        self._forget_rights()
        for permission, old in zip(self, before, strict=True):
            permission._log(old, permission._get_log_text())
        return result

    def unlink(self):
        self.check_access("unlink")
        self._check_giver()
        for permission in self:
            permission._log(permission._get_log_text(), False)
        result = super().unlink()
        self._forget_rights()
        return result

    # === HOOKS === #

    def _check_giver(self):
        """Who may give, change and take back these permissions beyond what the access rules say."""

    def _log(self, old, new):
        """Write down a change where the history of the carrier is kept; ``False`` stands for no permission."""

    # === HELPERS === #

    @api.model
    def _get_mine_domain(self, levels=None):
        """Permissions that the current user has today, as a person, by a group or by a department."""
        user = self.env.user
        mine = Domain("user_id", "=", user.id) | Domain("group_id", "in", user.all_group_ids.ids)
        if departments := user.document_own_department_ids:
            mine |= Domain("department_id", "in", departments.ids)
        today = fields.Date.context_today(self)
        domain = mine & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        return domain & Domain("level", "in", levels) if levels else domain

    @api.model
    def _forget_rights(self):
        """Rights go down to other documents, which no computed field can name as its dependency cheaply."""
        self.env["paydox.document"].invalidate_model(["is_involved", "is_editor", "is_permission_manager"])

    def _get_grantee(self):
        self.ensure_one()
        # sudo: a group or a department is named, nothing more of it is shown
        permission_sudo = self.sudo()
        return permission_sudo.user_id or permission_sudo.group_id or permission_sudo.department_id

    def _get_log_text(self):
        levels = dict(self._fields["level"]._description_selection(self.env))
        text = f"{self._get_grantee().display_name}: {levels[self.level]}"
        return f"{text} → {self.date_to}" if self.date_to else text
