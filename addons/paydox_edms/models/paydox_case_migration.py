import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class PaydoxCase(models.Model):
    """Moving a case to the revision of its template that is in use: shown first, then all or nothing."""

    _inherit = "paydox.case"

    has_newer_revision = fields.Boolean(
        compute="_compute_has_newer_revision",
        search="_search_has_newer_revision",
        help="The template has a newer revision than the one the case runs on.",
    )

    # === COMPUTE METHODS === #

    @api.depends("template_id.state")
    def _compute_has_newer_revision(self):
        for case in self:
            case.has_newer_revision = case.state == "running" and case.template_id.state == "outdated"

    def _search_has_newer_revision(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "running") & Domain("template_id.state", "=", "outdated")
        return domain if True in value else ~domain

    # === ACTIONS === #

    def action_preview_migration(self):
        """What would happen to each step, without doing it.

        :return: ``{"key", "from", "to", "steps": [{"step_id", "name", "action", "reason"}]}``; ``action`` is ``keep``,
            ``change``, ``add`` or ``remove``
        """
        self.ensure_one()
        self._check_lead()
        # sudo: what is planned depends on the templates, not on who asks
        return self.sudo()._preview_migration()

    def action_migrate(self, key=None):
        """Move the case to the current revision, all or nothing.

        :param str key: that of the preview, so that nothing else happens than what was shown
        """
        self.ensure_one()
        self._check_lead()
        # sudo: steps are written by the engine only
        case_sudo = self.sudo()
        case_sudo._lock()
        plan = case_sudo._plan_migration()
        if not key or key != plan["key"]:
            raise UserError(
                self.env._(
                    "%(case)s has to be looked at again: what would happen was not shown, or the case changed since.",
                    case=self.display_name,
                )
            )
        with self.env.cr.savepoint():
            case_sudo._migrate(plan)
        return True

    def action_open_migration(self):
        """Open the window that shows what would happen to each step."""
        for case in self:
            case._check_lead()
        return self._get_window(
            "paydox.case.migrate", self.env._("Move to the Current Revision"), {"default_case_ids": self.ids}
        )

    # === PLAN === #

    def _preview_migration(self):
        plan = self._plan_migration()
        return {
            "key": plan["key"],
            "from": self.template_revision,
            "to": plan["target"].revision,
            "steps": [
                {
                    "step_id": row["step"].id,
                    "name": (row["step"] or row["new"]).name,
                    "action": row["action"],
                    "reason": row["reason"],
                }
                for row in plan["rows"]
            ],
        }

    def _plan_migration(self):
        """Rows ``{"step", "new", "action", "reason"}``, in the order of the new list."""
        self.ensure_one()
        target = self._get_migration_target()
        latest = {
            step.code: step for step in self.step_ids.sorted(lambda step: (step.run_number, step.id)) if step.code
        }
        rows, used = [], self.env["paydox.case.step"]
        for new in target.step_ids.sorted(lambda step: (step.sequence, step.id)):
            step = latest.get(new.code, used.browse())
            rows.append(self._plan_step(step, new, target))
            used |= self.step_ids.filtered(lambda other, new=new: other.code == new.code)
        rows += [self._plan_leftover(step, target) for step in self.step_ids - used]
        return {"target": target, "rows": rows, "key": self._get_plan_key(target, rows)}

    def _get_migration_target(self):
        if self.state != "running":
            raise UserError(self.env._("%(case)s is not running, so it stays as it is.", case=self.display_name))
        if not self.template_id:
            raise UserError(self.env._("%(case)s has no template.", case=self.display_name))
        target = self.template_id._get_current()
        if target == self.template_id or target.state != "published":
            raise UserError(self.env._("%(case)s runs on the current revision already.", case=self.display_name))
        return target

    def _plan_step(self, step, new, target):
        row = {"step": step, "new": new, "action": "keep", "reason": False}
        if not step:
            return row | {
                "action": "add",
                "reason": self.env._("New in revision %(number)s.", number=target.revision),
            }
        changed = step._get_changed_labels(new)
        moved = step._get_changed_place(new)
        if step.state in ("waiting", "ready"):
            if changed or moved:
                what = ", ".join([*changed, *([self.env._("its place in the order")] if moved else [])])
                return row | {"action": "change", "reason": self.env._("Changes: %(what)s.", what=what)}
            return row
        if changed:
            labels = dict(step._fields["state"]._description_selection(self.env))
            row["reason"] = self.env._(
                "It is “%(state)s” already, so it stays as it was started; not taken over: %(what)s.",
                state=labels[step.state],
                what=", ".join(changed),
            )
        return row

    def _plan_leftover(self, step, target):
        row = {"step": step, "new": target.step_ids.browse(), "action": "keep", "reason": False}
        if not step.code:
            return row | {"reason": self.env._("It was added to this case only and stays.")}
        if step.state in ("waiting", "ready"):
            return row | {
                "action": "remove",
                "reason": self.env._("It is not in revision %(number)s any more.", number=target.revision),
            }
        return row | {
            "reason": self.env._(
                "It is not in revision %(number)s any more, but was started before: it stays.", number=target.revision
            )
        }

    def _get_plan_key(self, target, rows):
        """What the plan was made of; another key when the case or the template changed since."""
        facts = [
            self.id,
            target.id,
            self.template_id.id,
            [(row["step"].id, row["step"].state, row["new"].id, row["action"], row["reason"]) for row in rows],
        ]
        return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()[:32]

    # === MOVE === #

    def _migrate(self, plan):
        target = plan["target"]
        by_code = {}
        for row in plan["rows"]:
            step, new = row["step"], row["new"]
            if row["action"] == "add":
                step = self._pin_new_step(new)
            elif row["action"] == "change":
                step.write(new._prepare_pinned_values() | {"problem": False, "state": "waiting"})
            elif row["action"] == "remove":
                step._leave_out("cancelled", row["reason"])
            if new:
                step.write({"template_step_id": new.id, "section_id": new.section_id.id})
                by_code[new.code] = step
        self._get_taken_over(plan, by_code)._pin_texts()
        self._place_migrated(plan, by_code)
        values = dict(self.properties._values or {})
        self.write(
            {
                "template_id": target.id,
                "template_revision": target.revision,
                # As a plain dict: what fields of the former form hold is kept in the database.
                "properties": self._fill_defaults(values, target),
                "case_kind": target.case_kind,
            }
        )
        self._touch()
        self._message_log(
            body=self.env._(
                "Moved to revision %(number)s of the template.",
                number=target.revision,
            )
        )
        self._propose_closing()
        self._advance(retry=True)

    def _pin_new_step(self, new):
        return self.env["paydox.case.step"].create(
            new._prepare_pinned_values()
            | {
                "case_id": self.id,
                "company_id": self.company_id.id,
                "template_step_id": new.id,
                "code": new.code,
            }
        )

    @api.model
    def _get_taken_over(self, plan, by_code):
        """The steps that say what the new revision says; the others stay as they were started."""
        codes = [row["new"].code for row in plan["rows"] if row["action"] in ("add", "change")]
        return self.env["paydox.case.step"].union(*(by_code[code] for code in codes))

    def _place_migrated(self, plan, by_code):
        """The order of the new revision; steps of this case only stay after what they came after."""
        own = [row["step"] for row in plan["rows"] if not row["new"]]
        for row in plan["rows"]:
            new = row["new"]
            if not new or by_code[new.code].state not in ("waiting", "ready"):
                continue
            before = [by_code[other.code].id for other in new.predecessor_ids]
            step = by_code[new.code]
            # A step that somebody put in between for this case still comes before.
            kept = [other.id for other in step.predecessor_ids if other in own and not other.code]
            if set(step.predecessor_ids.ids) != {*before, *kept}:
                step.write({"predecessor_ids": [fields.Command.set([*before, *kept])]})
        places = {step: position * 10 for position, step in enumerate(by_code.values(), start=1)}
        for step in own:
            last = max((places[other] for other in step.predecessor_ids if other in places), default=0)
            places[step] = last + 5
        for step, sequence in places.items():
            step.sequence = sequence

    @api.model
    def _fill_defaults(self, values, target):
        defaults = {row["name"]: row["default"] for row in target.property_definition or [] if "default" in row}
        return {**defaults, **values}


class PaydoxCaseStep(models.Model):
    _inherit = "paydox.case.step"

    # === HELPERS === #

    def _get_changed_labels(self, new):
        """Names of the fields of the definition that differ in the other revision."""
        values = new._prepare_pinned_values()
        labels = []
        for name in values:
            if name in ("sequence", "section_id"):
                continue
            field = self._fields[name]
            mine, theirs = self[name], new[name]
            same = mine == theirs if field.relational else (mine or False) == (theirs or False)
            if not same:
                labels.append(field._description_string(self.env))
        return labels

    def _get_changed_place(self, new):
        mine = {step.code for step in self.predecessor_ids if step.code}
        return mine != set(new.predecessor_ids.mapped("code"))
