"""Runs in Odoo's shell: replaces the password that Odoo gives to its first user, and only that one."""

import os

from odoo.exceptions import AccessDenied

admin = env.ref("base.user_admin", raise_if_not_found=False)  # noqa: F821
for password in {"admin", admin.login} if admin else ():
    try:
        admin.with_user(admin)._check_credentials({"type": "password", "password": password}, {"interactive": False})
    except AccessDenied:
        continue
    admin.password = os.environ["PAYDOX_ADMIN_PASSWORD"]
    env.cr.commit()  # noqa: F821
    break
