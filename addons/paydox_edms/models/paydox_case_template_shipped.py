import logging

from odoo import SUPERUSER_ID, api, models

_logger = logging.getLogger(__name__)

SHIPPED = ("order", "claim", "request", "contract")


class PaydoxCaseTemplate(models.Model):
    """The templates that come with the addon."""

    _inherit = "paydox.case.template"

    # === HELPERS === #

    @api.model
    def _publish_shipped(self):
        """Put the shipped templates to use, whether they came with the installation or with an update.

        A published revision never is a draft again, so this happens once; what the company changed stays.
        """
        self._man_service()
        for name in SHIPPED:
            template = self.env.ref(f"paydox_edms.paydox_case_template_{name}", raise_if_not_found=False)
            if not template or template.state != "draft" or not template.active:
                continue
            if problems := template._get_problems():
                _logger.warning("The template “%s” is not published: %s", template.name, " ".join(problems))
                continue
            template.action_publish()

    @api.model
    def _man_service(self):
        """Somebody has to be there for the first claim: until the company says who, those who configure."""
        group = self.env.ref("paydox_edms.paydox_edms_group_service")
        if not group.all_user_ids.filtered(lambda user: user.active and not user.share):
            managers = self.env.ref("paydox_edms.paydox_edms_group_manager").all_user_ids
            group.user_ids |= managers.filtered(lambda user: user.active and not user.share and user.id != SUPERUSER_ID)
