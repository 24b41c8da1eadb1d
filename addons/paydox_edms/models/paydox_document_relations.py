from odoo import api, fields, models
from odoo.exceptions import UserError


class PaydoxDocument(models.Model):
    """Documents that come from one another: replies, subordinate documents, what is taken over and what keeps a draft."""

    _inherit = "paydox.document"

    # Children keep their parent: one on approval would change if it went.
    parent_id = fields.Many2one(ondelete="restrict", copy=False)
    date = fields.Date(copy=False)
    is_answered = fields.Boolean(
        compute="_compute_is_answered", search="_search_is_answered", help="A document in reply to it is there."
    )

    # === COMPUTE METHODS === #

    def _compute_confidentiality(self):  # pylint: disable=missing-return
        """What is made from a secret document is secret as well, until somebody decides otherwise."""
        super()._compute_confidentiality()
        for document in self.filtered(lambda document: not document._origin.id):
            # sudo: only the level is taken
            sources_sudo = document.sudo().parent_id | document.sudo().link_ids.target_id
            if "secret" in sources_sudo.mapped("confidentiality"):
                document.confidentiality = "secret"

    @api.depends("backlink_ids.type")
    def _compute_is_answered(self):
        answered = self.filtered_domain(self._get_answered_domain())
        for document in self:
            document.is_answered = document in answered

    def _search_is_answered(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_answered_domain() if True in value else ~self._get_answered_domain()

    @api.model
    def _get_answered_domain(self):
        return fields.Domain("backlink_ids", "any", [("type", "=", "reply")])

    # === ONCHANGE METHODS === #

    @api.onchange("parent_id")
    def _onchange_parent_id(self):
        """Fill in what is still empty on a new card; what is there is never overwritten."""
        if not self.parent_id or self._origin.id:
            return
        for name, value in self.parent_id._prepare_child_values().items():
            if name in self._fields and not self[name]:
                self[name] = value

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        if not self.env.su:
            documents._check_kind_active()
        return documents

    @api.ondelete(at_uninstall=False)
    def _unlink_except_referred_to(self):
        # sudo: a document that the user may not read refers to it all the same
        others_sudo = self.sudo().with_context(active_test=False)
        referring = others_sudo.search(
            [("id", "not in", self.ids), "|", ("link_ids.target_id", "in", self.ids), ("parent_id", "in", self.ids)],
            limit=1,
        )
        if referring:
            raise UserError(
                self.env._(
                    "Other documents refer to what you delete, or stand under it. Remove the links there first, or cancel "
                    "the document instead."
                )
            )

    def unlink(self):
        # Its own links go before it, each with a note on the document at the other end.
        self.link_ids.unlink()
        return super().unlink()

    # === ACTIONS === #

    def action_reply(self):
        """Begin the letter that answers this one; nothing is kept until it is saved."""
        self.ensure_one()
        self.check_access("read")
        if self.direction != "incoming":
            raise UserError(
                self.env._(
                    "%(document)s did not come from outside, so there is no one to reply to.", document=self.name
                )
            )
        kind = self.kind_id.reply_kind_id
        values = self._prepare_shared_values() | {
            "kind_id": kind.id if kind.active else False,
            "name": self.env._("Re: %(subject)s", subject=self.name),
            "link_ids": [fields.Command.create({"type": "reply", "target_id": self.id})],
        }
        return self._prepare_new_action(self.env._("Reply"), values, direction="outgoing")

    def action_new_child(self):
        """Begin a document under this one, filled in from it; nothing is kept until it is saved."""
        self.ensure_one()
        self.check_access("read")
        values = {"parent_id": self.id} | self._prepare_child_values()
        return self._prepare_new_action(self.env._("New Subordinate Document"), values)

    # === HELPERS === #

    def _prepare_shared_values(self):
        """What a document shares with its replies and subordinate documents; addons that add fields extend it."""
        self.ensure_one()
        return {"partner_id": self.partner_id.id, "company_id": self.company_id.id}

    def _prepare_child_values(self):
        """What a document takes from its parent when it is begun."""
        names = ("currency_id", "responsible_id", "department_id")
        values = {"name": self.name, "amount": self.amount} | {name: self[name].id for name in names}
        return self._prepare_shared_values() | values

    def _prepare_new_action(self, title, values, direction=None):
        context = {f"default_{name}": value for name, value in values.items() if value}
        if self.confidentiality == "secret":
            context["default_confidentiality"] = "secret"
        if direction:
            context["paydox_direction"] = direction
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "views": [(False, "form")],
            "context": context,
        }

    def _check_kind_active(self):
        for kind in self.kind_id:
            if not kind.active:
                raise UserError(
                    self.env._(
                        "The kind %(kind)s is archived, so no new documents are made of it. Choose another kind.",
                        kind=kind.name,
                    )
                )

    def _get_guarded_link(self):
        """A link for notes on other documents: their readers learn the subject only if everybody may."""
        self.ensure_one()
        # sudo: who notes the link may have lost the right to read the other end
        document_sudo = self.sudo()
        if document_sudo.confidentiality == "open":
            title = " ".join(filter(None, (document_sudo.number, document_sudo.name)))
        else:
            title = self.env._("document %(id)s", id=self.id)
        return self._get_html_link(title=title)
