from odoo import api, models
from odoo.fields import Domain

# A message of more lines is read by nobody; the rest stands in the list that it leads to.
MAX_LINES = 100
ACTIVITY_LIMIT = 50


class PaydoxPaperDigest(models.AbstractModel):
    """The one message about all papers of a person that end, and what it puts on his list of work."""

    _name = "paydox.paper.digest"
    _description = "Message about Papers that End"

    @api.model
    def _send(self, user, paper_ids):
        """Tell a person of those of the papers that he may read and that are still to be renewed, the earliest end first.

        However many there are, only what is written into the message is loaded.
        """
        env = self.with_context(lang=user.lang, tz=user.tz).env
        # As the person, in whichever of his companies: a paper that he may not read is not spoken of.
        his = self.env["paydox.document"].with_user(user)
        his = his.with_context(lang=user.lang, tz=user.tz, allowed_company_ids=user.sudo().company_ids.ids)
        due = Domain("id", "in", paper_ids)
        lists = {
            validities: his.search(due & Domain("validity", "in", validities), order="valid_to, id", limit=MAX_LINES)
            for validities in (("expired",), ("valid", "expiring"))
        }
        expired, expiring = (papers.with_env(env) for papers in lists.values())
        if not expired and not expiring:
            return
        count = his.search_count(due & Domain("validity", "in", ("expired", "valid", "expiring")))
        body = env["ir.qweb"]._render(
            "paydox_crm.paper_digest",
            {
                "user": user,
                "expired": expired,
                "expiring": expiring,
                "rest": count - len(expired) - len(expiring),
                "base_url": (expired or expiring)[:1].get_base_url(),
            },
        )
        subject = env._("Papers of counterparties: %(count)s end or have ended", count=count)
        if user.email:
            # A mail, whatever the person chose for other messages: this notice cannot be opted out of.
            sender = user.company_id.email_formatted or user.email_formatted
            env["mail.mail"].create(
                {"subject": subject, "body_html": body, "email_to": user.email_formatted, "email_from": sender}
            )
        else:
            env["mail.thread"].message_notify(partner_ids=user.partner_id.ids, subject=subject, body=body)
        self._schedule(user, (expired | expiring)[:ACTIVITY_LIMIT])

    @api.model
    def _schedule(self, user, papers):
        """One activity for each paper that has none yet: to get the next one."""
        activity_type = self.env.ref("paydox_crm.mail_activity_type_paper")
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        domain = [
            ("res_model", "=", "paydox.document"),
            ("res_id", "in", papers.ids),
            ("activity_type_id", "=", activity_type.id),
        ]
        busy = set(activities.search(domain).mapped("res_id"))
        model_id = self.env["ir.model"]._get_id("paydox.document")
        activities.create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": model_id,
                    "res_id": paper.id,
                    "user_id": user.id,
                    "date_deadline": paper.valid_to,
                    "summary": paper.env._("Get the next one: %(paper)s", paper=paper.kind_id.name),
                }
                for paper in papers
                if paper.id not in busy
            ]
        )
