from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

from odoo.addons.paydox_edms.tools.arguments import to_id, to_text


class PaydoxCaseTemplate(models.Model):
    """Starting cases from a template."""

    _inherit = "paydox.case.template"

    can_start = fields.Boolean(compute="_compute_can_start", search="_search_can_start")
    case_ids = fields.One2many(comodel_name="paydox.case", inverse_name="template_id")
    case_count = fields.Integer(string="Cases", compute="_compute_case_count")
    old_case_count = fields.Integer(string="Running on Older Revisions", compute="_compute_case_count")

    # === COMPUTE METHODS === #

    @api.depends("state", "starter_group_ids")
    @api.depends_context("uid")
    def _compute_can_start(self):
        for template in self:
            template.can_start = template.state == "published" and template.active and template._is_starter()

    def _search_can_start(self, operator, value):
        if operator != "in":
            return NotImplemented
        groups = self.env.user.all_group_ids.ids
        domain = Domain("state", "=", "published") & (
            Domain("starter_group_ids", "=", False) | Domain("starter_group_ids", "in", groups)
        )
        return domain if True in value else ~domain

    @api.depends("case_ids")
    @api.depends_context("uid")
    def _compute_case_count(self):
        cases = self.env["paydox.case"]
        counts = dict(cases._read_group([("template_id", "in", self.ids)], ["template_id"], ["__count"]))
        for template in self:
            template.case_count = counts.get(template, 0)
            template.old_case_count = (
                cases.search_count([("template_id", "in", template._get_former().ids), ("state", "=", "running")])
                if template.state == "published"
                else 0
            )

    # === ACTIONS === #

    def action_start(self, record=None, vals=None, key=None):
        """Start a case, once per key.

        :param record: what it is about: a record, or ``[model, id]`` by RPC
        :param dict vals: ``name``, ``partner_id``, ``owner_id``, ``participant_ids``, ``viewer_ids``, ``properties``
        :param str key: says which start this is; the second call with the same key finds the case of the first
        :return: the action that opens the case
        """
        self.ensure_one()
        self.check_access("read")
        record = self._clean_subject(record)
        if key:
            key = f"call:{self.env.uid}:{to_text(key, 100)}"
        case = self._start_by_person(record, self._clean_start_values(vals), key)
        return case._get_open_action()

    def action_open_cases(self):
        """Open the cases of this revision and the former ones, by revision."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cases by Revision"),
            "res_model": "paydox.case",
            "views": [(False, "list"), (False, "form")],
            "domain": [("template_id", "in", (self | self._get_former()).ids)],
            "context": {"search_default_group_by_template": 1, "search_default_running": 1},
        }

    # === BUSINESS METHODS === #

    def _start_by_person(self, record, vals, key=None):
        """Start on behalf of the current user, who has to have the right."""
        self.ensure_one()
        if not self._is_starter():
            raise AccessError(
                self.env._(
                    "Cases “%(template)s” are started by other groups. Ask who manages the template.",
                    template=self.display_name,
                )
            )
        if record:
            record.check_access("read")
            vals = vals | {"res_model": record._name, "res_id": record.id}
            vals.setdefault("partner_id", record._get_case_partner().id)
        # sudo: cases are started by the engine; who may start was checked
        case_sudo = self.sudo()._start_one(vals, key)
        return self.env["paydox.case"].browse(case_sudo.id)

    @api.model
    def _start_one(self, vals, key=None):
        """The case that ``key`` stands for, started now or found. As superuser.

        :param dict vals: values of the case
        """
        self.ensure_one()
        cases = self.env["paydox.case"]
        if key and (case := cases.search([("start_key", "=", key)])):
            return case
        self._check_startable(vals)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                case = cases.create(self._prepare_case_values(vals) | {"start_key": key or False})
        except UniqueViolation as error:
            if error.diag.constraint_name != "paydox_case_start_key_uniq":
                raise
            # Started by another transaction meanwhile, which this one cannot see: the server runs the request again.
            raise ConcurrencyError(str(error)) from error
        case._begin(self.step_ids)
        return case

    def _check_startable(self, vals):
        if self.state != "published" or not self.active:
            raise UserError(
                self.env._("“%(template)s” is not published, so no case can start.", template=self.display_name)
            )
        if self.res_model and vals.get("res_model") != self.res_model:
            labels = dict(self._selection_res_model())
            raise UserError(
                self.env._(
                    "Cases “%(template)s” are about another thing: %(model)s. Start it from there.",
                    template=self.display_name,
                    model=labels.get(self.res_model, self.res_model),
                )
            )
        if self.company_id and vals.get("company_id", self.env.company.id) != self.company_id.id:
            raise UserError(
                self.env._(
                    "“%(template)s” serves %(company)s only.",
                    template=self.display_name,
                    company=self.company_id.name,
                )
            )

    def _prepare_case_values(self, vals):
        """Values of a new case; those given win."""
        company = self.env["res.company"].browse(vals.get("company_id")) or self.company_id or self.env.company
        now = fields.Datetime.now()
        owner = self.env["res.users"].browse(vals.get("owner_id")) or self.owner_id.filtered("active")
        owner = owner or self._get_default_owner()
        # Texts of one language: that of who leads the case.
        texts = self.with_context(lang=owner.lang or self.env.lang)
        deadline = False
        if self.term_value:
            steps = self.env["paydox.case.step"]
            unit = self.term_unit
            deadline = steps._plan_term(company, self.env["hr.employee"], now, self.term_value, unit)
        defaults = {
            "name": texts.name,
            "template_id": self.id,
            "template_revision": self.revision,
            "case_kind": self.case_kind,
            "goal": texts.goal,
            "author_id": self.env.uid,
            "owner_id": owner.id,
            "company_id": company.id,
            "state": "running",
            "started_at": now,
            "deadline": deadline,
        }
        return defaults | {name: value for name, value in vals.items() if value or name not in defaults}

    def _get_default_owner(self):
        """Who leads a case that names nobody: who starts it, unless that is a program."""
        user = self.env.user
        return user if user.active and not user.share else self.env.ref("base.user_admin")

    # === HELPERS === #

    def _is_starter(self):
        # sudo: the groups of the template decide, whoever asks
        groups = self.sudo().starter_group_ids
        return self.env.su or not groups or bool(groups & self.env.user.all_group_ids)

    def _clean_subject(self, record):
        """The subject that a caller named, or nothing."""
        nothing = self.env["paydox.case"]
        if not record:
            return nothing
        if isinstance(record, models.BaseModel):
            model, record_id = record._name, record.id
        elif isinstance(record, (list, tuple)) and len(record) == 2:
            model, record_id = record[0], to_id(record[1])
        else:
            raise UserError(self.env._("Say what the case is about: the model and the id."))
        if model not in dict(self._selection_res_model()):
            raise UserError(self.env._("Cases cannot be about such records."))
        found = self.env[model].browse(record_id).exists()
        if not found:
            raise UserError(self.env._("What the case is about was deleted. Refresh the page."))
        return found

    def _clean_start_values(self, vals):
        if vals and not isinstance(vals, dict):
            raise UserError(self.env._("The values of the case are given by their names."))
        vals = vals or {}
        clean = {}
        if name := to_text(vals.get("name"), 500):
            clean["name"] = name
        for field in ("partner_id", "owner_id"):
            if record_id := to_id(vals.get(field)):
                record = self.env[self.env["paydox.case"]._fields[field].comodel_name].browse(record_id).exists()
                record.check_access("read")
                clean[field] = record.id
        # sudo: the kind of the user is looked up
        if self.env["res.users"].browse(clean.get("owner_id")).sudo().share:
            raise UserError(self.env._("A case is led by an employee."))
        for field in ("participant_ids", "viewer_ids"):
            ids = vals.get(field)
            ids = [to_id(value) for value in ids] if isinstance(ids, (list, tuple)) else []
            users = self.env["res.users"].browse([value for value in ids if value]).exists()
            users.check_access("read")
            if users:
                clean[field] = [fields.Command.set(users.filtered(lambda user: not user.share).ids)]
        properties = vals.get("properties")
        if isinstance(properties, dict):
            known = {row["name"] for row in self.sudo().property_definition or []}  # sudo: the form of the template
            clean["properties"] = {name: value for name, value in properties.items() if name in known}
        return clean


class PaydoxCase(models.Model):
    _inherit = "paydox.case"

    # === ACTIONS === #

    def action_start(self):
        """Start cases that were prepared without a template."""
        self.check_access("write")
        self._check_lead()
        # sudo: the state is written by the engine only
        cases_sudo = self.sudo()
        cases_sudo._lock()
        for case_sudo in cases_sudo:
            if case_sudo.state != "draft":
                raise UserError(self.env._("%(case)s is started already.", case=case_sudo.display_name))
            if not case_sudo.step_ids:
                raise UserError(
                    self.env._("%(case)s has no step. Add what is to be done first.", case=case_sudo.display_name)
                )
        cases_sudo.write({"state": "running", "started_at": fields.Datetime.now()})
        for case_sudo in cases_sudo:
            case_sudo._begin()
        return True

    # === BUSINESS METHODS === #

    def _begin(self, template_steps=None):
        """Pin the steps, number the case, and start what can start."""
        self.ensure_one()
        if template_steps is not None:
            self._pin_steps(template_steps)
            self._check_start_data()
        self._give_numbers()
        self._touch()
        self._emit("case.started")
        self._advance()

    def _pin_steps(self, template_steps):
        """Copy the definition of the steps into the case."""
        self.ensure_one()
        ordered = template_steps.sorted(lambda step: (step.sequence, step.id))
        steps = self.env["paydox.case.step"].create(
            [
                step._prepare_pinned_values()
                | {
                    "case_id": self.id,
                    "company_id": self.company_id.id,
                    "sequence": position * 10,
                    "template_step_id": step.id,
                    "code": step.code,
                }
                for position, step in enumerate(ordered, start=1)
            ]
        )
        steps._pin_texts()
        pinned = dict(zip(ordered.ids, steps, strict=True))
        groups = {}
        for step in ordered:
            if before := tuple(pinned[other].id for other in step.predecessor_ids.ids if other in pinned):
                groups.setdefault(before, []).append(pinned[step.id].id)
        for before, ids in groups.items():
            steps.browse(ids).write({"predecessor_ids": [fields.Command.set(before)]})
        return steps

    def _check_start_data(self):
        """Refuse to start without the data that the form asks for at the start."""
        names = self.template_id.field_ids.filtered(lambda row: row.required_at == "start").mapped("property_name")
        if names and (missing := self._get_empty_labels(names)):
            raise UserError(
                self.env._(
                    "The case needs data to start. %(missing)s",
                    missing=self.env._("Fill in: %(fields)s.", fields=", ".join(missing)),
                )
            )

    def _emit(self, name):
        """Write the business event; the key names the move that it tells of."""
        self.env["paydox.event"]._emit_batch(
            name,
            [(case, f"{name}:{case.id}:{case.move_count}", case._prepare_event_payload()) for case in self],
        )

    def _prepare_event_payload(self):
        self.ensure_one()
        return {
            "template": self.template_id.code,
            "kind": self.case_kind,
            "result": self.result_id.id,
            "is_reached": self.is_reached,
            "res_model": self.res_model,
            "res_id": self.res_id,
        }

    def _get_open_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
