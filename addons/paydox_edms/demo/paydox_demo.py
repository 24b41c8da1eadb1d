from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from odoo import api, models
from odoo.tools.misc import real_time

# The demo company has been at work for a little over a year.
STORY_DAYS = 395
OFFICE_LANGUAGE = "ru_RU"

LANGUAGES = {
    "paydox_edms.user_director": "ru_RU",
    "paydox_edms.user_manager": "ru_RU",
    "paydox_edms.user_lawyer": "ru_RU",
    "paydox_edms.user_clerk": "ru_RU",
    # The office keeps its papers in one language.
    "base.main_partner": "ru_RU",
    "base.user_admin": "en_US",
    "paydox_edms.user_john": "en_US",
    "paydox_edms.user_head": "ro_RO",
    "paydox_edms.user_ana": "ro_RO",
    "paydox_edms.user_accountant": "ro_RO",
}
NAMES = {
    "department_management": ("Руководство", "Conducere"),
    "department_sales": ("Отдел продаж", "Vânzări"),
    "department_sales_east": ("Продажи: Восток", "Vânzări Est"),
    "department_sales_west": ("Продажи: Запад", "Vânzări Vest"),
    "department_legal": ("Юридический отдел", "Juridic"),
    "department_accounting": ("Бухгалтерия", "Contabilitate"),
    "department_office": ("Канцелярия", "Registratură"),
    "route_contract": ("Договор: юрист, затем директор", "Contract: jurist, apoi director"),
    "route_contract_lawyer": ("Правовая проверка", "Verificare juridică"),
    "route_contract_director": ("Утверждение", "Aprobare"),
    "route_order": ("Приказ: подпись директора, ознакомление", "Decizie: semnătura directorului, luare la cunoștință"),
    "route_order_sign": ("Подпись директора", "Semnătura directorului"),
    "route_order_acquaint": ("Ознакомление", "Luare la cunoștință"),
}


class PaydoxDemo(models.AbstractModel):
    """Demo data that has a history: it is replayed through the public verbs, each at its own moment.

    Only the demo files of the manifests call it; a database without demo data holds nothing of it.
    """

    _name = "paydox.demo"
    _description = "Demo Data"

    @api.model
    def _load_terms(self, addon):
        """The words of an addon in all languages: Odoo loads them after the demo, whose cases and letters are written in them."""
        languages = [code for code, _name in self.env["res.lang"].get_installed() if code != "en_US"]
        self.env.flush_all()
        self.env["ir.module.module"]._load_module_terms([addon], languages)
        self.env.registry.clear_cache()
        self.env.invalidate_all()

    @api.model
    @contextmanager
    def _time_machine(self):
        """Give a function that sets the clock: of the code (freezegun) and of the transaction.

        freezegun is imported here, since only demo data needs it.
        """
        from freezegun import freeze_time  # noqa: PLC0415

        with freeze_time(self._get_story_start()) as frozen:

            def go_to(moment):
                self.env.flush_all()
                frozen.move_to(moment)
                self.env.cr._now = moment

            try:
                go_to(self._get_story_start())
                yield go_to
            finally:
                self.env.flush_all()
                self.env.cr._now = None

    @api.model
    def _get_story_start(self):
        return self._get_story_end() - timedelta(days=STORY_DAYS)

    @api.model
    def _get_story_end(self):
        """This morning, by the real clock also while the clock is turned back."""
        now = datetime.fromtimestamp(real_time(), tz=UTC).replace(tzinfo=None)
        return now.replace(hour=6, minute=0, second=0, microsecond=0)

    @api.model
    def _quiet(self):
        """The environment of the story: in the language of the office, and nobody gets mail for what is demo data."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return self.with_context(
            lang=OFFICE_LANGUAGE if OFFICE_LANGUAGE in installed else "en_US",
            mail_activity_quick_update=True,
            mail_auto_subscribe_no_notify=True,
            mail_notify_force_send=False,
            tracking_disable=True,
        )

    @api.model
    def _translate(self, xmlid, field_name, translations):
        """Translate a demo record into the languages that are installed.

        :param dict translations: ``{language code: text}``
        """
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        record = self.env.ref(xmlid)
        record.update_field_translations(
            field_name, {lang: text for lang, text in translations.items() if lang in installed}
        )

    @api.model
    def _configure(self):
        """Languages of the people and names of the routes, as far as the languages are installed."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for xmlid, lang in LANGUAGES.items():
            if lang in installed:
                self.env.ref(xmlid).lang = lang
        for xmlid, (russian, romanian) in NAMES.items():
            self._translate(f"paydox_edms.{xmlid}", "name", {"ru_RU": russian, "ro_RO": romanian})
