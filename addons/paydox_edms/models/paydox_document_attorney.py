from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# A power of attorney counts once it is confirmed, and until it is cancelled or replaced.
IN_FORCE_STATES = ("approved", "signed", "done")


class PaydoxDocumentKind(models.Model):
    """Powers of attorney of our own people, and the documents that may be signed with them alone."""

    _inherit = "paydox.document.kind"

    is_power_of_attorney = fields.Boolean(
        string="Power of Attorney",
        help="Documents of this kind let a colleague sign for the company: they name him, the limit and the kinds.",
    )
    requires_authority = fields.Boolean(
        string="Signed with Authority Only",
        help="Only the head of the company and who has a valid power of attorney sign documents of this kind.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("is_power_of_attorney", "is_counterparty_paper")
    def _check_power_of_attorney(self):
        for kind in self:
            if kind.is_power_of_attorney and kind.is_counterparty_paper:
                raise ValidationError(
                    self.env._(
                        "%(kind)s: a paper of a counterparty gives nobody the right to sign for us. Choose one of the two.",
                        kind=kind.name,
                    )
                )


class PaydoxDocument(models.Model):
    """What a power of attorney says."""

    _inherit = "paydox.document"

    is_power_of_attorney = fields.Boolean(related="kind_id.is_power_of_attorney")
    attorney_id = fields.Many2one(
        comodel_name="res.users",
        string="Representative",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index="btree_not_null",
        tracking=True,
        help="Who may sign for the company by this power of attorney.",
    )
    attorney_limit = fields.Monetary(
        string="Up to the Amount", tracking=True, help="The largest document that may be signed with it. 0: no limit."
    )
    attorney_kind_ids = fields.Many2many(
        comodel_name="paydox.document.kind",
        relation="paydox_document_attorney_kind_rel",
        string="For Kinds",
        help="Kinds of documents that may be signed with it. Empty: all.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("attorney_limit")
    def _check_attorney_limit(self):
        for document in self:
            if document.attorney_limit < 0:
                raise ValidationError(
                    self.env._("%(document)s: the limit is negative. 0 means no limit.", document=document.name)
                )

    @api.constrains("kind_id", "attorney_id", "attorney_limit", "attorney_kind_ids", "state", "author_id")
    def _check_attorney(self):
        for document in self:
            is_named = document.attorney_id or document.attorney_limit or document.attorney_kind_ids
            if is_named and not document.is_power_of_attorney:
                raise ValidationError(
                    self.env._(
                        "%(document)s is no power of attorney, so it names no representative. Choose a kind that is one.",
                        document=document.name,
                    )
                )
            if document.is_power_of_attorney and document.state in IN_FORCE_STATES and not document.attorney_id:
                raise ValidationError(
                    self.env._("%(document)s names no representative. Fill him in first.", document=document.name)
                )

    # === HELPERS === #

    def _get_material_fields(self):
        return (*super()._get_material_fields(), "attorney_id", "attorney_limit", "attorney_kind_ids")

    def _find_authority(self, user, company):
        """By what right the person signs this document today.

        :param user: who signs in his own name
        :return: ``(power of attorney or an empty one, False)`` or ``(an empty one, why not)``
        """
        self.ensure_one()
        # sudo: the right to sign counts, whether or not the signatory may read the paper that gives it
        document_sudo = self.sudo()
        none = self.browse()
        if user == company.sudo().document_head_id:
            return none, False
        today = fields.Date.context_today(self)
        problems = []
        domain = Domain("attorney_id", "=", user.id) & Domain("company_id", "=", company.id)
        for power in document_sudo.search(domain, order="valid_to desc, id desc"):
            problem = power._find_power_problem(document_sudo, today)
            if not problem:
                return power.sudo(False), False
            problems.append(problem)
        if not problems:
            problems = [self.env._("no power of attorney names %(user)s", user=user.name)]
        return none, self.env._(
            "%(user)s may not sign %(document)s for %(company)s: %(reasons)s. The head of the company signs it, or gives "
            "a power of attorney first.",
            user=user.name,
            document=document_sudo.name,
            company=company.sudo().name,
            reasons="; ".join(problems),
        )

    def _was_confirmed(self):
        """Whether a run approved what it says now: a document that was opened again is confirmed again or not at all."""
        states = self.transition_ids.sorted("id").mapped("to_state")
        reached = [state for state in states if state in ("draft", "approved", "signed")]
        is_approved = any(run.purpose == "approval" and run.state == "approved" for run in self.approval_ids)
        return is_approved and reached[-1:] != ["draft"]

    def _find_power_problem(self, document, day):
        """Why this power of attorney does not cover the document on the day, as a part of a sentence, or False."""
        self.ensure_one()
        label = self.number or self.name
        if not self.is_power_of_attorney:
            return self.env._("%(power)s is no power of attorney any more", power=label)
        # Nobody gives himself a right by executing a draft that no one else decided on.
        if self.state not in IN_FORCE_STATES or not self.active or not self._was_confirmed():
            return self.env._("%(power)s is not in force", power=label)
        if self.filtered_domain(self._get_superseded_domain()):
            return self.env._("%(power)s was replaced by another document", power=label)
        if self.valid_from and self.valid_from > day:
            return self.env._("%(power)s begins on %(day)s", power=label, day=self.valid_from)
        if self.valid_to and self.valid_to < day:
            return self.env._("%(power)s ended on %(day)s", power=label, day=self.valid_to)
        if self.attorney_kind_ids and document.kind_id not in self.attorney_kind_ids:
            return self.env._("%(power)s does not cover the kind %(kind)s", power=label, kind=document.kind_id.name)
        if self.attorney_limit:
            amount = document.currency_id._convert(
                max(document.amount, document.effective_amount), self.currency_id, self.company_id, day
            )
            if self.currency_id.compare_amounts(amount, self.attorney_limit) > 0:
                return self.env._("%(power)s is for smaller amounts", power=label)
        return False
