from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

MESSAGE_TYPES = ("comment", "email", "email_outgoing", "sms", "auto_comment")


class ResPartner(models.Model):
    """The buttons of the card: everything about the counterparty, its contacts and branches, with numbers.

    All numbers are those of what the user may read; they are asked at once for any number of cards. An addon adds a
    number by a field and an entry of ``_get_card_counters``. The form does not read them: see ``get_card_head``.
    """

    _inherit = "res.partner"

    card_document_count = fields.Integer(
        string="Documents of the Counterparty", compute="_compute_card_counts", groups="base.group_user"
    )
    card_paper_count = fields.Integer(
        string="Papers of the Counterparty", compute="_compute_card_counts", groups="base.group_user"
    )
    card_requisites_count = fields.Integer(
        string="States of Requisites", compute="_compute_card_counts", groups="base.group_user"
    )
    card_instruction_count = fields.Integer(
        string="Open Instructions of the Counterparty", compute="_compute_card_counts", groups="base.group_user"
    )
    card_case_count = fields.Integer(
        string="All Cases of the Counterparty", compute="_compute_card_counts", groups="base.group_user"
    )
    card_claim_count = fields.Integer(
        string="Claims of the Counterparty", compute="_compute_card_counts", groups="base.group_user"
    )
    card_work_count = fields.Integer(string="Open Work", compute="_compute_card_counts", groups="base.group_user")
    card_relation_count = fields.Integer(string="Relations", compute="_compute_card_counts", groups="base.group_user")
    card_contact_count = fields.Integer(
        string="Contact Persons", compute="_compute_card_counts", groups="base.group_user"
    )
    card_message_count = fields.Integer(
        string="Messages of the Counterparty", compute="_compute_card_counts", groups="base.group_user"
    )
    card_interaction_count = fields.Integer(
        string="Interactions", compute="_compute_card_counts", groups="base.group_user"
    )

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_card_counts(self):
        families = self._get_families()
        family_ids = tuple(id_ for ids in families.values() for id_ in ids)
        roots = {id_: root_id for root_id, ids in families.items() for id_ in ids}
        counts = {}
        for name, partner_id, count in self._get_card_numbers(family_ids) if family_ids else ():
            key = (name, roots.get(partner_id))
            counts[key] = counts.get(key, 0) + count
        names = self._get_card_count_fields()
        for partner in self:
            # sudo: only the number
            root_id = partner.sudo()._origin.commercial_partner_id.id
            for name in names:
                partner[name] = counts.get((name, root_id), 0)

    # === HOOKS === #

    @api.model
    def _get_card_count_fields(self):
        """The fields that ``_compute_card_counts`` fills in."""
        return [name for name, field in self._fields.items() if field.compute == "_compute_card_counts"]

    @api.model
    def _get_card_numbers(self, family_ids):
        """``[(field, partner id, number)]`` of what the user may read."""
        selects = [self._select_card_counts(*counter) for counter in self._get_card_counters(family_ids)]
        selects.append(self._select_card_messages(family_ids))
        rows = self.env.execute_query(SQL(" UNION ALL ").join(selects))
        work = self.env["paydox.partner.work"]._count_open(family_ids)
        return [*rows, *(("card_work_count", partner_id, count) for partner_id, count in work.items())]

    @api.model
    def _get_card_counters(self, family_ids):
        """``[(model, domain, {field: which of the records are counted}, column of the partner)]``. The access rules
        of a model are asked once, however many numbers are counted of its records.

        :param tuple family_ids: the counterparties with their contacts and branches
        """
        of_family = Domain("partner_id", "in", family_ids)
        every = SQL("TRUE")
        paper = SQL("paydox_document.kind_id IN (SELECT id FROM paydox_document_kind WHERE is_counterparty_paper)")
        claim = SQL("paydox_case.case_kind IN ('claim', 'request')")
        for model, name in (
            ("paydox.document", "kind_id"),
            ("paydox.document.kind", "is_counterparty_paper"),
            ("paydox.case", "case_kind"),
        ):
            self.env[model].flush_model([name])
        is_open = Domain("state", "in", ("assigned", "in_progress", "reported"))
        is_live = Domain("state", "!=", "cancelled")
        persons = Domain("is_company", "=", False) & Domain("parent_id", "!=", False)
        counters = [
            ("paydox.document", of_family & is_live, {"card_document_count": every, "card_paper_count": paper}),
            ("paydox.partner.requisites", of_family, {"card_requisites_count": every}),
            ("paydox.instruction", of_family & is_open, {"card_instruction_count": every}),
            ("paydox.case", of_family, {"card_case_count": SQL("NOT %s", claim), "card_claim_count": claim}),
            ("paydox.interaction", of_family & is_live, {"card_interaction_count": every}),
            ("paydox.relation.side", of_family, {"card_relation_count": every}),
        ]
        return [
            *((*counter, "partner_id") for counter in counters if self.env[counter[0]].has_access("read")),
            ("res.partner", Domain("id", "in", family_ids) & persons, {"card_contact_count": every}, "id"),
        ]

    @api.model
    def _select_card_counts(self, model, domain, conditions, column):
        query = self.env[model]._search(domain)
        partner = SQL.identifier(query.table, column)
        names = SQL(", ").join(SQL("CAST(%s AS text)", name) for name in conditions)
        counts = SQL(", ").join(SQL("COUNT(*) FILTER (WHERE %s)", condition) for condition in conditions.values())
        return SQL(
            "(%s GROUP BY %s)",
            query.select(SQL("unnest(ARRAY[%s])", names), partner, SQL("unnest(ARRAY[%s])", counts)),
            partner,
        )

    @api.model
    def _select_card_messages(self, family_ids):
        """Messages on counterparties that the user reads: an employee who reads a record reads its messages."""
        self.env["mail.message"].flush_model(["model", "res_id", "message_type"])
        readable = self.with_context(active_test=False)._search([("id", "in", family_ids)])
        return SQL(
            "(SELECT 'card_message_count', res_id, COUNT(*) FROM mail_message WHERE model = 'res.partner' "
            "AND message_type IN %s AND res_id IN (%s) GROUP BY res_id)",
            MESSAGE_TYPES,
            readable.select(),
        )

    # === ACTIONS === #

    def action_open_card_documents(self):
        """Open the documents of the counterparty; they are viewed and agreed right in the list."""
        domain = [("state", "!=", "cancelled")]
        return self._open_card_list("paydox_edms.paydox_document_action", self.env._("Documents"), domain)

    def action_open_card_papers(self):
        """Open the papers of the counterparty."""
        domain = [("kind_id.is_counterparty_paper", "=", True)]
        return self._open_card_list("paydox_crm.paydox_document_action_papers", self.env._("Papers"), domain)

    def action_open_card_instructions(self):
        """Open the instructions about the counterparty, its contacts and branches, the closed ones too."""
        return self._open_card_list("paydox_edms.paydox_instruction_action_all", self.env._("Instructions"))

    def action_open_card_cases(self):
        """Open the cases of the counterparty, without claims."""
        domain = [("case_kind", "=", "general")]
        return self._open_card_list("paydox_edms.paydox_case_action", self.env._("Cases"), domain)

    def action_open_card_claims(self):
        """Open the claims and requests of the counterparty."""
        domain = [("case_kind", "in", ("claim", "request"))]
        return self._open_card_list("paydox_edms.paydox_case_action_claims", self.env._("Claims"), domain)

    def action_open_card_interactions(self):
        """Open calls, meetings and letters: done, planned, late and without a result."""
        return self._open_card_list("paydox_crm.paydox_interaction_action", self.env._("Interactions"))

    def action_open_card_work(self):
        """Open everything that is done, planned or open with the counterparty; it is answered and done in the list."""
        action = self._open_card_list("paydox_crm.paydox_partner_work_action", self.env._("Work"))
        return action | {"context": {"search_default_open": 1}}

    def action_open_card_relations(self):
        """Open the relations of the counterparty and its people, each seen from their side."""
        action = self._open_card_list("paydox_crm.paydox_relation_side_action", self.env._("Relations"))
        return action | {"context": {"search_default_current": 1}}

    def action_open_card_messages(self):
        """Open the messages on the counterparty and its contacts."""
        action = self._open_card_list("paydox_crm.mail_message_action_card", self.env._("Messages"))
        action["domain"] = [
            ("model", "=", "res.partner"),
            ("res_id", "in", self._get_family_ids()),
            ("message_type", "in", MESSAGE_TYPES),
        ]
        return action | {"context": {}}

    def action_open_card_contacts(self):
        """Open the contact persons with the ways to reach them."""
        action = self._open_card_list("paydox_crm.res_partner_action_contact_persons", self.env._("Contact Persons"))
        root = self.commercial_partner_id
        action["domain"] = [("id", "child_of", root.ids), ("is_company", "=", False), ("parent_id", "!=", False)]
        return action | {"context": {"default_parent_id": root.id, "default_is_company": False}}

    # === HELPERS === #

    def _open_card_list(self, action_id, name, domain=()):
        """An action on everything of the counterparty; what is made there is about the one whose card it is."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(action_id)
        return action | {
            "display_name": self.env._("%(what)s of %(name)s", what=name, name=self.commercial_partner_id.display_name),
            "domain": [("partner_id", "child_of", self.commercial_partner_id.ids), *domain],
            "context": {"default_partner_id": self.id},
            "path": False,
        }
