import base64
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import format_datetime

SIGNED_FIELDS = (
    "approval_id",
    "line_id",
    "document_id",
    "version_id",
    "checksum",
    "user_id",
    "signed_by_id",
    "signed_at",
    "position",
    "method",
    "ip",
    "user_agent",
    "image_checksum",
    "evidence",
)


class PaydoxSignature(models.Model):
    """One person's signature under one version. The decision of the chain carries its hash."""

    _name = "paydox.signature"
    _description = "Signature"
    _inherit = ["paydox.protected"]
    _order = "signed_at, id"
    _rec_name = "signed_by_id"

    # what for
    line_id = fields.Many2one(
        comodel_name="paydox.approval.line", required=True, readonly=True, ondelete="restrict", index=True
    )
    approval_id = fields.Many2one(
        comodel_name="paydox.approval", string="Round", required=True, readonly=True, ondelete="restrict", index=True
    )
    document_id = fields.Many2one(
        comodel_name="paydox.document", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index="btree_not_null")
    version_id = fields.Many2one(
        comodel_name="paydox.document.version", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    content = fields.Text(
        string="What Was Signed", readonly=True, help="The facts of a record without a file, at the moment of signing."
    )
    checksum = fields.Char(
        string="SHA-256",
        required=True,
        readonly=True,
        help="Of the bytes of the file, or of the text in place of one, at the moment of signing.",
    )
    # who
    user_id = fields.Many2one(
        comodel_name="res.users", string="For Whom", required=True, readonly=True, ondelete="restrict"
    )
    signed_by_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True, ondelete="restrict", index=True
    )
    signer_name = fields.Char(compute="_compute_signer_name")
    position = fields.Char(readonly=True, help="Job title of the person at the moment of signing.")
    # how
    signed_at = fields.Datetime(string="Signed On", required=True, readonly=True)
    method = fields.Selection(
        selection="_get_methods",
        string="Identity Confirmed By",
        required=True,
        readonly=True,
        help="What proved that the person is who he says he is.",
    )
    ip = fields.Char(string="IP Address", readonly=True, groups="paydox_edms.paydox_edms_group_manager")
    user_agent = fields.Char(string="Browser", readonly=True, groups="paydox_edms.paydox_edms_group_manager")
    image = fields.Binary(string="Drawn Signature", attachment=True, readonly=True)
    image_checksum = fields.Char(readonly=True)
    evidence = fields.Text(readonly=True, help="What the method leaves to be checked again, such as a signed message.")
    hash = fields.Char(required=True, readonly=True)

    _line_uniq = models.Constraint("UNIQUE(line_id)", "This person has already signed here.")
    _subject_given = models.Constraint(
        "CHECK(version_id IS NOT NULL OR content IS NOT NULL)", "A signature is under a file or under a text."
    )

    # === SELECTION METHODS === #

    @api.model
    def _get_methods(self):
        """Ways to confirm one's identity. An addon that signs with certificates adds its own here, gives its proof to
        ``_decide`` as ``evidence`` and checks it again in ``_find_evidence_problem``."""
        methods = {
            "password": self.env._("Password"),
            "password_totp": self.env._("Password and second factor"),
            "server": self.env._("Program of the server"),
        }
        return list(methods.items())

    # === COMPUTE METHODS === #

    @api.depends("user_id", "signed_by_id")
    @api.depends_context("lang")
    def _compute_signer_name(self):
        for signature in self:
            if signature.user_id == signature.signed_by_id:
                signature.signer_name = signature.signed_by_id.name
            else:
                signature.signer_name = self.env._(
                    "%(user)s for %(absent)s", user=signature.signed_by_id.name, absent=signature.user_id.name
                )

    # === CRUD METHODS === #

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    # === BUSINESS METHODS === #

    @api.model
    def _sign(self, line_sudo, proof):
        """Sign the actual version in the name of the current user, who was identified.

        :param line_sudo: the line on which he decides
        :param proof: a ``SignProof``
        """
        version_sudo, content = self._get_version_to_sign(line_sudo)
        httprequest = request.httprequest if request else None
        user = self.env.user
        vals = {
            "approval_id": line_sudo.approval_id.id,
            "line_id": line_sudo.id,
            "document_id": line_sudo.document_id.id,
            "version_id": version_sudo.id,
            "checksum": self._get_text_checksum(content) if content else version_sudo.checksum,
            "user_id": line_sudo.user_id.id,
            "signed_by_id": user.id,
            "signed_at": fields.Datetime.now(),
            "position": user._get_position_history(line_sudo.company_id).pick(user),
            "method": proof.method,
            "ip": httprequest.remote_addr if httprequest else False,
            "user_agent": httprequest.user_agent.string[:255] if httprequest else False,
            "image_checksum": hashlib.sha256(proof.image).hexdigest() if proof.image else False,
            "evidence": proof.evidence,
        } | self._prepare_signature_values(line_sudo)
        return self.sudo().create(  # sudo: signatures are written by this method only
            vals
            | {
                "company_id": line_sudo.company_id.id,
                "content": content,
                "image": base64.b64encode(proof.image) if proof.image else False,
                "hash": self._get_hash(vals),
            }
        )

    @api.model
    def _prepare_signature_values(self, line_sudo):
        """What else is signed; concerns of their own extend it and ``_get_later_signed_fields``."""
        return {}

    @api.model
    def _get_version_to_sign(self, line_sudo):
        """The actual version, if its bytes are still those that were uploaded, or the text in place of one.

        :return: ``(version, False)`` or ``(no version, text)``
        """
        record_sudo = line_sudo._get_record().sudo()
        version_sudo = record_sudo._get_approval_version()
        content = False if version_sudo else record_sudo._get_text_to_sign()
        if content:
            return version_sudo, content
        if not version_sudo:
            raise UserError(
                self.env._(
                    "%(record)s has no file that could be signed. Return it to the author, who adds a version.",
                    record=record_sudo.display_name,
                )
            )
        if version_sudo._get_real_checksum() != version_sudo.checksum:
            raise UserError(
                self.env._(
                    "The stored file %(filename)s is not the one that was uploaded: its checksum differs. Nothing was "
                    "signed. Tell the administrator and return the document to its author.",
                    filename=version_sudo.filename,
                )
            )
        return version_sudo, False

    def _get_label(self):
        """Name and moment, as the reader writes dates."""
        return self.env._(
            "%(name)s, %(moment)s", name=self.signer_name, moment=format_datetime(self.env, self.signed_at)
        )

    # === VERIFICATION === #

    def _find_problem(self, decision, checksums):
        """What does not fit in the signature, as a sentence, or False.

        :param decision: the row of the chain that carries the hash of the signature
        :param dict checksums: SHA-256 of the stored bytes by version
        """
        self.ensure_one()
        name = self.signed_by_id.name
        if self.hash != decision.signature_hash or self.hash != self._get_own_hash():
            return self.env._("The signature of %(user)s was changed.", user=name)
        if self.version_id != decision.version_id or self.signed_by_id != decision.decided_by_id:
            return self.env._("The signature of %(user)s does not match the decision.", user=name)
        if self._get_image_checksum() != (self.image_checksum or False):
            return self.env._("The drawn signature of %(user)s was changed.", user=name)
        if not self.version_id:
            if self._get_text_checksum(self.content or "") != self.checksum:
                return self.env._("The text that %(user)s signed was changed.", user=name)
        elif checksums[self.version_id] != self.checksum:
            return self.env._(
                "The file %(filename)s was changed after %(user)s signed it.",
                filename=self.version_id.filename,
                user=name,
            )
        return self._find_evidence_problem()

    def _find_evidence_problem(self):
        """Check what the method left; addons with methods of their own extend it."""
        return False

    @api.model
    def _get_later_signed_fields(self):
        """Fields that came after the first signatures: they count where they have a value."""
        return ()

    @api.model
    def _get_hash(self, vals):
        """SHA-256 over the canonical JSON of the values."""
        canonical = {name: vals[name] or None for name in SIGNED_FIELDS}
        canonical |= {name: vals[name] for name in self._get_later_signed_fields() if vals.get(name)}
        canonical["signed_at"] = fields.Datetime.to_string(vals["signed_at"])
        text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _get_text_checksum(self, text):
        return hashlib.sha256(text.encode()).hexdigest()

    def _get_own_hash(self):
        names = (*SIGNED_FIELDS, *self._get_later_signed_fields())
        return self._get_hash(
            {name: self[name].id if self._fields[name].type == "many2one" else self[name] for name in names}
        )

    def _get_image_checksum(self):
        content = base64.b64decode(self.with_context(bin_size=False).image or b"")
        return bool(content) and hashlib.sha256(content).hexdigest()
