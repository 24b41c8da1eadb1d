from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

_TURN_COLUMNS = (
    "res_model",
    "res_id",
    "approval_id",
    "document_id",
    "company_id",
    "state",
    "decided_by_id",
    "deadline",
)


class PaydoxApprovalLine(models.Model):
    """Whose turn it is, answered by one index: the inbox of a busy person stays as quick as that of anybody."""

    _inherit = "paydox.approval.line"

    # Copies for the index; none of them changes once the line is there.
    author_id = fields.Many2one(related="approval_id.author_id", store=True, precompute=True)
    requested_by_id = fields.Many2one(related="approval_id.requested_by_id", store=True, precompute=True)
    allow_author = fields.Boolean(related="step_id.allow_author", store=True, precompute=True)

    _pending_idx = models.Index(
        "(user_id, deadline, id) INCLUDE (company_id, author_id, requested_by_id, allow_author, kind, allow_substitute_sign) "
        "WHERE state = 'pending'"
    )

    # === SEARCH === #

    @api.model
    def _get_to_decide_domain(self):
        """Lines on which the current user may decide now, for himself or for whom he substitutes.

        The author and the person who asked are left out, unless the step lets them.
        """
        user = self.env.user
        of_others = Domain("author_id", "!=", user.id) & Domain("requested_by_id", "!=", user.id)
        return (
            Domain("state", "=", "pending")
            & Domain("user_id", "in", user._get_document_principal_ids())
            & (Domain("allow_author", "=", True) | of_others)
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access) and self._asks_for_turns(domain):
            # Whose turn it is may read the line (rule “Lines: of the user”), so the question is its own answer to the
            # rules of groups. Their other branches would make the database look at every document.
            self.browse().check_access("read")
            domain = Domain(domain) & self._get_global_rules()
            bypass_access = True
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        if not self._asks_for_turns(domain):
            return super().search_fetch(domain, field_names, offset, limit, order)
        # What the list and the access rules ask of the lines next comes with them.
        names = field_names and {*field_names, *_TURN_COLUMNS}
        lines = super().search_fetch(domain, names, offset, limit, order)
        # sudo: the rules ask as superuser, for the same person
        for found in (lines, lines.sudo()):
            self._fields["can_decide"]._update_cache(found, True)
        return lines

    @api.model
    def _asks_for_turns(self, domain):
        """Whether the domain lets through nothing but the turns of the current user."""
        domain = Domain(domain)
        parts = getattr(domain, "children", (domain,)) if getattr(domain, "OPERATOR", "&") == "&" else ()
        return any(
            getattr(part, "field_expr", None) == "can_decide"
            and (part.operator, part.value) in (("=", True), ("in", [True]), ("in", {True}), ("!=", False))
            for part in parts
        )

    @api.model
    @tools.ormcache("self.env.uid", "tuple(self.env.companies.ids)")
    def _get_global_rules(self):
        """The rules that hold for everybody, such as that of the companies, as a domain."""
        rules = self.env["ir.rule"]
        # sudo: rules are not readable for everybody
        rules_sudo = rules._get_rules(self._name).sudo().filtered(lambda rule: not rule.groups)
        context = rules._eval_context()
        return Domain.AND(
            Domain(safe_eval(rule.domain_force, context)) for rule in rules_sudo if rule.domain_force
        ).optimize(self)
