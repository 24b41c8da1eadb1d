from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.paydox_edms.tools.locking import lock_rows

_LIFE_CYCLE = frozenset(("state", "revision", "previous_id"))


class PaydoxRevision(models.AbstractModel):
    """A definition of which each revision is a record of its own, and never changes once it is published.

    The model itself adds ``previous_id``, a many2one to itself.
    """

    _name = "paydox.revision"
    _description = "Revision of a Definition"

    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("published", "Published"), ("outdated", "Outdated")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    revision = fields.Integer(default=1, required=True, readonly=True, copy=False, aggregator=None)

    # === COMPUTE METHODS === #

    @api.depends("name", "revision")
    def _compute_display_name(self):
        for record in self:
            record.display_name = (
                self.env._("%(name)s, revision %(revision)s", name=record.name, revision=record.revision)
                if record.revision > 1
                else record.name
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_life_cycle(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_life_cycle(vals)
        if vals.keys() & self._get_regulation_fields():
            self._check_draft()
        return super().write(vals)

    # === ACTIONS === #

    def action_publish(self):
        """Make the revision usable; it takes the place of the former one."""
        self.check_access("write")
        self._check_draft()
        self._check_publishable()
        # sudo: state and revision are not writable by hand; what names a revision out of sight follows too
        for record_sudo in self.sudo():
            previous_sudo = record_sudo.previous_id
            if previous_sudo:
                previous_sudo._write_life_cycle({"state": "outdated"})
                # Only one revision is in use at a time, at every moment for the database too.
                previous_sudo.flush_recordset(["state"])
            record_sudo._write_life_cycle({"state": "published"})
            if previous_sudo:
                record_sudo._replace(previous_sudo)

    def action_new_revision(self):
        """Open a draft of the next revision; the published one serves until the draft is published."""
        self.ensure_one()
        self.check_access("write")
        # sudo: two people who press at once get the same draft
        lock_rows(self.sudo())
        if self.state != "published":
            raise UserError(self.env._("Only the published revision can get a next one."))
        draft = self.search([("previous_id", "=", self.id), ("state", "=", "draft")], limit=1)
        if not draft:
            draft = self._copy_revision()
            draft.sudo()._write_life_cycle({"revision": self.revision + 1, "previous_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "views": [(False, "form")],
        }

    # === HELPERS === #

    @api.model
    def _get_regulation_fields(self):
        """Names of the fields on which the runs of a revision were started; fixed from its publication."""
        return frozenset(("company_id",))

    def _copy_revision(self):
        self.ensure_one()
        return self.copy()

    def _check_publishable(self):
        """Hook: refuse what cannot be published, saying what to do."""

    def _replace(self, previous):
        """Hook: let what names the ``previous`` revision name this one."""

    def _get_former(self):
        """The former revisions of the definition, as far as they are there."""
        former = self.browse()
        record = self.previous_id
        while record and record not in former:
            former |= record
            record = record.previous_id
        return former

    def _write_life_cycle(self, vals):
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.model
    def _check_life_cycle(self, vals):
        if not self.env.su and vals.keys() & _LIFE_CYCLE:
            raise UserError(self.env._("The state of a revision is changed by the buttons only."))

    def _check_draft(self):
        if published := self.filtered(lambda record: record.state != "draft"):
            raise UserError(
                self.env._(
                    "%(name)s is published and cannot be changed. Press “New revision” to prepare the next one.",
                    name=published[0].display_name,
                )
            )


class PaydoxRevisionPart(models.AbstractModel):
    """A line of a definition: fixed together with the revision it belongs to."""

    _name = "paydox.revision.part"
    _description = "Part of a Revision"

    # the many2one to the revision
    _revision_field = None

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts[self._revision_field]._check_draft()
        return parts

    def write(self, vals):
        self[self._revision_field]._check_draft()
        result = super().write(vals)
        self[self._revision_field]._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self[self._revision_field]._check_draft()
