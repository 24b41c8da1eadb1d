from collections import defaultdict, namedtuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.paydox_edms.tools.arguments import to_id

from ..tools.funnel_scope import to_plain

MAX_DEPARTMENTS = 50
# Acts that are decided by the term of a person; reading and votes have sheets of their own.
DECISIONS = ("approve", "confirm", "sign")

# A number of the dashboard: which records, the field that says whose they are (None: not by department), and the action that
# shows them.
Figure = namedtuple("Figure", "code name help model domain owner action")


class PaydoxDashboard(models.AbstractModel):
    """What the head of a company or a department asks in the morning: deals, what is overdue, what waits.

    Everything is counted for the calling user, with his record rules: a head sees his department, a director the company.
    Each number comes with the domain of its records. An addon adds a number by extending ``_get_figures``.
    """

    _name = "paydox.dashboard"
    _description = "Dashboard of the Head"

    @api.model
    @api.readonly
    def get_dashboard(self, department_id=None):
        """What the dashboard shows.

        :param int department_id: only this department and those below it
        :return: ``{"department_id", "generated_at", "departments": [{"id", "name"}], "tiles": [{"code", "name", "help",
            "count", "amount", "domain", "action"}], "funnel": None or as ``get_funnel``, "rows": [{"department_id", "name",
            "parents", "cells": [{"code", "count", "domain"}]}], "rows_left_out": number of departments without a row}``
        :rtype: dict
        """
        department = self._get_department(department_id)
        funnel = self._get_open_funnel(department)
        figures = self._get_figures(self._get_people(department), funnel)
        if not figures:
            raise AccessError(
                self.env._("The dashboard shows deals, instructions and decisions, and you may see none of them.")
            )
        groups = {figure.code: self._count(figure) for figure in figures}
        tiles = [
            {
                **{name: getattr(figure, name) for name in ("code", "name", "help", "action")},
                "count": sum(groups[figure.code].values()),
                "amount": funnel["amount"]
                if figure.model == "crm.lead" and funnel["domain"] == figure.domain
                else None,
                "domain": figure.domain,
            }
            for figure in figures
        ]
        rows, left_out = self._build_rows(figures, groups)
        return {
            "department_id": department.id,
            "generated_at": fields.Datetime.to_string(fields.Datetime.now()),
            "departments": self._get_departments(),
            "tiles": tiles,
            "funnel": funnel,
            "rows": rows,
            "rows_left_out": left_out,
        }

    # === FIGURES ===#

    @api.model
    def _get_open_funnel(self, department):
        """The open deals, for who may see a funnel at all."""
        if not self.env["paydox.deal.status.event"].has_access("read"):
            return None
        domain = [("department_id", "child_of", department.id)] if department else []
        return self.env["paydox.funnel"].get_funnel(domain, mode="snapshot")

    @api.model
    def _get_figures(self, people, funnel):
        """Hook: the numbers that the user may see, in their order.

        :param people: ids of the users who work in the chosen department; None for everybody
        :param funnel: the open deals of that department; None for who may see no funnel
        """
        figures = self._get_deal_figures(funnel) if funnel else []
        if self.env["paydox.approval.line"].has_access("read"):
            figures += self._get_decision_figures(people)
        if self.env["paydox.instruction"].has_access("read"):
            figures.append(self._get_instruction_figure(people))
        return figures

    @api.model
    def _get_deal_figures(self, funnel):
        today = fields.Date.to_string(fields.Date.context_today(self))
        action = "paydox_funnel.crm_lead_action_funnel_deals"
        late = ["&", ["date_deadline", "<", today], *funnel["domain"]]
        return [
            Figure(
                "deals", self.env._("Open deals"), self.env._("Deals as they stand now, whenever they were created"),
                "crm.lead", funnel["domain"], "department_id", action,
            ),
            Figure(
                "deals_late", self.env._("Closing overdue"), self.env._("Open deals whose expected closing has passed"),
                "crm.lead", late, "department_id", action,
            ),
        ]  # fmt: skip

    @api.model
    def _get_decision_figures(self, people):
        awaited = Domain("state", "=", "pending") & Domain("kind", "in", DECISIONS)
        if people is not None:
            awaited &= Domain("user_id", "in", people)
        late = awaited & Domain("deadline", "<", fields.Datetime.to_string(fields.Datetime.now()))
        action = "paydox_edms.paydox_approval_line_action_delays"
        return [
            Figure(
                "mine", self.env._("For you to decide"), self.env._("Whatever waits for your own decision"),
                "paydox.approval.line", [["can_decide", "=", True]], None,
                "paydox_edms.paydox_approval_line_action_inbox",
            ),
            Figure(
                "decisions", self.env._("Approvals waiting"), self.env._("Decisions that people are asked for now"),
                "paydox.approval.line", to_plain(awaited), "user_id", action,
            ),
            Figure(
                "decisions_late", self.env._("Overdue decisions"), self.env._("Decisions that wait beyond their term"),
                "paydox.approval.line", to_plain(late), "user_id", action,
            ),
        ]  # fmt: skip

    @api.model
    def _get_instruction_figure(self, people):
        late = Domain("state", "in", ("assigned", "in_progress"))
        late &= Domain("deadline", "<", fields.Datetime.to_string(fields.Datetime.now()))
        if people is not None:
            late &= Domain("executor_id", "in", people)
        return Figure(
            "instructions_late", self.env._("Overdue instructions"), self.env._("Open instructions whose term is over"),
            "paydox.instruction", to_plain(late), "executor_id", "paydox_edms.paydox_instruction_action_overdue",
        )  # fmt: skip

    # === COUNTING ===#

    @api.model
    def _count(self, figure):
        """``{id of whom or what the records are of, or False: how many}``"""
        records = self.env[figure.model].with_context(active_test=False)
        if not figure.owner:
            return {False: records.search_count(figure.domain)}
        return {owner.id: count for owner, count in records._read_group(figure.domain, [figure.owner], ["__count"])}

    @api.model
    def _build_rows(self, figures, groups):
        """(The same numbers by department, each cell with its part of the records; how many departments have no row)"""
        figures = [figure for figure in figures if figure.owner]
        places = self._get_places({owner for f in figures if f.owner != "department_id" for owner in groups[f.code]})
        owners = {figure.code: defaultdict(list) for figure in figures}
        for figure in figures:
            for owner in groups[figure.code]:
                place = owner if figure.owner == "department_id" else places.get(owner, False)
                owners[figure.code][place].append(owner)
        found = {place for parts in owners.values() for place in parts}
        # sudo: as in any grouped list, the user may see the name of the group his records are in
        departments_sudo = {d.id: d for d in self.env["hr.department"].sudo().browse(filter(None, found))}
        ordered = sorted(found - {False}, key=lambda place: departments_sudo[place].display_name)
        rows = [
            {
                "department_id": place,
                "name": departments_sudo[place].name if place else self.env._("No department"),
                "parents": departments_sudo[place].parent_id.display_name or "" if place else "",
                "cells": [
                    {
                        "code": figure.code,
                        "count": sum(groups[figure.code][owner] for owner in owners[figure.code][place]),
                        "domain": ["&", [figure.owner, "in", owners[figure.code][place]], *figure.domain],
                    }
                    for figure in figures
                ],
            }
            for place in (*ordered[:MAX_DEPARTMENTS], *({False} & found))
        ]
        return rows, max(0, len(ordered) - MAX_DEPARTMENTS)

    # === DEPARTMENTS ===#

    @api.model
    def _get_department(self, department_id):
        departments = self.env["hr.department"]
        if not department_id:
            return departments
        department = departments.browse(to_id(department_id)).exists()
        if not department or not department.has_access("read"):
            raise UserError(self.env._("There is no such department any more. Choose another one."))
        return department

    @api.model
    def _get_departments(self):
        departments = self.env["hr.department"]
        if not departments.has_access("read"):
            return []
        found = departments.search([("company_id", "in", [False, *self.env.companies.ids])])
        return [{"id": each.id, "name": each.display_name} for each in found.sorted("display_name")]

    @api.model
    def _get_people(self, department):
        """Ids of the users who work in the department or below it; None when no department is chosen."""
        if not department:
            return None
        # sudo: where a colleague works is no secret, but employees are not readable for everybody
        employees_sudo = self.env["hr.employee"].sudo()
        found = employees_sudo.search([("department_id", "child_of", department.id), ("user_id", "!=", False)])
        return sorted(found.user_id.ids)

    @api.model
    def _get_places(self, user_ids):
        """``{user id: department id}`` in the companies that are selected."""
        # sudo: as above
        employees_sudo = self.env["hr.employee"].sudo()
        people = Domain("user_id", "in", list(user_ids)) & Domain("company_id", "in", self.env.companies.ids)
        found = employees_sudo.search_fetch(people, ["user_id", "department_id"], order="id desc")
        return {employee.user_id.id: employee.department_id.id for employee in found}
