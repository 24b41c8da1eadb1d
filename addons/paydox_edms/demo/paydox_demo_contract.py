from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.paydox_edms.tools.sign_proof import SignProof

LANDLORD = "Imobiliare Nord SRL"
LEASE = "Аренда офиса"
AGREEMENT = "Дополнительное соглашение: Аренда офиса"
DRAFT = "Обслуживание кондиционеров"
POWER = "Доверенность на право подписи писем"
# (name, days from the contract, amount, done)
POINTS = [
    ("Оплата за первый квартал", 10, 9_000, True),
    ("Оплата за второй квартал", 100, 9_000, True),
    ("Оплата за третий квартал", 190, 9_000, False),
    ("Оплата за четвёртый квартал", 260, 9_000, False),
]
JOURNAL = {"name": "Журнал внутренних документов", "code": "ВН", "number_pattern": "{journal}-{year}/{seq:04}"}
READERS = ("head", "lawyer", "accountant")
VOTERS = ("director", "head", "accountant")


class PaydoxDemo(models.AbstractModel):
    """A contract and what becomes of it, and the rest of what an office does in a year."""

    _inherit = "paydox.demo"

    @api.model
    def _load_contract(self):
        with self._time_machine() as go_to:
            end = self._get_story_end()
            self._configure_office()
            go_to(end - timedelta(days=200))
            power = self._give_power()
            lease = self._conclude_lease()
            go_to(end - timedelta(days=150))
            self._finish_points(lease)
            go_to(end - timedelta(days=80))
            self._amend_lease(lease)
            go_to(end - timedelta(days=20))
            self._finish_sheets(power)
            go_to(end - timedelta(days=3))
            self._send_draft_out()
            self._substitute()

    @api.model
    def _configure_office(self):
        """Memos are numbered in a journal; the director is the head; powers of attorney are confirmed by him."""
        manager = self._quiet().with_user(self.env.ref("base.user_admin")).env
        journal = manager["paydox.document.journal"].create(JOURNAL)
        journal.update_field_translations(
            "name", {lang: JOURNAL["name"] for lang, _name in self.env["res.lang"].get_installed()}
        )
        self._kind("memo").with_env(manager).journal_id = journal
        director = self.env.ref("paydox_edms.user_director")
        self.env.company.document_head_id = director
        route = manager["paydox.route"].create(
            {
                "name": "Доверенность: подпись директора",
                "step_ids": [
                    Command.create(
                        {"name": "Подпись директора", "kind": "sign", "user_ids": [Command.set(director.ids)]}
                    )
                ],
            }
        )
        route.action_publish()
        self._kind("attorney").with_env(manager).route_id = route

    @api.model
    def _kind(self, name):
        return self.env.ref(f"paydox_edms.paydox_document_kind_{name}")

    @api.model
    def _give_power(self):
        power = self._as_person("clerk")["paydox.document"].create(
            {
                "name": POWER,
                "kind_id": self._kind("attorney").id,
                "attorney_id": self.env.ref("paydox_edms.user_lawyer").id,
                "attorney_kind_ids": [Command.set(self._kind("outgoing_letter").ids)],
                "valid_from": fields.Date.today(),
                "valid_to": fields.Date.today() + timedelta(days=365),
            }
        )
        power.add_version("power.txt", POWER.encode(), "")
        power.action_submit()
        self._agree(power, "director")
        power.action_register()
        return power

    @api.model
    def _conclude_lease(self):
        """The contract of the office, paid by quarters."""
        accountant = self._as_person("accountant")
        partner = self.env["res.partner"].create(
            {"name": LANDLORD, "is_company": True, "email": "office@imobiliare-nord.example"}
        )
        today = fields.Date.today()
        lease = accountant["paydox.document"].create(
            {
                "name": LEASE,
                "kind_id": self._kind("contract").id,
                "partner_id": partner.id,
                "amount": 36_000,
                "valid_from": today,
                "valid_to": today + timedelta(days=364),
                "control_point_ids": [
                    Command.create(
                        {
                            "name": name,
                            "kind": "payment",
                            "date": today + timedelta(days=days),
                            "amount": amount,
                            "responsible_id": accountant.uid,
                        }
                    )
                    for name, days, amount, _done in POINTS
                ],
            }
        )
        self._confirm(lease, b"Contract of lease")
        return lease

    @api.model
    def _finish_points(self, lease):
        done = {name for name, _days, _amount, done in POINTS if done}
        lease.control_point_ids.filtered(lambda point: point.name in done).action_done()

    @api.model
    def _amend_lease(self, lease):
        """An agreement adds a room and its rent."""
        context = lease.action_new_agreement()["context"]
        values = {name.removeprefix("default_"): value for name, value in context.items()} | {
            "name": AGREEMENT,
            "amount": 2_400,
        }
        values["link_ids"] = [Command.create(values["link_ids"][0][2] | {"amount_effect": "add"})]
        self._confirm(lease.create(values), b"One more room")

    @api.model
    def _finish_sheets(self, power):
        """A sheet that everybody has read, and a vote that is over, with its protocol."""
        power.action_send_acquaintance(users=[self.env.ref(f"paydox_edms.user_{login}").id for login in READERS])
        for login in READERS:
            document = power.with_env(self._as_person(login))
            document.action_open_version()
            document.action_agree()
        memo = self._as_person("head")["paydox.document"].create(
            {"name": "О переезде в новый офис", "kind_id": self._kind("memo").id}
        )
        memo.add_version("memo.txt", "Предлагаю сравнить стоимость аренды.".encode(), "")
        memo.action_register()
        voters = [self.env.ref(f"paydox_edms.user_{login}").id for login in VOTERS]
        approval = memo.action_start_vote("Переезжаем весной?", users=voters, chairman=voters[0])
        options = approval.sudo().step_ids.vote_option_ids
        for login, option in zip(VOTERS, (options[0], options[0], options[1]), strict=True):
            memo.with_env(self._as_person(login)).action_vote(option.id)

    @api.model
    def _send_draft_out(self):
        """The landlord is asked for his remarks on a draft."""
        draft = self._as_person("lawyer")["paydox.document"].create(
            {
                "name": DRAFT,
                "kind_id": self._kind("contract").id,
                "partner_id": self.env["res.partner"].search([("name", "=", LANDLORD)], limit=1).id,
                "amount": 1_800,
            }
        )
        draft.add_version("draft.txt", b"Maintenance of air conditioning", "")
        draft.action_send_external(draft.partner_id, fields.Date.today() + timedelta(days=30))

    @api.model
    def _substitute(self):
        """The accountant goes on leave next month; the head of sales decides for her."""
        start = fields.Date.today() + timedelta(days=20)
        self._as_person("accountant")["paydox.substitution"].create(
            {
                "user_id": self.env.ref("paydox_edms.user_accountant").id,
                "substitute_id": self.env.ref("paydox_edms.user_head").id,
                "date_from": start,
                "date_to": start + timedelta(days=14),
                "note": "Отпуск",
            }
        )

    @api.model
    def _confirm(self, document, content):
        document.add_version("text.txt", content, "")
        document.action_register()
        document.action_submit()
        for login in ("lawyer", "director"):
            self._agree(document, login)

    @api.model
    def _agree(self, document, login):
        # As above: nobody is there who could type a password.
        document.with_env(self._as_person(login))._decide("agree", answer={"proof": SignProof("server")})
