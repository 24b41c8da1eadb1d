from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from odoo import api, models
from odoo.tools.misc import real_time

# The demo company has been at work for a little over a year.
STORY_DAYS = 395


class PaydoxDemo(models.AbstractModel):
    """Demo data that has a history: it is replayed through the public verbs, each at its own moment.

    Only the demo files of the manifests call it; a database without demo data holds nothing of it.
    """

    _name = "paydox.demo"
    _description = "Demo Data"

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
        """The environment of the story: nobody gets mail for what happened in demo data."""
        return self.with_context(mail_notify_force_send=False, mail_auto_subscribe_no_notify=True, tracking_disable=True)

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
    def _speak(self, login_languages):
        """Give the demo users their languages, as far as these are installed."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for xmlid, lang in login_languages.items():
            if lang in installed:
                self.env.ref(xmlid).lang = lang
