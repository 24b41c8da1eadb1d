from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class PaydoxRule(models.Model):
    """Then: documents of the deal are made, and it or its document is sent on its route."""

    _inherit = "paydox.rule"

    action = fields.Selection(
        selection_add=[
            ("create_document", "Create a document"),
            ("start_route", "Send the deal for approval"),
            ("start_document_route", "Send the document for approval"),
        ],
        ondelete={"create_document": "cascade", "start_route": "cascade", "start_document_route": "cascade"},
    )
    document_kind_id = fields.Many2one(
        comodel_name="paydox.document.kind",
        string="Kind of the New Document",
        ondelete="restrict",
        index="btree_not_null",
    )
    document_name = fields.Char(
        string="Subject of the New Document", translate=True, help="Empty: the name of the deal."
    )

    # === CONSTRAINT METHODS ===#

    @api.constrains("action", "event_name", "parent_id")
    def _check_document_of_event(self):
        for rule in self | self.child_ids:
            event_name = rule._get_rule().event_name or ""
            if rule.action == "start_document_route" and not event_name.startswith("document."):
                raise ValidationError(
                    self.env._(
                        "Rule %(name)s sends a document for approval, but its event is not about a document. "
                        "Choose another event or another action.",
                        name=rule._get_rule().name,
                    )
                )

    @api.model
    def _get_needed_fields(self):
        return super()._get_needed_fields() | {"create_document": "document_kind_id"}

    # === CONDITIONS ===#

    def _get_start_route_obstacle(self, lead):
        if lead.approval_state == "running":
            return self.env._("The deal is on approval already.")
        return None

    # === ACTIONS OF RULES ===#

    def _do_create_document(self, event, lead):
        values = lead._prepare_document_values() | {"kind_id": self.document_kind_id.id}
        if self.document_name:
            values["name"] = self.document_name
        document = self.env["paydox.document"].create(values)
        return self.env._(
            "Document “%(name)s” of kind %(kind)s created, because: %(event)s.",
            name=document.name,
            kind=self.document_kind_id.name,
            event=self._get_event_label(),
        )

    def _do_start_route(self, event, lead):
        lead.action_request_approval()
        return self.env._("Deal sent for approval, because: %(event)s.", event=self._get_event_label())

    def _do_start_document_route(self, event, lead):
        document = self.env["paydox.document"].browse(event.res_id).exists()
        if event.res_model != "paydox.document" or not document:
            raise UserError(self.env._("The document no longer exists."))
        document.action_submit()
        return self.env._(
            "Document “%(name)s” sent for approval, because: %(event)s.",
            name=document.name,
            event=self._get_event_label(),
        )

    # === DRY RUN ===#

    def _describe_create_document(self, lead):
        return self.env._("Create a document of kind %(kind)s", kind=self.document_kind_id.name)

    def _foresee_start_route(self, lead):
        return lead._get_approval_obstacle()
