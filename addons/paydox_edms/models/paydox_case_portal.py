from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from odoo.addons.paydox_edms.tools.arguments import to_text
from odoo.addons.paydox_edms.tools.file_guard import BadFile, check_file

from .paydox_case_claim import SERVICE_KINDS
from .paydox_case_question import MAX_TEXT

MAX_FILES = 10
MAX_FILE_SIZE = 10 * 1024 * 1024
MAX_SUBJECT = 150
_MAX_KEY = 64
# Claims of one person in one day; more are no claims but an attack or a mistake.
MAX_CLAIMS_A_DAY = 20
_SYSTEM_FIELDS = frozenset(("access_token", "answered_at"))


class PaydoxCaseTemplate(models.Model):
    _inherit = "paydox.case.template"

    is_portal = fields.Boolean(
        string="Clients File in the Portal",
        copy=True,
        help="Clients who log in to the portal register claims or service requests that run by this template.",
    )


class PaydoxCase(models.Model):
    """Claims and requests of clients: registered, followed and discussed by themselves in the portal.

    The portal has no right on the model: pages read as superuser what ``_get_portal_domain`` finds, and show the fields
    that a client may see.
    """

    _name = "paydox.case"
    _inherit = ["paydox.case", "portal.mixin"]

    answered_at = fields.Datetime(string="First Answer On", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for case in self:
            case.access_url = f"/my/claims/{case.id}"
        return result

    # === CRUD METHODS === #

    @api.model
    def _get_engine_fields(self):
        return super()._get_engine_fields() | _SYSTEM_FIELDS

    @api.model
    def _check_engine_fields(self, vals):
        if vals.keys() & _SYSTEM_FIELDS:
            raise AccessError(self.env._("This is written by the system only. Use the buttons of the case."))
        return super()._check_engine_fields(vals)

    # === ACTIONS === #

    def action_write_to_client(self, text=None, attachment_ids=None):
        """Answer the client; without a text, open the window to write one. The client reads it in the portal."""
        self.ensure_one()
        self.check_access("read")
        if not self._has_client():
            raise UserError(
                self.env._("%(case)s has no contact person to write to. Choose one first.", case=self.display_name)
            )
        if not self.is_editor and not self.can_lead:
            raise AccessError(
                self.env._("You only look at %(case)s. Those who work on it write to the client.",
                           case=self.display_name)
            )  # fmt: skip
        if not to_text(text, MAX_TEXT) and not attachment_ids:
            action = self.action_new_message()
            return action | {"context": {"default_case_id": self.id, "default_kind": "client"}}
        text = self._check_text(text, attachment_ids)
        # sudo: the contact person need not be readable as a partner
        contact_sudo = self.sudo().contact_id
        self._post_discussion(text, partners=contact_sudo, attachment_ids=attachment_ids, is_outside=True)
        return True

    # === MAIL === #

    def _mail_get_partner_fields(self, introspect_fields=False):
        # The client is who follows the claim, not everybody of the counterparty.
        return ["contact_id"]

    def _post_discussion(self, text, *, is_outside=False, **kwargs):
        message = super()._post_discussion(text, is_outside=is_outside, **kwargs)
        if is_outside and not self.answered_at:
            # sudo: written by the system only
            self.sudo().answered_at = fields.Datetime.now()
        return message

    def _process_attachments_for_post(self, attachments, attachment_ids, message_values):
        # What comes from outside is looked at as the file of a version is.
        if not self.env.user._is_internal():
            # sudo: the files of the visitor
            for attachment_sudo in self.env["ir.attachment"].sudo().browse(attachment_ids or []).exists():
                self._check_outside_file(attachment_sudo.name, attachment_sudo.raw or b"")
        return super()._process_attachments_for_post(attachments, attachment_ids, message_values)

    # === PORTAL === #

    def _has_client(self):
        """Hook: whether there is somebody outside to whom an answer goes."""
        self.ensure_one()
        return bool(self.contact_id)

    @api.model
    def _get_portal_domain(self, partner):
        """What a client sees: claims and requests of which he himself is the contact person."""
        if not partner:
            return Domain.FALSE
        return (
            Domain("contact_id", "=", partner.id)
            & Domain("case_kind", "in", SERVICE_KINDS)
            & Domain("claim_direction", "=", "incoming")
            & Domain("state", "!=", "draft")
        )

    @api.model
    def _get_portal_templates(self):
        """Templates by which clients file claims and requests themselves, as superuser."""
        # sudo: the portal has no right on the templates
        templates_sudo = self.env["paydox.case.template"].sudo()
        domain = (
            Domain("state", "=", "published")
            & Domain("is_portal", "=", True)
            & Domain("case_kind", "in", SERVICE_KINDS)
            & Domain("company_id", "in", [False, *self.env.companies.ids])
        )
        return templates_sudo.search(domain)

    @api.model
    def _register_outside(self, template_sudo, values, files, key):
        """Start the case of a claim that came from outside, once per key.

        :param dict values: ``subject``, ``essence``, and optionally ``product``, ``contact``, ``claimant``, ``origin``,
            ``properties``: checked values of the data form
        :param list files: ``[(name, bytes)]``
        :param str key: made when the page was shown
        :return: the case as superuser
        """
        subject = to_text(values.get("subject"), MAX_SUBJECT)
        essence = to_text(values.get("essence"), MAX_TEXT)
        if not subject or not essence:
            raise ValidationError(self.env._("Say in a few words what it is about, and then what happened."))
        self._check_outside_files(files)
        contact_sudo = values.get("contact") or self.env["res.partner"].sudo()
        key = to_text(key, _MAX_KEY)
        # Without a key each sending is a claim of its own: nobody is answered with the claim of another one.
        key = f"outside:{template_sudo.id}:{contact_sudo.id or 0}:{key}" if key else None
        # superuser: clients have no right on cases; all values are made here of checked texts
        template_sudo = template_sudo.with_user(SUPERUSER_ID).with_context(mail_create_nosubscribe=True)
        cases_sudo = template_sudo.env["paydox.case"].with_context(active_test=False)
        if key and (case_sudo := cases_sudo.search([("start_key", "=", key)])):
            return case_sudo
        self._check_not_too_many(contact_sudo)
        vals = {
            "name": subject,
            "essence": essence,
            "product": to_text(values.get("product"), MAX_SUBJECT),
            "contact_id": contact_sudo.id,
            "partner_id": contact_sudo.commercial_partner_id.id,
            "claimant_text": to_text(values.get("claimant"), MAX_SUBJECT),
            "claimant_role": "customer",
            "origin": values.get("origin") or "portal",
            "company_id": (template_sudo.company_id or self.env.company).id,
            **self._prepare_outside_values(values),
        }
        if not template_sudo.owner_id and (owner := self._get_service_owner(vals["company_id"])):
            vals["owner_id"] = owner.id
        case_sudo = template_sudo._start_one(vals, key)
        case_sudo._post_registration(contact_sudo, essence, files)
        return case_sudo

    @api.model
    def _prepare_outside_values(self, values):
        """Hook: further values of a case that came from outside, made of checked ``values``."""
        return {"properties": values["properties"]} if values.get("properties") else {}

    @api.model
    def _get_service_owner(self, company_id):
        """Who answers for a claim until somebody takes it: the first of those who are there for claims."""
        # sudo: the members of a group are not readable for clients
        members_sudo = self.env.ref("paydox_edms.paydox_edms_group_service").sudo().user_ids
        return members_sudo.filtered(
            lambda user: user.active and not user.share and company_id in user.company_ids.ids
        ).sorted("id")[:1]

    @api.model
    def _check_not_too_many(self, contact_sudo):
        if not contact_sudo:
            return
        since = fields.Datetime.now() - timedelta(days=1)
        domain = self._get_portal_domain(contact_sudo) & Domain("create_date", ">", since)
        # sudo: clients have no right on cases
        if self.sudo().search_count(domain, limit=MAX_CLAIMS_A_DAY) >= MAX_CLAIMS_A_DAY:
            raise ValidationError(
                self.env._("You have sent many requests today. Write into one of them, or come again tomorrow.")
            )

    def _post_registration(self, contact_sudo, essence, files):
        """The claim in the words of the client, with his files, as the first message that he sees."""
        self.ensure_one()
        attachments = self.env["ir.attachment"].create(
            [{"name": name, "raw": content, "res_model": self._name, "res_id": self.id} for name, content in files]
        )
        self.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=plaintext2html(essence),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=contact_sudo.id or self.env.ref("base.public_partner").id,
            attachment_ids=attachments.ids,
        )

    @api.model
    def _check_outside_files(self, files):
        if len(files) > MAX_FILES:
            raise ValidationError(self.env._("At most %(count)s files can be sent at once.", count=MAX_FILES))
        for name, content in files:
            self._check_outside_file(name, content)

    @api.model
    def _check_outside_file(self, name, content):
        if not content:
            raise ValidationError(self.env._("The file “%(name)s” is empty.", name=name))
        if len(content) > MAX_FILE_SIZE:
            raise ValidationError(
                self.env._(
                    "The file “%(name)s” is larger than %(size)s MB. Send a smaller one.",
                    name=name,
                    size=MAX_FILE_SIZE // 1024 // 1024,
                )
            )
        try:
            check_file(name, content)
        except BadFile as error:
            raise ValidationError(
                self.env._(
                    "The file “%(name)s” is not taken: it could run, or is not what its name says. "
                    "Send photos, PDF or office files.",
                    name=name,
                )
            ) from error
