from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

# A message of more lines is read by nobody; the rest stands in the list that it leads to.
MAX_LINES = 100
ACTIVITY_LIMIT = 50


class PaydoxPaperDigest(models.AbstractModel):
    """The one message about all papers of a person that end, and what it puts on his list of work."""

    _name = "paydox.paper.digest"
    _description = "Message about Papers that End"

    @api.model
    def _send(self, paper_ids_by_user):
        """Tell people of those of their papers that they may read and that are still to be renewed, the earliest end first.

        However many there are, only what is written into the messages is loaded, and that at once for all who speak the
        same language.

        :param paper_ids_by_user: ``{user: [paper ids]}``
        """
        by_lang = defaultdict(dict)
        for user, found in self._find_papers(paper_ids_by_user).items():
            by_lang[user.lang][user] = found
        letters, scheduled = [], {}
        for lang, found_by_user in by_lang.items():
            this = self.with_context(lang=lang)
            lines = this._prepare_lines({id_ for found in found_by_user.values() for ids in found[1:] for id_ in ids})
            for user, found in found_by_user.items():
                letter = this.with_context(tz=user.tz)._prepare_letter(user, found, lines)
                if user.email:
                    letters.append(letter)
                else:
                    this.env["mail.thread"].message_notify(
                        partner_ids=user.partner_id.ids, subject=letter["subject"], body=letter["body_html"]
                    )
                _count, expired_ids, expiring_ids = found
                scheduled[user] = this.env["paydox.document"].browse([*expired_ids, *expiring_ids][:ACTIVITY_LIMIT])
        # A mail, whatever the person chose for other messages: this notice cannot be opted out of.
        self.env["mail.mail"].create(letters)
        self._schedule(scheduled)

    @api.model
    def _find_papers(self, paper_ids_by_user):
        """Return for each person how many papers there are to tell of, and those to name: what has ended, and what will."""
        documents = self.env["paydox.document"]
        ids_by_user = {}
        for user, paper_ids in paper_ids_by_user.items():
            # As the person, in whichever of his companies: a paper that he may not read is not spoken of.
            his = documents.with_user(user).with_context(allowed_company_ids=user.sudo().company_ids.ids)
            due = Domain("id", "in", paper_ids) & Domain("validity", "in", ("expired", "valid", "expiring"))
            ids_by_user[user] = his.search(due, order="valid_to, id").ids
        # What has ended is what the job took for ended: not by the clock of the person.
        readable = Domain("id", "in", {id_ for ids in ids_by_user.values() for id_ in ids})
        over = set(documents.search(readable & Domain("validity", "=", "expired")).ids)
        return {user: self._sort_out(ids, over) for user, ids in ids_by_user.items() if ids}

    @api.model
    def _sort_out(self, ids, over):
        ended, ending = ([id_ for id_ in ids if (id_ in over) == is_over] for is_over in (True, False))
        return len(ids), ended[:MAX_LINES], ending[:MAX_LINES]

    @api.model
    def _prepare_lines(self, paper_ids):
        """What is written of each of the papers, in the language of the environment."""
        papers = self.env["paydox.document"].browse(sorted(paper_ids))
        papers.fetch(["name", "kind_id", "partner_id", "valid_to"])
        days = {day: format_date(self.env, day) for day in set(papers.mapped("valid_to"))}
        return {
            paper.id: {
                "id": paper.id,
                # sudo: who reads the paper reads in it whose it is
                "partner": paper.sudo().partner_id.display_name,
                "kind": paper.kind_id.name,
                "name": paper.name,
                "end": days[paper.valid_to],
            }
            for paper in papers
        }

    @api.model
    def _prepare_letter(self, user, found, lines):
        count, expired_ids, expiring_ids = found
        first = self.env["paydox.document"].browse((expired_ids or expiring_ids)[:1])
        body = self.env["ir.qweb"]._render(
            "paydox_crm.paper_digest",
            {
                "user": user,
                "expired": [lines[id_] for id_ in expired_ids],
                "expiring": [lines[id_] for id_ in expiring_ids],
                "rest": count - len(expired_ids) - len(expiring_ids),
                "base_url": first.get_base_url(),
            },
        )
        return {
            "subject": self.env._("Papers of counterparties: %(count)s end or have ended", count=count),
            "body_html": body,
            "email_to": user.email_formatted,
            "email_from": user.company_id.email_formatted or user.email_formatted,
        }

    @api.model
    def _schedule(self, papers_by_user):
        """One activity for each paper that has none yet: to get the next one."""
        activity_type = self.env.ref("paydox_crm.mail_activity_type_paper")
        activities = self.env["mail.activity"]
        domain = [
            ("res_model", "=", "paydox.document"),
            ("res_id", "in", [id_ for papers in papers_by_user.values() for id_ in papers.ids]),
            ("activity_type_id", "=", activity_type.id),
        ]
        busy = set(activities.search(domain).mapped("res_id"))
        common = {
            "activity_type_id": activity_type.id,
            "res_model_id": self.env["ir.model"]._get_id("paydox.document"),
            "res_model": "paydox.document",
        }
        vals_list, asked = [], {}
        for user, papers in papers_by_user.items():
            papers = papers.filtered(lambda paper: paper.id not in busy)
            busy.update(papers.ids)
            if papers:
                asked[user] = papers
            vals_list += [
                common
                | {
                    "res_id": paper.id,
                    "res_name": paper.display_name,
                    "user_id": user.id,
                    "user_tz": user.tz,
                    "date_deadline": paper.valid_to,
                    "summary": paper.env._("Get the next one: %(paper)s", paper=paper.kind_id.name),
                }
                for paper in papers
            ]
        # The letter tells of them, so no notice of each; who is asked may read the paper, so he is not asked about again.
        activities._create_turns(vals_list)
        self._follow(asked)

    @api.model
    def _follow(self, papers_by_user):
        """Who has a paper on his list follows it, as with every other activity."""
        followers = self.env["mail.followers"]
        new = []
        for user, papers in papers_by_user.items():
            by_paper, _changed = followers._add_default_followers(
                papers._name, papers.ids, user.partner_id.ids, customer_ids=[]
            )
            new += [values | {"res_id": paper_id} for paper_id, rows in by_paper.items() for values in rows]
        # sudo: rows of followers are written by the discussions only
        followers.sudo().create(new)
