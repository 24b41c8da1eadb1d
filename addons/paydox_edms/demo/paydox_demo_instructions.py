from datetime import timedelta

from odoo import api, models
from odoo.fields import Command

LETTER = "Претензия по качеству обслуживания"
QUERY = "Запрос коммерческого предложения"

# (days ago, author, subject, values, verbs: (hours later, who, verb, arguments)); people by login, terms in days from the gift
INSTRUCTIONS = [
    (70, "director", "Подготовить коммерческое предложение",
     {"executor_id": "head", "controller_id": "clerk", "deadline": 5, "about": QUERY, "helpers": ("accountant",)},
     [(4, "accountant", "part", "Цены согласованы"), (30, "head", "report", "Предложение отправлено заказчику"),
      (48, "clerk", "finish", ())]),
    (45, "director", "Проверить складские остатки", {"executor_id": "accountant", "deadline": 3},
     [(90, "accountant", "report", "Остатки сверены, расхождений нет")]),
    (20, "director", "Сравнить цены трёх поставщиков", {"executor_id": "john", "controller_id": "head", "deadline": 6},
     [(20, "john", "report", "Two suppliers answered"), (26, "head", "return", "Нужен и третий поставщик"),
      (70, "john", "report", "All three are compared"), (75, "head", "finish", ())]),
    (9, "head", "Actualizați lista de prețuri", {"executor_id": "ana", "deadline": 4}, [(5, "ana", "accept", ())]),
    (7, "director", "Заказать выставочный стенд", {"executor_id": "manager", "deadline": 6},
     [(6, "manager", "decline", "Бюджет на выставку не утверждён")]),
    (5, "head", "Pregătiți raportul de vânzări pe luna", {"executor_id": "ana", "controller_id": "head", "deadline": 4},
     [(50, "ana", "report", "Raportul este atașat la dosar")]),
    (3, "director", "Подготовить ответ на претензию",
     {"executor_id": "lawyer", "controller_id": "clerk", "deadline": 8, "about": LETTER, "priority": "1",
      "helpers": ("head", "accountant"), "is_report_required": True},
     [(2, "lawyer", "accept", ()), (20, "accountant", "part", "Расчёт убытков приложен"),
      (30, "lawyer", "extend", 12)]),
    (2, "director", "Call the biggest customers before the holidays", {"executor_id": "john", "deadline": 5, "kind": "call"}, []),
    (2, "head", "Quarterly review with the sales team",
     {"executor_id": "manager", "kind": "meeting", "start": 4, "helpers": ("ana", "john"), "location": "Room 12"}, []),
    (1, "clerk", "Разобрать входящую почту отдела", {"candidates": ("manager", "ana", "john"), "deadline": 3}, []),
    (1, "director", "Organizați inventarul anual", {"executor_id": "accountant", "deadline": 20},
     [(3, "accountant", "accept", ())]),
    (1, "director", "Отменённая поездка в филиал", {"executor_id": "manager", "deadline": 9},
     [(5, "director", "cancel", "Поездка перенесена на весну")]),
]  # fmt: skip
# A resolution that the clerk prepared waits for the director.
PREPARED = "Рассмотреть и дать предложения"
TEXTS = (
    ("For consideration", "К рассмотрению", "Spre analiză"),
    ("Prepare an answer", "Подготовить ответ", "Pregătiți răspunsul"),
    ("For execution", "К исполнению", "Spre executare"),
)


class PaydoxDemo(models.AbstractModel):
    """Instructions of the office in all their states, each by the person concerned."""

    _inherit = "paydox.demo"

    @api.model
    def _load_instructions(self):
        self._load_instruction_texts()
        with self._time_machine() as go_to:
            end = self._get_story_end()
            for days, author, subject, values, story in INSTRUCTIONS:
                moment = end - timedelta(days=days)
                go_to(moment)
                instruction = self._give_demo_instruction(moment, author, subject, values)
                for hours, person, verb, argument in story:
                    go_to(moment + timedelta(hours=hours))
                    self._act_on_instruction(instruction.with_env(self._as_person(person)), verb, argument)
            go_to(end - timedelta(hours=3))
            self._prepare_demo_resolution()

    @api.model
    def _load_instruction_texts(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for name, russian, romanian in TEXTS:
            text = self.env["paydox.instruction.text"].create({"name": name})
            words = {"ru_RU": russian, "ro_RO": romanian}
            text.update_field_translations("name", {lang: word for lang, word in words.items() if lang in installed})

    @api.model
    def _give_demo_instruction(self, moment, author, subject, values):
        vals = {key: value for key, value in values.items() if key not in ("about", "helpers", "candidates", "start")}
        for name in ("executor_id", "controller_id"):
            if name in vals:
                vals[name] = self._get_person(vals[name]).id
        if "deadline" in vals:
            vals["deadline"] = moment.replace(hour=14) + timedelta(days=vals["deadline"])
        if "start" in values:
            vals["start"] = moment.replace(hour=8) + timedelta(days=values["start"])
            vals["stop"] = vals["start"] + timedelta(hours=1)
        if "about" in values:
            vals |= {"res_model": "paydox.document", "res_id": self._find_document(values["about"]).id}
        vals["co_executor_ids"] = [
            Command.create({"user_id": self._get_person(login).id}) for login in values.get("helpers", ())
        ]
        vals["candidate_ids"] = [Command.set([self._get_person(login).id for login in values.get("candidates", ())])]
        vals |= {"name": subject, "author_id": self._get_person(author).id}
        # The engine gives it, as it does for cases: the director need not edit the letter to let people read it.
        return self._as_person(author)["paydox.instruction"]._assign_many([vals])

    @api.model
    def _act_on_instruction(self, instruction, verb, argument):
        if verb == "part":
            lines = instruction.co_executor_ids.filtered(lambda line: line.user_id == instruction.env.user)
            lines.action_report(argument)
        elif verb == "extend":
            deadline = instruction.deadline + timedelta(days=argument - 8)
            instruction.action_request_extension(deadline, "Ждём заключение экспертизы")
        elif argument:
            getattr(instruction, f"action_{verb}")(argument)
        else:
            getattr(instruction, f"action_{verb}")()

    @api.model
    def _prepare_demo_resolution(self):
        clerk = self._as_person("clerk")
        draft = clerk["paydox.instruction"].create(
            {
                "name": PREPARED,
                "author_id": self._get_person("director").id,
                "executor_id": self._get_person("head").id,
                "term_days": 5,
                "res_model": "paydox.document",
                "res_id": self._find_document(LETTER).id,
            }
        )
        draft.action_assign()

    @api.model
    def _get_person(self, login):
        return self.env.ref(f"paydox_edms.user_{login}")
