from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .paydox_permission import EDIT_LEVELS


class PaydoxDocument(models.Model):
    """Who may read a document, and what a person sees who may not."""

    _inherit = "paydox.document"

    is_involved = fields.Boolean(
        compute="_compute_is_involved",
        search="_search_is_involved",
        help="The current user takes part in the document, heads those who do, or is asked to decide. For access rules.",
    )
    is_editor = fields.Boolean(
        compute="_compute_is_editor",
        search="_search_is_editor",
        help="The current user is the author, is responsible or has a permission to edit. For access rules.",
    )
    is_permission_manager = fields.Boolean(
        compute="_compute_is_permission_manager",
        search="_search_is_permission_manager",
        help="The current user gives the permissions of this document. For access rules.",
    )
    permission_ids = fields.One2many(
        comodel_name="paydox.document.permission", inverse_name="document_id", string="Permissions"
    )
    approval_line_ids = fields.One2many(
        comodel_name="paydox.approval.line", inverse_name="document_id", readonly=True, copy=False
    )

    # The list in its own order: the first page is found without reading every document for the rules.
    _list_idx = models.Index("(date DESC, id DESC)")

    # === COMPUTE METHODS === #

    @api.depends(
        "author_id",
        "responsible_id",
        "participant_ids",
        "confidentiality",
        "department_id",
        "kind_id",
        "approval_line_ids.state",
        "permission_ids.user_id",
        "permission_ids.group_id",
        "permission_ids.department_id",
        "permission_ids.level",
        "permission_ids.date_to",
        "inherits_permissions",
        "permission_source_ids",
    )
    @api.depends_context("uid")
    def _compute_is_involved(self):
        # sudo: the answer is what decides on access, so it cannot depend on it. A search and not a filter in memory:
        # a document may have thousands of lines, of which the index finds the one that matters.
        documents_sudo = self.sudo().with_context(active_test=False).filtered("id")
        involved_sudo = documents_sudo._filtered_taking_part()
        if rest_sudo := documents_sudo - involved_sudo:
            involved_sudo |= rest_sudo.search(
                Domain("id", "in", rest_sudo.ids) & self._get_involved_domain(), order="id"
            )
        for document in self:
            document.is_involved = document.id in involved_sudo._ids

    def _filtered_taking_part(self):
        """Those in which the current user himself takes part: most of what people open, known without the other ways
        to come to a document."""
        uid = self.env.uid
        own = self.filtered(lambda document: uid in (document.author_id.id, document.responsible_id.id))
        if not (rest := self - own):
            return own
        rows = self.env.execute_query(
            SQL(
                "SELECT document_id FROM paydox_document_participant_rel WHERE user_id = %s AND document_id IN %s",
                uid,
                rest._ids,
            )
        )
        return own | self.browse(document_id for [document_id] in rows)

    def _search_is_involved(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_involved_domain() if True in value else ~self._get_involved_domain()

    @api.depends("is_involved")
    @api.depends_context("uid")
    def _compute_is_editor(self):
        # sudo: the answer is what decides on access, so it cannot depend on it
        found_sudo = self.sudo().filtered_domain(self._get_editor_domain())
        for document in self:
            document.is_editor = document.id in found_sudo._ids

    def _search_is_editor(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_editor_domain() if True in value else ~self._get_editor_domain()

    @api.depends("is_involved")
    @api.depends_context("uid")
    def _compute_is_permission_manager(self):
        # sudo: as above
        found_sudo = self.sudo().filtered_domain(self._get_editor_domain(("manage",)))
        for document in self:
            document.is_permission_manager = document.id in found_sudo._ids

    def _search_is_permission_manager(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_editor_domain(("manage",))
        return domain if True in value else ~domain

    @api.model
    def _get_editor_domain(self, levels=EDIT_LEVELS):
        """Documents of the current user, and those on which he was given one of the levels."""
        uid = self.env.uid
        own = Domain("author_id", "=", uid) | Domain("responsible_id", "=", uid)
        return own | self._get_granted_domain(levels) | self._get_orphaned_domain()

    @api.model
    def _get_involved_domain(self):
        """Documents in which the current user takes part. The one place where rule 4 is put into words."""
        user = self.env.user
        domain = self._get_people_domain(user.ids) | self._get_to_decide_domain()
        if self._is_exclusive() or user.has_group("paydox_edms.paydox_edms_group_auditor"):
            # What hangs on a document is open to the exclusive right as the document is.
            domain |= Domain("confidentiality", "!=", "secret")
        if departments := user.document_department_ids:
            people = self._get_people_domain(user.document_subordinate_ids.ids)
            headed = Domain("department_id", "in", departments.ids) | people
            domain |= Domain("confidentiality", "=", "internal") & headed
        if kinds := user.document_reader_kind_ids:
            inherited = Domain("confidentiality", "!=", "secret") & Domain("inherits_permissions", "=", True)
            domain |= inherited & Domain("kind_id", "in", kinds.ids)
        return domain | self._get_granted_domain() | self._get_orphaned_domain()

    @api.model
    def _get_people_domain(self, user_ids):
        return Domain.OR([Domain(name, "in", user_ids) for name in ("author_id", "responsible_id", "participant_ids")])

    @api.model
    def _get_to_decide_domain(self):
        """Documents on which the current user may decide now, for himself or for whom he substitutes."""
        lines = Domain("user_id", "in", self.env.user._get_document_principal_ids()) & Domain("state", "=", "pending")
        return Domain("approval_line_ids", "any!", lines)

    # === DISPLAY NAME === #

    _guarded_name_fields = ("name", "number")

    def _get_shown_name(self):
        if self.number:
            return self.env._("No. %(number)s: %(subject)s", number=self.number, subject=self.name)
        return super()._get_shown_name()

    def _get_hidden_name(self):
        return self.env._("Document (no access)")

    @api.model
    def _search_display_name(self, operator, value):
        return super()._search_display_name(operator, value) | Domain("number", operator, value)
