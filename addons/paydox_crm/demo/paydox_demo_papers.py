import io
from datetime import timedelta

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from odoo import api, fields, models

from odoo.addons.paydox_edms.tools.pdf_fonts import get_fonts

# (counterparty, kind, name, day of the story, term in days from that day or None, who keeps it)
PAPERS = [
    ("sever", "charter", "Устав ООО «Северный ветер»", 20, None, "lawyer"),
    ("sever", "register_extract", "Выписка из ЕГРЮЛ", 380, 365, "lawyer"),
    ("sphere", "charter", "Устав АО «Сфера Телеком»", 25, None, "lawyer"),
    ("sphere", "register_extract", "Выписка из ЕГРЮЛ", 40, 365, "lawyer"),
    ("sphere", "licence", "Лицензия на услуги связи", 60, 355, "lawyer"),
    ("sibir", "charter", "Устав ООО «СибСтройКомплект»", 30, None, "clerk"),
    ("sibir", "register_extract", "Выписка из ЕГРЮЛ", 10, 365, "clerk"),
    ("volga", "register_extract", "Выписка из ЕГРЮЛ", 300, 365, "clerk"),
    ("carpat", "charter", "Act constitutiv Carpat Mobila", 35, None, "ana"),
    ("carpat", "register_extract", "Certificat constatator", 200, 365, "ana"),
    ("dunarea", "charter", "Act constitutiv Dunărea Construct", 45, None, "ana"),
    ("aurora", "charter", "Act constitutiv Aurora IT Servicii", 50, None, "ana"),
    ("aurora", "register_extract", "Certificat constatator", 35, 365, "ana"),
    ("harbour", "charter", "Articles of Association", 70, None, "john"),
]
# (counterparty, kind, type, reason, day of the story)
EXCEPTIONS = [
    ("harbour", "register_extract", "not_required", "The public register is read online", 75),
    ("dunarea", "register_extract", "refused", "Îl trimit după semnarea contractului", 320),
]


class PaydoxDemo(models.AbstractModel):
    """Papers of the counterparties: complete, missing, ending, over, refused."""

    _inherit = "paydox.demo"

    @api.model
    def _load_papers(self):
        start = self._get_story_start()
        self.env.ref("paydox_crm.paydox_dossier_rule_organisation").active = True
        steps = [(row[3], self._add_paper, row) for row in PAPERS]
        steps += [(row[4], self._add_exception, row) for row in EXCEPTIONS]
        with self._time_machine() as go_to:
            for day, act, row in sorted(steps, key=lambda step: step[0]):
                go_to(start + timedelta(days=day))
                act(row)

    @api.model
    def _add_paper(self, row):
        partner, kind, name, _day, term, keeper = row
        user = self.env.ref(f"paydox_edms.user_{keeper}")
        today = fields.Date.context_today(self)
        paper = (
            self._quiet()
            .env["paydox.document"]
            .with_user(user)
            .create(
                {
                    "name": name,
                    "kind_id": self.env.ref(f"paydox_crm.paydox_document_kind_{kind}").id,
                    "partner_id": self.env.ref(f"paydox_crm.partner_{partner}").id,
                    "responsible_id": user.id,
                    "date": today,
                    "valid_from": today,
                    "valid_to": term and today + timedelta(days=term),
                }
            )
        )
        paper.add_version(f"{kind}.pdf", self._draw_page(name), "")

    @api.model
    def _draw_page(self, text):
        """A page that can be looked at; what stands in it is the name of the paper."""
        font, _bold = get_fonts()
        page = io.BytesIO()
        drawing = Canvas(page, pagesize=A4, invariant=1)
        drawing.setFont(font, 18)
        drawing.drawString(72, 740, text)
        drawing.save()
        return page.getvalue()

    @api.model
    def _add_exception(self, row):
        partner, kind, kind_of_exception, reason, _day = row
        self._quiet().env["paydox.dossier.exception"].with_user(self.env.ref("paydox_edms.user_lawyer")).create(
            {
                "partner_id": self.env.ref(f"paydox_crm.partner_{partner}").id,
                "kind_id": self.env.ref(f"paydox_crm.paydox_document_kind_{kind}").id,
                "type": kind_of_exception,
                "reason": reason,
                "date": fields.Date.context_today(self),
            }
        )
