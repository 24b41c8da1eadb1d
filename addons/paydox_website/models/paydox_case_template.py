from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class PaydoxCaseTemplate(models.Model):
    """Templates by which visitors start cases without a login: claims, service requests, applications."""

    _inherit = "paydox.case.template"

    is_website = fields.Boolean(
        string="Visitors File on the Website",
        copy=True,
        help="The website gets a page on which anybody registers such a case without a login and follows it by a link "
        "that is sent to him.",
    )
    website_intro = fields.Text(
        string="Words on the Page",
        translate=True,
        copy=True,
        help="Shown above the form: what is needed, when you answer.",
    )
    website_consent = fields.Text(
        string="Consent",
        translate=True,
        copy=True,
        help="The visitor must agree with this text. Empty: no consent is asked.",
    )
    website_path = fields.Char(string="Address of the Page", compute="_compute_website_path")

    # === COMPUTE METHODS === #

    @api.depends("code")
    def _compute_website_path(self):
        for template in self:
            template.website_path = f"/service/{template._get_website_slug()}" if template.code else False

    # === CONSTRAINT METHODS === #

    @api.constrains("is_website", "state", "res_model", "field_ids")
    def _check_website(self):
        for template in self.filtered(lambda row: row.is_website and row.state == "published"):
            if template.res_model:
                raise ValidationError(
                    self.env._(
                        "Cases “%(template)s” are about records of yours, so visitors cannot start them. Empty “About”, "
                        "or keep the template off the website.",
                        template=template.name,
                    )
                )
            if hidden := template.field_ids.filtered(template._is_unasked):
                raise ValidationError(
                    self.env._(
                        "“%(template)s” cannot be on the website: its cases need “%(label)s” to start, and visitors are "
                        "not asked for it. Prepare a new revision and ask for it on the website, or do not require it.",
                        template=template.name,
                        label=hidden[0].name,
                    )
                )

    # === ACTIONS === #

    def action_open_website_page(self):
        """Open the page on which visitors file."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": self.website_path or "/service", "target": "new"}

    # === HELPERS === #

    @api.model
    def _is_unasked(self, row):
        return (
            row.required_at == "start"
            and not row.is_website
            and not row.default_value
            and row.type not in ("boolean", "separator")
        )

    def _get_website_slug(self):
        self.ensure_one()
        return self.env["ir.http"]._slugify(self.code, max_length=64).strip("-") or str(self._get_root().id)

    def _get_website_fields(self):
        """The fields of the data form that a visitor fills in, in their order."""
        self.ensure_one()
        return self.field_ids.filtered("is_website").sorted(lambda row: (row.sequence, row.id))

    @api.model
    def _search_website(self, website):
        """Templates by which a visitor of ``website`` files, as superuser."""
        # sudo: visitors have no access to the model, the pages show what is published and nothing else
        company_id = website.sudo().company_id.id
        domain = (
            Domain("state", "=", "published")
            & Domain("is_website", "=", True)
            & Domain("res_model", "=", False)
            & Domain("company_id", "in", [False, company_id])
        )
        found = self.sudo().search(domain)
        own = {template._get_website_slug() for template in found if template.company_id}
        return found.filtered(lambda template: template.company_id or template._get_website_slug() not in own)

    @api.model
    def _find_website(self, slug, website):
        """The template whose page is at this address, as superuser; empty when there is none."""
        return self._search_website(website).filtered(lambda template: template._get_website_slug() == slug)[:1]

    # === KEY === #

    def _sign_visit_key(self, key):
        """Proof that a page of this template was shown with this key."""
        # The code stays when a new revision is published while the visitor writes.
        return self.env["paydox.case"]._sign_visitor_text("paydox_website.visit_key", (self.code, key))
