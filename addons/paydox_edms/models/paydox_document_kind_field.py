from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Fields of the card that a kind may require; the subject, the kind and the date are required always.
REQUIRABLE_FIELDS = (
    "partner_id",
    "amount",
    "responsible_id",
    "department_id",
    "parent_id",
    "valid_from",
    "valid_to",
    "date_execution",
    "sender_number",
    "sender_date",
    "note",
    "version_ids",
)
# Facts about the document, not its content: nobody decided on them, so a kind may leave them open.
UNLOCKABLE_FIELDS = ("responsible_id", "department_id", "date_execution", "sender_number", "sender_date")


class PaydoxDocumentKindField(models.Model):
    """What a kind says about one field of its documents: when it must be filled in, whether the lock spares it."""

    _name = "paydox.document.kind.field"
    _description = "Field of a Document Kind"
    _order = "sequence, id"

    kind_id = fields.Many2one(comodel_name="paydox.document.kind", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    field_name = fields.Selection(selection="_get_field_choices", string="Field of the Card")
    property_name = fields.Char(string="Technical Name", readonly=True)
    own_field = fields.Char(
        compute="_compute_own_field",
        inverse="_inverse_own_field",
        help="Label of a field of your own, as it is written on the documents of this kind.",
    )
    required_at = fields.Selection(
        selection=[
            ("save", "Always"),
            ("submit", "To send for approval"),
            ("register", "To register"),
            ("execute", "To mark as executed"),
        ],
        string="Required",
    )
    is_unlocked = fields.Boolean(
        string="Stays Editable", help="Can be changed while the route runs and after the document is confirmed."
    )

    _field_uniq = models.UniqueIndex(
        "(kind_id, field_name) WHERE field_name IS NOT NULL", "This field already has a line in the kind."
    )
    _property_uniq = models.UniqueIndex(
        "(kind_id, property_name) WHERE property_name IS NOT NULL", "This own field already has a line in the kind."
    )

    # === COMPUTE METHODS === #

    @api.depends("property_name", "kind_id.property_definition")
    def _compute_own_field(self):
        for row in self:
            row.own_field = row._get_own_labels().get(row.property_name, False)

    def _inverse_own_field(self):
        for row in self:
            wanted = (row.own_field or "").strip().casefold()
            labels = row._get_own_labels()
            found = [name for name, label in labels.items() if label.casefold() == wanted]
            if wanted and not found:
                raise ValidationError(
                    self.env._(
                        "%(kind)s has no own field “%(label)s”. It has: %(labels)s.",
                        kind=row.kind_id.name,
                        label=row.own_field,
                        labels=", ".join(labels.values()) or self.env._("none yet"),
                    )
                )
            row.property_name = found[0] if found else False

    # === CONSTRAINT METHODS === #

    @api.constrains("field_name", "property_name")
    def _check_one_field(self):
        for row in self:
            if bool(row.field_name) == bool(row.property_name):
                raise ValidationError(
                    self.env._("Each line names one field: a field of the card or an own field of the kind.")
                )

    @api.constrains("field_name", "is_unlocked")
    def _check_field_name(self):
        allowed = self._get_unlockable_fields()
        labels = dict(self._get_field_choices())
        for row in self:
            if row.field_name and row.field_name not in labels:
                raise ValidationError(
                    self.env._("“%(field)s” cannot be configured here. Choose from the list.", field=row.field_name)
                )
            if row.is_unlocked and row.field_name not in allowed:
                raise ValidationError(
                    self.env._(
                        "%(field)s is what people decide on, so it cannot stay editable. These can: %(allowed)s.",
                        field=labels.get(row.field_name) or row.own_field,
                        allowed=", ".join(label for name, label in labels.items() if name in allowed),
                    )
                )

    @api.constrains("field_name", "required_at")
    def _check_file_can_be_required(self):
        if self.filtered(lambda row: row.field_name == "version_ids" and row.required_at == "save"):
            raise ValidationError(
                self.env._("A file is added to a saved document. Require it to send, to register or to execute.")
            )

    # === HELPERS === #

    @api.model
    def _get_requirable_fields(self):
        """Names of the fields of the card that a kind may require; addons extend it."""
        return REQUIRABLE_FIELDS

    @api.model
    def _get_unlockable_fields(self):
        """Names of the fields of the card that a kind may leave editable on a locked document; addons extend it."""
        return UNLOCKABLE_FIELDS

    @api.model
    def _get_field_choices(self):
        card = self.env["paydox.document"]._fields
        names = dict.fromkeys((*self._get_requirable_fields(), *self._get_unlockable_fields()))
        labels = {name: card[name]._description_string(self.env) for name in names} | {
            "version_ids": self.env._("File")
        }
        return list(labels.items())

    def _get_own_labels(self):
        """Labels of the own fields of the kind, by technical name."""
        definition = self.kind_id.property_definition or []
        return {item["name"]: item.get("string") or item["name"] for item in definition if item["type"] != "separator"}

    def _get_label(self):
        self.ensure_one()
        return dict(self._get_field_choices()).get(self.field_name) or self.own_field

    def _is_missing_on(self, document):
        """Whether the document has no value; zero is none."""
        self.ensure_one()
        if self.field_name:
            return document._is_field_empty(self.field_name)
        types = {item["name"]: item["type"] for item in self.kind_id.property_definition or []}
        # A box that is not ticked is an answer; a field that was taken out of the kind is required no more.
        if types.get(self.property_name, "boolean") == "boolean":
            return False
        return not dict(document.properties or {}).get(self.property_name)
