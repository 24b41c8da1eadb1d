from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.translate import html_translate


class PaydoxOrderForm(models.Model):
    """A public page on which a visitor orders; each order becomes a deal of the form's type."""

    _name = "paydox.order.form"
    _description = "Order Form"
    _inherit = ["website.seo.metadata", "website.published.multi.mixin"]
    _order = "sequence, id"

    name = fields.Char(string="Form Name", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    slug = fields.Char(
        string="Address",
        compute="_compute_slug",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="Last part of the address of the page. Links to the former address stop working when it changes.",
    )
    # deals
    deal_type_id = fields.Many2one(
        comodel_name="paydox.deal.type",
        ondelete="restrict",
        required=True,
        index=True,
        domain="[('active', '=', True)]",
        help="Orders become deals of this type; it also says who becomes responsible for them.",
    )
    lead_ids = fields.One2many(
        comodel_name="crm.lead",
        inverse_name="order_form_id",
        string="Deals",
        groups="sales_team.group_sale_salesman",
    )
    lead_count = fields.Integer(
        string="Number of Deals", compute="_compute_lead_count", groups="sales_team.group_sale_salesman"
    )
    # page
    product_ids = fields.One2many(
        comodel_name="paydox.order.form.product", inverse_name="form_id", string="Products", copy=True
    )
    intro = fields.Html(string="Introduction", translate=html_translate, sanitize_attributes=False)
    thanks = fields.Html(
        string="Thank-you Text",
        translate=html_translate,
        sanitize_attributes=False,
        help="Shown after the order is sent. Empty: a standard text.",
    )
    consent_text = fields.Text(
        string="Consent",
        translate=True,
        help="The visitor must agree with this text. Empty: no consent is asked.",
    )
    consent_version = fields.Integer(
        readonly=True,
        copy=False,
        help="Grows with each change of the text. Every deal names the version its customer agreed with.",
    )

    _slug_website_uniq = models.UniqueIndex(
        "(slug, (COALESCE(website_id, 0)))",
        "Another order form of this website has this address. Choose another one.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("name")
    def _compute_slug(self):
        """Proposed once, from the name: an address in use does not change when the form is renamed."""
        unnamed = self.filtered(lambda form: form.name and not form.slug)
        wanted = {form: self._slugify(form.name) for form in unnamed}
        # sudo: addresses taken by forms of any website are avoided
        forms_sudo = self.sudo().with_context(active_test=False)
        taken = set(
            forms_sudo.search(Domain.OR([("slug", "=like", slug + "%")] for slug in wanted.values())).mapped("slug")
        )
        for form, slug in wanted.items():
            number = 1
            form.slug = slug
            while form.slug in taken:
                number += 1
                form.slug = f"{slug}-{number}"
            taken.add(form.slug)

    @api.depends("slug")
    def _compute_website_url(self):
        for form in self:
            form.website_url = f"/order/{form.slug}" if form.slug else "#"

    def _compute_lead_count(self):
        leads = self.env["crm.lead"].with_context(active_test=False)
        counts = dict(leads._read_group([("order_form_id", "in", self.ids)], ["order_form_id"], ["__count"]))
        for form in self:
            form.lead_count = counts.get(form._origin, 0)

    # === CONSTRAINT METHODS ===#

    @api.constrains("is_published", "deal_type_id", "product_ids")
    def _check_published_is_complete(self):
        for form in self.filtered("is_published"):
            if not form.product_ids:
                raise ValidationError(
                    self.env._(
                        "Order form %(name)s cannot be published: it has no product. Add what can be ordered.",
                        name=form.name,
                    )
                )
            if not form.deal_type_id.active:
                raise ValidationError(
                    self.env._(
                        "Order form %(name)s cannot be published: deal type %(deal_type)s is switched off. "
                        "Choose an active type.",
                        name=form.name,
                        deal_type=form.deal_type_id.name,
                    )
                )

    @api.constrains("slug")
    def _check_slug(self):
        for form in self:
            if not form.slug or form.slug != self._slugify(form.slug):
                raise ValidationError(
                    self.env._(
                        "%(slug)s cannot be an address of a page. Use letters, digits and hyphens only.",
                        slug=form.slug or "-",
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._prepare_slug(vals)
            vals["consent_version"] = 1 if vals.get("consent_text") else 0
        return super().create(vals_list)

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name != "consent_version"}
        self._prepare_slug(vals)
        if "consent_text" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda form: (form.consent_text or "") != (vals["consent_text"] or ""))
        result = super().write(vals)
        for version, forms in changed.grouped("consent_version").items():
            super(PaydoxOrderForm, forms).write({"consent_version": version + 1})
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        """A changed translation of the consent is a changed consent as well."""
        result = super().update_field_translations(field_name, translations, source_lang=source_lang)
        if field_name == "consent_text" and translations:
            for form in self:
                # past our own write, which counts changes of the text
                super(PaydoxOrderForm, form).write(  # pylint: disable=super-method-mismatch
                    {"consent_version": form.consent_version + 1}
                )
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for form, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%(name)s (copy)", name=form.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: deals that the user may not see still forbid the deletion
        leads_sudo = self.env["crm.lead"].sudo().with_context(active_test=False)
        if used := leads_sudo._read_group([("order_form_id", "in", self.ids)], ["order_form_id"]):
            raise UserError(
                self.env._(
                    "Deals came by these order forms, so they cannot be deleted: %(names)s. Archive them instead.",
                    names=", ".join(form.name for [form] in used),
                )
            )

    # === ACTIONS ===#

    def action_open_page(self):
        self.ensure_one()
        return self.open_website_url()

    def action_open_leads(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_action_pipeline")
        action.update(
            {
                "display_name": self.name,
                "path": False,
                "view_mode": "list,kanban,form,pivot,graph",
                "views": [(False, "list"), (False, "kanban"), (False, "form"), (False, "pivot"), (False, "graph")],
                "domain": [("order_form_id", "=", self.id)],
                "context": {"active_test": False, "create": False},
            }
        )
        return action

    # === HELPERS ===#

    @api.model
    def _slugify(self, text):
        return self.env["ir.http"]._slugify(text or "", max_length=64).strip("-") or "order"

    @api.model
    def _prepare_slug(self, vals):
        if vals.get("slug"):
            vals["slug"] = self._slugify(vals["slug"])

    @api.model
    def _search_published(self, website):
        """The forms that a visitor of ``website`` may see, as superuser; those of the website before the common ones."""
        domain = (
            Domain("is_published", "=", True)
            & Domain("deal_type_id.active", "=", True)
            & Domain("product_ids", "!=", False)
            & website.website_domain()
        )
        # sudo: visitors have no access to the model, the controller shows what is published and nothing else
        forms_sudo = self.sudo().search(domain)
        own = forms_sudo.filtered("website_id")
        return forms_sudo.filtered(lambda form: form.website_id or form.slug not in own.mapped("slug"))

    @api.model
    def _find_published(self, slug, website):
        """The form that a visitor of ``website`` sees at this address, as superuser; empty when there is none."""
        return self._search_published(website).filtered(lambda form: form.slug == slug)
