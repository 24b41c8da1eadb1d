from datetime import timedelta

from odoo import api, models

from odoo.addons.paydox_edms.tools.sign_proof import SignProof

# (days ago, kind, author, subject, text of the file, verbs: (who, verb, comment))
DOCUMENTS = [
    (96, "order", "clerk", "О графике отпусков на 2026 год", "Утвердить график отпусков согласно приложению.",
     [("clerk", "action_submit"), ("director", "action_agree"), ("head", "action_agree"), ("lawyer", "action_agree"),
      ("accountant", "action_agree"), ("clerk", "action_register")]),
    (71, "incoming_letter", "clerk", "Запрос коммерческого предложения", "Просим направить предложение на поставку оборудования.",
     [("clerk", "action_register"), ("clerk", "action_execute")]),
    (48, "memo", "accountant", "Notă privind plata furnizorilor", "Solicit aprobarea calendarului de plăți pentru luna curentă.",
     [("accountant", "action_register")]),
    (30, "outgoing_letter", "lawyer", "Response to the tax inspection", "Please find the requested explanations below.",
     [("clerk", "action_register")]),
    (12, "order", "clerk", "О назначении ответственного за пожарную безопасность", "Назначить ответственным руководителя отдела продаж.",
     [("clerk", "action_submit"), ("director", "action_agree")]),
    (6, "order", "clerk", "Despre programul de lucru de sărbători", "Se stabilește programul de lucru pentru perioada sărbătorilor.",
     [("clerk", "action_submit")]),
    (3, "incoming_letter", "clerk", "Претензия по качеству обслуживания", "Просим в течение десяти дней ответить по существу претензии.",
     [("clerk", "action_register")]),
    (2, "memo", "head", "Extra budget for the spring campaign", "The campaign needs a budget above the plan.", []),
    (1, "memo", "accountant", "Служебная записка о закупке бумаги", "Прошу закупить 40 пачек бумаги.", [("accountant", "action_cancel")]),
]  # fmt: skip


class PaydoxDemo(models.AbstractModel):
    """Letters, orders and memos of the office."""

    _inherit = "paydox.demo"

    @api.model
    def _load_documents(self):
        with self._time_machine() as go_to:
            end = self._get_story_end()
            for days, kind, author, subject, text, verbs in DOCUMENTS:
                moment = end - timedelta(days=days)
                go_to(moment)
                document = self._as_person(author)["paydox.document"].create(
                    {"name": subject, "kind_id": self.env.ref(f"paydox_edms.paydox_document_kind_{kind}").id}
                )
                document.add_version("text.txt", text.encode(), "")
                for hours, (person, verb) in enumerate(verbs, start=1):
                    go_to(moment + timedelta(hours=hours))
                    self._act(document.with_env(self._as_person(person)), verb)

    @api.model
    def _act(self, document, verb):
        if verb == "action_agree":
            # Loaded from the screen of applications there is a request, but nobody who could type a password.
            document._decide("agree", answer={"proof": SignProof("server")})
        else:
            getattr(document, verb)()

    @api.model
    def _as_person(self, login):
        return self._quiet().with_user(self.env.ref(f"paydox_edms.user_{login}")).env
