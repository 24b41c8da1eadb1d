import base64
from datetime import timedelta

from odoo import api, models
from odoo.fields import Command

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SERVICE = ("lawyer", "head", "john", "manager")
ADDRESS = {
    "delivery_address": "Кишинёв, ул. Индустриальная, 12",
    "delivery_date": "2027-03-01",
    "payment": "Prepayment",
}

# (days ago, template, who starts, subject, values, what happened: (hours later, who, verb, arguments))
CASES = [
    (40, "order", "manager", "Заказ № 118: насосы для котельной", {}, [
        (2, "manager", "done", ("check", "Всё есть на складе")), (4, "manager", "data", (ADDRESS,)),
        (5, "manager", "done", ("agree", "Согласовано с главным инженером")), (26, "manager", "done", ("invoice", "")),
        (50, "manager", "done", ("ship", "Отгружено, накладная 118")), (52, "manager", "done", ("papers", "")),
        (70, "manager", "done", ("paid", "Оплачено полностью")), (72, "manager", "close", ("reached", ""))]),
    (26, "claim", "lawyer", "Насос течёт после недели работы", {"cause_id": "quality", "claimant_role": "customer",
        "product": "Насос P-40", "origin": "mail", "essence": "Через неделю после пуска насос потёк, просят замену."}, [
        (1, "lawyer", "take", ()), (2, "lawyer", "done", ("take", "Клиенту сообщено")),
        (26, "lawyer", "done", ("facts", "Фото и акт осмотра приложены")), (30, "lawyer", "done", ("explain", "Заводской брак")),
        (50, "lawyer", "done", ("cause", "")), (74, "lawyer", "done", ("decide", "Заменить, убытки не возмещать")),
        (76, "lawyer", "done", ("answer", "")), (77, "lawyer", "close", ("partly", ""))]),
    (24, "claim", "head", "Недостача двух насосов в поставке", {"claimant_role": "customer", "product": "Насос P-15",
        "origin": "phone", "priority": "1", "essence": "В поставке не хватает двух насосов из двенадцати."}, [
        (1, "head", "take", ()), (3, "head", "done", ("take", "")), (28, "head", "done", ("facts", "")),
        (30, "head", "ask", ("manager", "Кто принимал груз на складе?")), (34, "manager", "reply", ("Кладовщик, акт у него.",)),
        (49, "head", "ask", ("manager", "Пришлите, пожалуйста, акт приёмки."))]),
    (6, "order", "ana", "Comandă: 12 pompe pentru stația de pompare", {}, [
        (2, "ana", "done", ("check", "Avem 12 bucăți")), (20, "ana", "data", (ADDRESS,)), (21, "ana", "done", ("agree", "Adresa este confirmată")),
        (23, "ana", "ask", ("accountant", "Când emitem factura?")), (25, "accountant", "reply", ("Mâine dimineață.",)),
        (48, "ana", "done", ("invoice", "")), (50, "ana", "ask", ("accountant", "A venit plata?"))]),
    (1, "request", "john", "Start-up of the pumping station", {"product": "Pumping station", "origin": "phone",
        "essence": "The customer asks for a specialist for the start-up."}, [
        (1, "john", "take", ()), (2, "john", "done", ("take", "I take it"))]),
]  # fmt: skip
CONTRACT = "Договор поставки насосов"


class PaydoxDemo(models.AbstractModel):
    """Cases of the office: orders, claims, a service request, a contract that is being executed."""

    _inherit = "paydox.demo"

    @api.model
    def _load_cases(self):
        with self._time_machine() as go_to:
            end = self._get_story_end()
            go_to(end - timedelta(days=50))
            self._man_demo_service()
            buyer = self._create_buyer()
            self._start_contract(buyer)
            for days, template, person, subject, values, story in CASES:
                moment = end - timedelta(days=days)
                go_to(moment)
                case = self._start_demo_case(template, person, subject, buyer)
                case.write(self._prepare_demo_claim(values, buyer))
                for hours, actor, verb, arguments in story:
                    go_to(moment + timedelta(hours=hours))
                    getattr(self, f"_case_{verb}")(case.with_env(self._as_person(actor)), *arguments)
            go_to(end - timedelta(hours=20))
            self._file_claim(buyer)

    @api.model
    def _man_demo_service(self):
        group = self.env.ref("paydox_edms.paydox_edms_group_service")
        group.user_ids = [Command.set([self.env.ref(f"paydox_edms.user_{login}").id for login in SERVICE])]

    @api.model
    def _create_buyer(self):
        """A client with a contact person who logs in to the portal as client / client."""
        buyer = (
            self._quiet()
            .env["res.partner"]
            .create({"name": "Aqua Term SRL", "is_company": True, "email": "office@aquaterm.example.com"})
        )
        self._quiet().env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": "Victor Munteanu",
                "login": "client",
                "password": "client",
                "email": "client@aquaterm.example.com",
                "parent_id": buyer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        return buyer

    @api.model
    def _start_demo_case(self, template, person, subject, buyer, record=None):
        env = self._as_person(person)
        template = env.ref(f"paydox_edms.paydox_case_template_{template}")
        action = template.action_start(record, {"name": subject, "partner_id": buyer.id})
        return env["paydox.case"].browse(action["res_id"])

    @api.model
    def _prepare_demo_claim(self, values, buyer):
        values = dict(values)
        if "essence" in values:
            values["contact_id"] = buyer.child_ids.id
        if cause := values.get("cause_id"):
            values["cause_id"] = self.env.ref(f"paydox_edms.paydox_case_cause_{cause}").id
        return values

    @api.model
    def _start_contract(self, buyer):
        document = self._as_person("lawyer")["paydox.document"].create(
            {
                "name": CONTRACT,
                "kind_id": self.env.ref("paydox_edms.paydox_document_kind_contract").id,
                "partner_id": buyer.id,
                "confidentiality": "open",
            }
        )
        case = self._start_demo_case("contract", "lawyer", CONTRACT, buyer, document)
        self._case_ask(case, "accountant", "График платежей уже в плане?")

    @api.model
    def _file_claim(self, buyer):
        """The client files a claim with a photo himself."""
        client = buyer.child_ids.user_ids
        values = {
            "subject": "Нет паспорта изделия",
            "essence": "В ящике с насосом не оказалось паспорта. Фото упаковки прилагаю.",
            "product": "Насос P-40",
            "contact": client.partner_id,
        }
        self._quiet().with_user(client).env["paydox.case"]._register_outside(
            self.env.ref("paydox_edms.paydox_case_template_claim"), values, [("photo.png", PHOTO)], "demo"
        )

    # === VERBS OF THE STORY === #

    @api.model
    def _case_take(self, case):
        case.action_take()

    @api.model
    def _case_data(self, case, values):
        case.properties = values

    @api.model
    def _case_done(self, case, code, report):
        case.step_ids.filtered(lambda step: step.code == code).action_done(report)

    @api.model
    def _case_ask(self, case, login, text):
        case.action_ask(self.env.ref(f"paydox_edms.user_{login}"), text)

    @api.model
    def _case_reply(self, case, text):
        case.action_reply(text)

    @api.model
    def _case_close(self, case, result, note):
        case.action_close(self.env.ref(f"paydox_edms.paydox_case_result_{result}"), note, cancel_open=True)
