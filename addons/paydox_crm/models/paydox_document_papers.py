from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows


class PaydoxDocument(models.Model):
    """Documents warn of the papers of their counterparty; a paper is renewed by a successor."""

    _inherit = "paydox.document"

    is_counterparty_paper = fields.Boolean(related="kind_id.is_counterparty_paper")
    papers_problem = fields.Text(
        string="Papers of the Counterparty",
        compute="_compute_papers_problem",
        help="Which papers of the counterparty are missing or have expired.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("counterparty_id", "kind_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_papers_problem(self):
        others = self.filtered(lambda document: not document.is_counterparty_paper)
        (self - others).papers_problem = False
        problems = others._get_papers_problems()
        for document in others:
            # sudo: the id of the counterparty is only looked up
            document.papers_problem = problems.get(document.sudo().counterparty_id.id, False)

    def _get_papers_problems(self):
        """``{counterparty id: sentence}``: names the papers, which is no secret, and nothing that is in them."""
        # sudo: who reads the document is warned, whatever he may see of the counterparty
        partners_sudo = self.sudo().counterparty_id
        problems = {}
        for partner_id, items in partners_sudo._get_dossiers().items():
            texts = []
            if missing := [item["kind"].name for item in items if item["status"] == "missing"]:
                texts.append(self.env._("missing: %(papers)s", papers=", ".join(missing)))
            if expired := [item["kind"].name for item in items if item["status"] == "expired"]:
                texts.append(self.env._("expired: %(papers)s", papers=", ".join(expired)))
            if texts:
                problems[partner_id] = "; ".join(texts)
        return problems

    # === ACTIONS ===#

    def action_renew_paper(self):
        """Begin the successor of a paper: the same counterparty and kind, valid from the day after this one ends."""
        self.ensure_one()
        self.check_access("read")
        if not self.is_counterparty_paper or self.state == "cancelled":
            raise UserError(
                self.env._(
                    "%(document)s is no paper of a counterparty that could be renewed.", document=self.display_name
                )
            )
        # sudo: two people who press at once get one successor, whatever each may change
        lock_rows(self.sudo())
        self._check_not_renewed()
        start = fields.Date.add(self.valid_to, days=1) if self.valid_to else fields.Date.context_today(self)
        values = {
            "name": self.name,
            "kind_id": self.kind_id.id,
            "partner_id": self.partner_id.id,
            "responsible_id": self.responsible_id.id or self.env.uid,
            "company_id": self.company_id.id,
            "confidentiality": self.confidentiality,
            "valid_from": start,
            "link_ids": [fields.Command.create({"target_id": self.id, "type": "replaces"})],
        }
        successor = self.create(values)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": successor.id,
            "views": [(False, "form")],
        }

    def action_open_partner_papers(self):
        """Open the papers of the counterparty, as far as the user may see them."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id.action_open_papers()

    # === HELPERS ===#

    def _check_not_renewed(self):
        """A paper has one successor: a second one would stand beside it for the same days."""
        # sudo: a successor that the user may not read is one all the same
        links_sudo = self.sudo().backlink_ids.filtered(
            lambda link: link.type == "replaces" and link.document_id.state != "cancelled"
        )
        if links_sudo:
            # As the user: the name of a document that he may not read is guarded by itself.
            successor = self.browse(links_sudo[0].document_id.id)
            raise UserError(
                self.env._(
                    "%(document)s was renewed already: %(successor)s takes its place. Go on with that one, or cancel it first.",
                    document=self.display_name,
                    successor=successor.display_name,
                )
            )

    def _refuse_without_papers(self, moments):
        """Documents of kinds that ask for the papers of the counterparty go no further without them."""
        # sudo: the papers are asked for whatever the user may see of the kind and the counterparty
        asking = self.sudo().filtered(lambda document: document.kind_id.papers_needed in moments)
        problems = asking._get_papers_problems() if asking else {}
        for document in asking:
            if problem := problems.get(document.counterparty_id.id):
                raise UserError(
                    self.env._(
                        "%(document)s goes no further: the papers of %(partner)s are not in order (%(problem)s). "
                        "Add them to the counterparty, or note there that they are not required.",
                        document=document.display_name,
                        partner=document.counterparty_id.display_name,
                        problem=problem,
                    )
                )


class PaydoxApproval(models.Model):
    _inherit = "paydox.approval"

    def _check_startable(self, record, route):
        if record._name == "paydox.document":
            record._refuse_without_papers(("route",))
        return super()._check_startable(record, route)


class PaydoxApprovalLine(models.Model):
    _inherit = "paydox.approval.line"

    def _accept_answer(self, action, answer):
        # A signature is the last moment at which the papers can be asked for.
        if self.kind == "sign" and action == "agree" and self.res_model == "paydox.document":
            self._get_record()._refuse_without_papers(("route", "sign"))
        return super()._accept_answer(action, answer)
