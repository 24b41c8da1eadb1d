from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

# (index, heading, department, years of retention; 0: permanent)
CASES = [
    ("01-05", "Приказы по основной деятельности", "management", 0),
    ("02-01", "Переписка с контрагентами", "office", 5),
]
# (code, name, kind); each lies in the one before
PLACES = [
    ("HQ", "Главный офис", "building"),
    ("HQ-12", "Комната 12", "room"),
    ("HQ-12-3", "Стеллаж 3", "rack"),
    ("HQ-12-3-7", "Коробка 7", "box"),
]
ORDER = "О графике отпусков на 2026 год"
CLAIM = "Претензия по качеству обслуживания"
QUESTION = "Признать претензию обоснованной?"
READERS = ("director", "head", "lawyer", "accountant", "manager", "ana", "john")
VOTERS = ("director", "head", "lawyer", "accountant")


class PaydoxDemo(models.AbstractModel):
    """Work of the office: cases of the nomenclature, papers, an order that everybody reads, a vote."""

    _inherit = "paydox.demo"

    @api.model
    def _load_office(self):
        with self._time_machine() as go_to:
            end = self._get_story_end()
            order, claim = self._find_document(ORDER), self._find_document(CLAIM)
            go_to(end - timedelta(days=90))
            self._file_papers(order)
            go_to(end - timedelta(days=60))
            self._acquaint(order)
            go_to(end - timedelta(days=2))
            self._vote(claim)

    @api.model
    def _find_document(self, subject):
        return self._as_person("clerk")["paydox.document"].search([("name", "=", subject)], limit=1)

    @api.model
    def _file_papers(self, order):
        """The clerk files the order and keeps its paper; the lawyer took the second copy and has not returned it."""
        env = order.env
        cases = env["paydox.nomenclature"].create(
            [
                {
                    "index": index,
                    "name": heading,
                    "department_id": self.env.ref(f"paydox_edms.department_{department}").id,
                    "retention": "years" if years else "permanent",
                    "retention_years": years or 5,
                }
                for index, heading, department, years in CASES
            ]
        )
        order.nomenclature_id = cases[0]
        place = env["paydox.paper.place"]
        for code, name, kind in PLACES:
            place = place.create({"code": code, "name": name, "kind": kind, "parent_id": place.id})
        order.write({"paper_policy": "required", "original_ids": [Command.create({}), Command.create({})]})
        order.original_ids.action_receive(place)
        lawyer = self.env.ref("paydox_edms.user_lawyer")
        order.original_ids[-1:].action_issue(lawyer.id, fields.Date.today() + timedelta(days=80))

    @api.model
    def _acquaint(self, order):
        """Most of those who were asked have read the order."""
        order.action_send_acquaintance(users=[self.env.ref(f"paydox_edms.user_{login}").id for login in READERS])
        for login in READERS[:5]:
            document = order.with_env(self._as_person(login))
            document.action_open_version()
            document.action_agree()

    @api.model
    def _vote(self, claim):
        """Two of four have voted on the claim."""
        voters = [self.env.ref(f"paydox_edms.user_{login}").id for login in VOTERS]
        approval = claim.action_start_vote(QUESTION, users=voters, chairman=voters[0])
        options = approval.sudo().step_ids.vote_option_ids
        for login, option in zip(VOTERS[:2], options, strict=False):
            claim.with_env(self._as_person(login)).action_vote(option.id)
