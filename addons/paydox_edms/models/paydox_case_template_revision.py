from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

_INNER_LIMIT = 200


class PaydoxCaseTemplate(models.Model):
    """Revisions of a template: copies that keep who follows whom, and what the former revisions forbid."""

    _inherit = "paydox.case.template"

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "code" not in (default or {}):
            for template, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=template.name)
                vals["code"] = f"{template.code}-copy"
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default)
        for template, copied in zip(self, copies, strict=True):
            template._copy_links(copied)
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: cases, revisions and steps out of sight keep the template all the same
        case_sudo = self.env["paydox.case"].sudo().search([("template_id", "in", self.ids)], limit=1)
        if case_sudo:
            raise UserError(
                self.env._(
                    "Cases were started by %(name)s, so it stays. Archive it instead.",
                    name=case_sudo.template_id.display_name,
                )
            )
        steps_sudo = self.env["paydox.case.template.step"].sudo()
        used = steps_sudo.search([("sub_template_id", "in", self.ids), ("template_id", "not in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "%(name)s is the case inside %(other)s, so it stays. Archive it instead.",
                    name=used.sub_template_id.display_name,
                    other=used.template_id.display_name,
                )
            )
        later_sudo = self.sudo().search([("previous_id", "in", self.ids), ("id", "not in", self.ids)], limit=1)
        if later_sudo:
            raise UserError(
                self.env._(
                    "%(name)s has a later revision, so it stays. Archive it instead.",
                    name=later_sudo.previous_id.display_name,
                )
            )

    # === HELPERS === #

    def _copy_revision(self):
        return self.copy({"code": self.code})

    def _copy_links(self, copied):
        """Let the parts of the copy name each other as those of the original do."""
        self.ensure_one()
        sections = dict(zip(self.section_ids, copied.section_ids, strict=True))
        rows = {row.property_name: row for row in copied.field_ids}
        steps = {step.code: step for step in copied.step_ids}
        for step in self.step_ids:
            vals = {}
            if step.section_id:
                vals["section_id"] = sections[step.section_id].id
            if step.predecessor_ids:
                vals["predecessor_ids"] = [Command.set([steps[item.code].id for item in step.predecessor_ids])]
            if step.predecessor_section_ids:
                vals["predecessor_section_ids"] = [
                    Command.set([sections[item].id for item in step.predecessor_section_ids])
                ]
            if step.required_field_ids:
                vals["required_field_ids"] = [
                    Command.set([rows[item.property_name].id for item in step.required_field_ids])
                ]
            if step.condition_ids:
                vals["condition_ids"] = [
                    Command.create(
                        {
                            "field_id": rows[line.field_id.property_name].id if line.field_id else False,
                            "operator": line.operator,
                            "value": line.value,
                        }
                    )
                    for line in step.condition_ids
                ]
            if vals:
                steps[step.code].write(vals)

    def _get_root(self):
        """The first revision of the template."""
        self.ensure_one()
        return (self | self._get_former())[-1]

    def _get_current(self):
        """The revision that serves now: the published one of the same template, or nothing."""
        self.ensure_one()
        current = self
        seen = self.browse()
        while current and current.state != "published" and current not in seen:
            seen |= current
            current = self.search([("previous_id", "=", current.id), ("state", "!=", "draft")], limit=1)
        return current if current.state == "published" else self.browse()

    def _get_inner_roots(self):
        """First revisions of the template and of all that its cases start inside."""
        roots = self.browse()
        templates = self
        while templates and len(roots) < _INNER_LIMIT:
            by_root = templates.grouped(lambda template: template._get_root())
            inner = self.browse().union(*(found for root, found in by_root.items() if root not in roots))
            roots = roots.union(*by_root)
            templates = inner.step_ids.sub_template_id
        return roots

    def _replace(self, previous):
        # Drafts follow; what is published stays as it is and finds the current revision by itself.
        inner = self.env["paydox.case.template.step"].search(
            [("sub_template_id", "=", previous.id), ("template_id.state", "=", "draft")]
        )
        inner.write({"sub_template_id": self.id})
        return super()._replace(previous)


class PaydoxCaseField(models.Model):
    """What the former revisions say about a field of the form."""

    _inherit = "paydox.case.field"

    # === CONSTRAINT METHODS === #

    @api.constrains("type", "property_name", "template_id")
    def _check_type_stays(self):
        former = {template: template._get_former() for template in self.template_id}
        # sudo: what a former revision says holds whether or not it can be read
        known = self.sudo().search(
            [
                ("template_id", "in", self.env["paydox.case.template"].union(*former.values()).ids),
                ("property_name", "in", self.mapped("property_name")),
            ]
        )
        types = {(row.template_id, row.property_name): row.type for row in known}
        labels = dict(self._fields["type"]._description_selection(self.env))
        for row in self:
            for template in former[row.template_id]:
                old = types.get((template, row.property_name))
                if old and old != row.type:
                    raise ValidationError(
                        self.env._(
                            "“%(label)s” is of the type “%(type)s” in a former revision, and cases have data in it. "
                            "Remove it and add a new field instead: the data of running cases stay.",
                            label=row.name,
                            type=labels.get(old, old),
                        )
                    )
