from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text
from odoo.addons.paydox_edms.tools.condition import get_condition_problem

# What a person may say of a step that he adds; the rest of the definition stays as it is by default.
STEP_FIELDS = frozenset(
    (
        "after_skipped",
        "condition",
        "controller_kind",
        "description",
        "duration",
        "event_name",
        "if_unmet",
        "is_manual",
        "is_repeatable",
        "is_required",
        "kind",
        "location",
        "name",
        "people_rule",
        "predecessor_rule",
        "responsible_field",
        "responsible_kind",
        "subject_condition",
        "term_from",
        "term_unit",
        "term_value",
        "wait_state",
    )
)
STEP_LINKS = frozenset(
    (
        "controller_id",
        "department_id",
        "document_kind_id",
        "group_id",
        "mail_template_id",
        "route_id",
        "section_id",
        "sub_template_id",
    )
)
_NEEDED = {
    "mail": "mail_template_id",
    "document": "document_kind_id",
    "event": "event_name",
    "case": "sub_template_id",
}
_NEEDED_PEOPLE = {"users": "user_ids", "group": "group_id", "field": "responsible_field"}
MAX_STEPS = 2000
MAX_TERM = 100_000


class PaydoxCase(models.Model):
    """Changing a case while it runs: only this case changes."""

    _inherit = "paydox.case"

    # === ACTIONS === #

    def action_add_step(self, vals=None):
        """Add a step to this case only.

        :param dict vals: ``name`` and what else a step says; ``after``: ids of the steps after which it comes;
            ``insert``: the steps that came after those wait for the new one, so that it stands between them
        :return: the id of the step
        """
        self.ensure_one()
        self._check_lead()
        # sudo: the row is locked, nothing of it is shown
        self.sudo()._lock()
        self._check_running()
        vals = vals if isinstance(vals, dict) else {}
        before = self.sudo()._clean_steps(vals.get("after"))
        clean = self._clean_step_values(vals)
        # sudo: steps are written by the engine only
        return self.sudo()._add_step(clean, before, bool(vals.get("insert"))).id

    def action_open_add_step(self):
        """Open the window that asks what is to be done."""
        self.ensure_one()
        self.check_access("read")
        return self._get_window("paydox.case.step.add", self.env._("Add a Step"), {"default_case_id": self.id})

    def action_save_as_template(self, name=None):
        """Make a draft of a template of the steps of this case as they are now."""
        self.ensure_one()
        self._check_lead()
        # sudo: the draft is made for who manages templates; whoever leads the case may propose it
        template_sudo = self.sudo()._save_as_template(to_text(name, 200))
        template = self.env["paydox.case.template"].browse(template_sudo.id)
        if not template.has_access("write"):
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._(
                        "The draft “%(template)s” is saved. Who manages templates publishes it.",
                        template=template_sudo.name,
                    ),
                },
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": template._name,
            "res_id": template.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _add_step(self, vals, before, insert=False):
        self.ensure_one()
        if len(self.step_ids) >= MAX_STEPS:
            raise UserError(
                self.env._("%(case)s has %(count)s steps, no more can be added.", case=self.name, count=MAX_STEPS)
            )
        steps = self.env["paydox.case.step"]
        after = before.successor_ids.filtered(lambda step: step.state in ("waiting", "ready")) if insert else steps
        step = steps.create(
            vals
            | {
                "case_id": self.id,
                "company_id": self.company_id.id,
                "predecessor_ids": [fields.Command.set(before.ids)],
            }
        )
        self._make_room(max(before.mapped("sequence"), default=max(self.step_ids.mapped("sequence"))), step)
        for other in after:
            commands = [fields.Command.unlink(found.id) for found in before & other.predecessor_ids]
            other.write({"predecessor_ids": [*commands, fields.Command.link(step.id)], "state": "waiting"})
        self._touch()
        self._log_change(self.env._("added"), step)
        self._propose_closing()
        self._advance()
        return step

    def _make_room(self, sequence, step):
        """Put the step right after the place ``sequence`` of the list."""
        rows = (self.step_ids - step).sorted(lambda row: (row.sequence, row.id))
        before = rows.filtered(lambda row: row.sequence <= sequence)
        for position, row in enumerate([*before, step, *(rows - before)], start=1):
            if row.sequence != position * 10:
                row.sequence = position * 10

    def _log_change(self, what, steps, reason=None):
        """Say in the discussion what somebody did to the list of steps."""
        names = Markup(", ").join(Markup("“%s”") % step.display_name for step in steps)
        body = Markup("%s: %s.") % (names, what)
        if reason:
            body += Markup(" %s") % reason
        self._message_log(body=body, author_id=self.env.user.partner_id.id)

    # === TEMPLATE === #

    def _save_as_template(self, name):
        self.ensure_one()
        steps = self.step_ids.filtered(lambda step: step.run_number == 1 and not step._is_taken_out())
        if not steps:
            raise UserError(self.env._("%(case)s has no steps to save.", case=self.display_name))
        source = self.template_id
        code = f"{(source.code or 'CASE')[:20]}-{self.id}"
        values = {
            "name": name
            or self.env._("%(name)s, as in %(number)s", name=source.name or self.name, number=self.number or self.id),
            "code": code,
            "company_id": source.company_id.id or (False if source else self.company_id.id),
            "goal": self.goal,
            "case_kind": self.case_kind,
            "res_model": source.res_model or self.res_model,
        }
        values |= {
            "section_ids": [
                fields.Command.create(vals) for vals in source.section_ids.copy_data({"template_id": False})
            ],
            "field_ids": [fields.Command.create(vals) for vals in source.field_ids.copy_data({"template_id": False})],
            "owner_id": source.owner_id.filtered("active").id,
            "result_ids": [fields.Command.set(source.result_ids.ids)],
            "starter_group_ids": [fields.Command.set(source.starter_group_ids.ids)],
            "adapt_group_ids": [fields.Command.set(source.adapt_group_ids.ids)],
            "close_result_id": source.close_result_id.id,
            "term_value": source.term_value,
            "term_unit": source.term_unit or "days",
        }
        template = source.create(values | ({"number_pattern": source.number_pattern} if source else {}))
        self._copy_own_fields(template)
        sections = {section.name: section for section in template.section_ids}
        required = {row.property_name: row for row in template.field_ids}
        made = {}
        for step in steps:
            fields_needed = [required[key].id for key in step.required_fields or [] if key in required]
            vals = step._prepare_pinned_values() | {
                "template_id": template.id,
                "section_id": sections.get(step.section_id.name, template.section_ids.browse()).id,
                "start_rule": "chosen" if step.predecessor_ids else "begin",
                "required_field_ids": [fields.Command.set(fields_needed)],
            }
            vals.pop("required_fields", None)
            if step.code:
                vals["code"] = step.code
            made[step] = self.env["paydox.case.template.step"].create(vals)
        steps._save_texts(made)
        for step, row in made.items():
            before = step._get_kept_before(steps)
            if step.predecessor_ids:
                row.write(
                    {
                        "predecessor_ids": [fields.Command.set([made[other].id for other in before])],
                        "start_rule": "chosen" if before else "begin",
                    }
                )
        self._message_log(body=self.env._("Saved as the draft of a template: %(template)s.", template=template.name))
        return template

    def _copy_own_fields(self, template):
        """Further fields of the case become fields of the form, as far as the form knows their type."""
        types = dict(self.env["paydox.case.field"]._fields["type"].selection)
        known = set(template.field_ids.mapped("property_name"))
        position = max(template.field_ids.mapped("sequence"), default=0)
        rows = [row for row in self.own_definition or [] if row.get("type") in types and row["name"] not in known]
        self.env["paydox.case.field"].create(
            [
                {
                    "template_id": template.id,
                    "name": row.get("string") or row["name"],
                    "property_name": f"f{row['name']}".lower()[:60],
                    "type": row["type"],
                    "options": "\n".join(label for _value, label in row.get("selection") or []) or False,
                    "sequence": position + index,
                }
                for index, row in enumerate(rows, start=1)
                if row["type"] != "selection" or row.get("selection")
            ]
        )

    # === HELPERS === #

    def _clean_steps(self, steps):
        """Steps of this case that a caller named."""
        self.ensure_one()
        if not steps:
            return self.env["paydox.case.step"]
        values = steps if isinstance(steps, (list, tuple, models.BaseModel)) else [steps]
        ids = {to_id(value) for value in values}
        found = self.step_ids.filtered(lambda step: step.id in ids)
        if len(found) != len(ids):
            raise UserError(self.env._("These steps are not of this case. Refresh the page."))
        return found

    def _clean_step_values(self, vals):
        steps = self.env["paydox.case.step"]
        if unknown := vals.keys() - STEP_FIELDS - STEP_LINKS - {"user_ids", "after", "insert"}:
            raise UserError(
                self.env._(
                    "A step cannot be given: %(fields)s.", fields=", ".join(sorted(str(name) for name in unknown))
                )
            )
        clean = {name: vals[name] for name in STEP_FIELDS & vals.keys() if vals[name] not in (None, False)}
        clean |= {name: False for name in STEP_FIELDS & vals.keys() if vals[name] is False}
        clean["name"] = to_text(vals.get("name"), 500)
        if not clean["name"]:
            raise UserError(self.env._("Write what is to be done."))
        for name in STEP_LINKS & vals.keys():
            record = self.env[steps._fields[name].comodel_name].browse(to_id(vals[name])).exists()
            record.check_access("read")
            clean[name] = record.id
        ids = vals.get("user_ids")
        ids = ids if isinstance(ids, (list, tuple, models.BaseModel)) else [ids]
        users = self.env["res.users"].browse([to_id(value) for value in ids if to_id(value)]).exists()
        clean["user_ids"] = [fields.Command.set(users.filtered(lambda user: not user.share).ids)]
        if users:
            clean.setdefault("responsible_kind", "users")
        self._check_step_values(clean, users)
        return clean

    def _check_step_values(self, vals, users):
        steps = self.env["paydox.case.step"]
        for name in STEP_FIELDS & vals.keys():
            field = steps._fields[name]
            if vals[name] is not False and not self._is_step_value(field, vals[name]):
                raise UserError(self.env._("“%(field)s” cannot be that.", field=field._description_string(self.env)))
        needed = [_NEEDED.get(vals.get("kind")), _NEEDED_PEOPLE.get(vals.get("responsible_kind"))]
        for name in filter(None, needed):
            if not (users if name == "user_ids" else vals.get(name)):
                raise UserError(
                    self.env._(
                        "“%(step)s”: fill in %(field)s.",
                        step=vals["name"],
                        field=steps._fields[name]._description_string(self.env),
                    )
                )
        for name, model in (("condition", self), ("subject_condition", self._get_subject())):
            if vals.get(name) and (problem := get_condition_problem(vals[name], model.browse())):
                raise ValidationError(
                    self.env._(
                        "The condition of “%(step)s” cannot be used: %(error)s", step=vals["name"], error=problem
                    )
                )

    @api.model
    def _is_step_value(self, field, value):
        if field.type == "selection":
            return isinstance(value, str) and value in dict(field._description_selection(self.env))
        if field.type == "boolean":
            return isinstance(value, bool)
        if field.type == "float":
            return isinstance(value, (int, float)) and 0 <= value <= MAX_TERM
        return isinstance(value, str) and "\0" not in value


class PaydoxCaseStep(models.Model):
    _inherit = "paydox.case.step"

    # === HELPERS === #

    def _is_taken_out(self):
        """Whether somebody took the step out of the case."""
        self.ensure_one()
        return self.state == "cancelled" and not self.is_closed_with_case

    def _get_kept_before(self, kept):
        """The steps of ``kept`` before this one; a step that is not kept stands for those before it."""
        self.ensure_one()
        found, frontier, seen = self.browse(), self.predecessor_ids, self
        while frontier:
            found |= frontier & kept
            seen |= frontier
            frontier = (frontier - kept).predecessor_ids - seen
        return found
