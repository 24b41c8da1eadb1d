from odoo import models
from odoo.fields import Domain


class PaydoxDocument(models.Model):
    """Who of many people may be told of a document, without asking the access rules as each of them."""

    _inherit = "paydox.document"

    # === HELPERS === #

    def _filter_readable_recipients(self, users_sudo):
        """Those of the users who may read at least one of the documents."""
        known_sudo = (
            self._find_known_readers(users_sudo) if len(self) == 1 and len(users_sudo) > 1 else users_sudo.browse()
        )
        return known_sudo | (users_sudo - known_sudo).filtered(lambda user: self._filter_readable_by(user.sudo(False)))

    def _find_known_readers(self, users_sudo):
        """Those who surely may read the document, by the same words as the rules: they take part in it, are asked, or read
        it once. The others may have a right of another kind; the rules themselves tell.

        :return: nobody, when somebody added a rule for everybody that this does not know
        """
        self.ensure_one()
        document_sudo = self.sudo()  # sudo: the answer is what decides on access
        model = (
            Domain("model_id.model", "=", self._name) & Domain("perm_read", "=", True) & Domain("groups", "=", False)
        )
        # sudo: rules are not readable for everybody
        rules_sudo = self.env["ir.rule"].sudo().search(model)
        if rules_sudo != self.env.ref("paydox_edms.paydox_document_rule_company", raise_if_not_found=False):
            return users_sudo.browse()
        lines_sudo = self.env["paydox.approval.line"].sudo()
        asked = Domain("state", "=", "pending") | (
            Domain("kind", "=", "acquaint") & Domain("state", "in", ("agreed", "remarks"))
        )
        theirs = Domain("document_id", "=", self.id) & Domain("user_id", "in", users_sudo.ids)
        part_sudo = document_sudo.author_id | document_sudo.responsible_id | document_sudo.participant_ids
        part_sudo |= lines_sudo.search_fetch(theirs & asked, ["user_id"], order="id").user_id
        return users_sudo.search(
            Domain("id", "in", (users_sudo & part_sudo).ids)
            & Domain("all_group_ids", "in", self.env.ref("paydox_edms.paydox_edms_group_user").id)
            & Domain("company_ids", "in", document_sudo.company_id.id),
            order="id",
        )
