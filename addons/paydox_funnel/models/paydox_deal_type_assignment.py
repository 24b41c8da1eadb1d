import heapq

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class PaydoxDealType(models.Model):
    """Assignment: who becomes responsible for a new deal of the type."""

    _inherit = "paydox.deal.type"

    assignment = fields.Selection(
        selection=[
            ("none", "By hand"),
            ("fixed", "Always the same person"),
            ("round_robin", "In turn"),
            ("least_loaded", "Who has the fewest open deals"),
        ],
        default="none",
        required=True,
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="paydox_deal_type_user_rel",
        column1="deal_type_id",
        column2="user_id",
        string="Responsible People",
        domain="[('share', '=', False)]",
    )
    assignment_position = fields.Integer(copy=False, help="How many deals were given in turn.")

    @api.constrains("assignment", "user_ids")
    def _check_assignment_users(self):
        for deal_type in self:
            if deal_type.assignment != "none" and not deal_type.user_ids:
                raise ValidationError(
                    self.env._("Deal type %(name)s assigns deals: choose the responsible people.", name=deal_type.name)
                )
            if deal_type.assignment == "fixed" and len(deal_type.user_ids) > 1:
                raise ValidationError(
                    self.env._(
                        "Deal type %(name)s always assigns the same person: leave one person in the list.",
                        name=deal_type.name,
                    )
                )

    # === BUSINESS METHODS ===#

    def _assign(self, leads):
        """Give each of ``leads`` a responsible person of this type; they are notified as by any assignment.

        A deal for which nobody is available stays without a responsible person and its head gets an activity.

        :return: the deals that were assigned
        """
        self.ensure_one()
        if self.assignment == "none" or not leads:
            return leads.browse()
        assigned = leads.browse()
        for company, company_leads in leads.grouped("company_id").items():
            users = self._get_available_users(company)
            if not users:
                company_leads._ask_for_assignment()
                continue
            chosen = getattr(self, f"_choose_{self.assignment}")(users, len(company_leads))
            for user, user_leads in _group(company_leads, chosen).items():
                user_leads.write({"user_id": user.id})
            assigned |= company_leads
        return assigned

    def _get_available_users(self, company):
        # sudo: a visitor of the website may not read users
        users = self.sudo().user_ids.filtered(lambda user: user.active and (not company or company in user.company_ids))
        return users.sorted("id").sudo(False)

    def _choose_fixed(self, users, count):
        return [users[0]] * count

    def _choose_round_robin(self, users, count):
        # One statement that also locks the row: two deals at the same instant get two numbers.
        self.flush_recordset(["assignment_position"])
        [[position]] = self.env.execute_query(
            SQL(
                """
                UPDATE paydox_deal_type SET assignment_position = COALESCE(assignment_position, 0) + %s
                 WHERE id = %s RETURNING assignment_position
                """,
                count,
                self.id,
            )
        )
        self.invalidate_recordset(["assignment_position"], flush=False)
        return [users[(position - count + index) % len(users)] for index in range(count)]

    def _choose_least_loaded(self, users, count):
        # sudo: the load is that of all deals, whoever asks
        load = dict(
            self.env["crm.lead"]
            .sudo()
            ._read_group([("user_id", "in", users.ids), ("won_status", "=", "pending")], ["user_id"], ["__count"])
        )
        queue = [(load.get(user.sudo(), 0), index) for index, user in enumerate(users)]
        heapq.heapify(queue)
        chosen = []
        for _number in range(count):
            deals, index = queue[0]
            chosen.append(users[index])
            heapq.heapreplace(queue, (deals + 1, index))
        return chosen


def _group(leads, users):
    """``{user: leads}`` for lists of the same length, so that each user costs one write."""
    groups = {}
    for lead, user in zip(leads, users, strict=True):
        groups[user] = groups.get(user, leads.browse()) | lead
    return groups
