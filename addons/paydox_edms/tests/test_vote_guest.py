import json
import re
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PaydoxEdmsCase, PaydoxEdmsMixin
from .test_vote import VoteMixin


class GuestMixin(VoteMixin):
    """Two voters inside, two outside."""

    @classmethod
    def _set_up_guests(cls):
        cls._set_up_vote()
        cls.voters = cls.legal | cls.chief
        cls.ann, cls.bob = cls.partners = cls.env["res.partner"].create(
            [{"name": name, "email": f"{name.lower()}@example.com"} for name in ("Ann", "Bob")]
        )

    def _invite(self, partners=None, **kwargs):
        step = self._start(**kwargs)
        step.with_user(self.author).action_invite_guests((partners or self.partners).ids)
        return step

    def _guest(self, step, partner):
        return step.sudo().guest_ids.filtered(lambda guest: guest.partner_id == partner)

    def _vote_outside(self, step, name, *partners, **kwargs):
        """As the page does for whoever holds the link and the code."""
        for partner in partners:
            guest = self._guest(step, partner).with_user(self.env.ref("base.public_user")).sudo()
            guest._lock()
            guest._vote(self._option(step, name).id, kwargs.get("comment"), "code")
        step.invalidate_recordset()


@tagged("post_install", "-at_install")
class TestVoteGuest(GuestMixin, PaydoxEdmsCase):
    """People outside vote by a link, once, and count as all others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_guests()

    # === RESULT === #

    def test_open_vote_ends_when_those_outside_voted_too(self):
        step = self._invite()
        self.assertEqual((step.people_count, step.quorum_count), (4, 2))
        self._vote(step, "For", self.legal)
        self._vote(step, "Against", self.chief)
        self.assertEqual(step.state, "running", "those outside are waited for")

        self._vote_outside(step, "For", self.ann, self.bob, comment="Good")

        self.assertOutcome(step, "adopted", "approved")
        self.assertEqual(step.done_count, 4)
        note = step.sudo().protocol_id.note or step.sudo()._render_protocol()
        for text in ("Ann (outside)", "Bob (outside)", "Good"):
            self.assertIn(text, re.sub(r"\s+", " ", html.fromstring(str(note)).text_content()))

    def test_secret_vote_leaves_no_option_with_the_voter(self):
        voters = self.legal | self.chief | self.director
        step = self._invite(voters=voters, is_secret=True)
        self._vote_outside(step, "Against", self.ann, self.bob)
        self._vote(step, "For", self.legal)
        self._vote(step, "Against", self.chief, self.director)

        self.assertOutcome(step, "rejected", "rejected")
        self.assertEqual({option.name: option.vote_count for option in step.vote_option_ids}["Against"], 4)
        self.assertFalse(step.sudo().guest_ids.vote_option_id)
        details = step.sudo().approval_id.decision_ids.filtered(lambda d: d.action == "guest_vote").mapped("details")
        self.assertTrue(details)
        self.assertFalse(any("option" in json.loads(detail) for detail in details))

    def test_secret_vote_refuses_a_comment(self):
        step = self._invite(voters=self.legal | self.chief | self.director, is_secret=True)

        with self.assertRaisesRegex(UserError, "no comment"):
            self._vote_outside(step, "For", self.ann, comment="I am Ann")

        self.assertEqual(self._guest(step, self.ann).state, "sent")

    def test_deadline_without_a_quorum_counts_those_outside_as_voters(self):
        step = self._invite(deadline=fields.Datetime.now() + timedelta(hours=1), quorum=75)
        self._vote(step, "For", self.legal, self.chief)
        step.sudo().deadline = fields.Datetime.now() - timedelta(minutes=1)

        self._run_cron("ir_cron_close_votes")

        self.assertOutcome(step, "no_quorum", "rejected")
        self.assertEqual(set(step.sudo().guest_ids.mapped("state")), {"closed"})
        with self.assertRaisesRegex(UserError, "vote is closed"):
            self._vote_outside(step, "For", self.ann)

    def test_repeated_vote_invites_them_again(self):
        step = self._invite(quorum=100)
        self._vote(step, "For", self.legal)
        step.sudo()._finish_vote()

        action = step.with_user(self.author).action_repeat_vote()

        guests = step.sudo().browse(action["res_id"]).guest_ids
        self.assertEqual(guests.partner_id, self.partners)
        self.assertEqual(set(guests.mapped("state")), {"sent"})

    def test_tie_made_by_those_outside_waits_for_the_chairman(self):
        step = self._invite(chairman=self.director.id)
        self._vote(step, "For", self.legal, self.chief)

        self._vote_outside(step, "Against", self.ann, self.bob)

        self.assertEqual((step.vote_outcome, step.state), ("tie", "running"))
        step.with_user(self.director).action_cast(self._option(step, "For").id)
        self.assertOutcome(step, "adopted", "approved")

    def test_removed_voter_counts_no_more_and_his_link_is_dead(self):
        step = self._invite()
        self._guest(step, self.bob).with_user(self.author).action_remove("Not a member any more")

        with self.assertRaisesRegex(UserError, "no longer asked"):
            self._vote_outside(step, "For", self.bob)

        self.assertEqual(step.people_count, 3)
        self._vote(step, "For", self.legal, self.chief)
        self._vote_outside(step, "For", self.ann)
        self.assertOutcome(step, "adopted", "approved")

    def test_removing_the_last_who_is_waited_for_ends_the_vote(self):
        step = self._invite(self.ann)
        self._vote(step, "For", self.legal, self.chief)

        self._guest(step, self.ann).with_user(self.author).action_remove()

        self.assertOutcome(step, "adopted", "approved")

    # === ONCE, AND BY THE RIGHT PERSON === #

    def test_second_vote_changes_nothing(self):
        step = self._invite()
        self._vote_outside(step, "For", self.ann)

        with self.assertRaisesRegex(UserError, "You have voted"):
            self._vote_outside(step, "Against", self.ann)

        self.assertEqual(self._guest(step, self.ann).vote_option_id.name, "For")
        self.assertEqual(step.done_count, 1)

    def test_option_of_another_vote_is_refused(self):
        step = self._invite()
        other = self._start(document=self._create_document(name="Other"))
        guest = self._guest(step, self.ann)
        for option_id in (other.sudo().vote_option_ids[0].id, 0, False, -1):
            with self.subTest(option_id), self.assertRaisesRegex(UserError, "Choose one of the options"):
                guest._vote(option_id, None, "code")

    def test_only_those_who_lead_the_vote_invite_and_remove(self):
        step = self._invite()
        for user in (self.legal, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                step.with_user(user).action_invite_guests(self.ann.ids)
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._guest(step, self.ann).with_user(user).action_remove("No")

    def test_who_cannot_be_a_voter_outside_is_named(self):
        step = self._start()
        nobody = self.env["res.partner"].create({"name": "Silent"})
        for partners, words in (
            (nobody.ids, "no usable e-mail"),
            (self.stranger.partner_id.ids, "is a colleague"),
            ([], "Choose from 1"),
            ([10**9], "Choose from 1"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                step.with_user(self.author).action_invite_guests(partners)
        self.assertFalse(step.sudo().guest_ids)

    def test_who_reads_one_address_has_one_vote(self):
        twin = self.env["res.partner"].create({"name": "Twin", "email": "ANN@example.com"})
        insider = self.env["res.partner"].create({"name": "Insider", "email": self.legal.email})
        step = self._start()
        for partners in (self.ann | twin, insider):
            with self.subTest(partners.mapped("name")), self.assertRaisesRegex(UserError, "somebody else votes"):
                step.with_user(self.author).action_invite_guests(partners.ids)
        step.with_user(self.author).action_invite_guests(self.ann.ids)
        with self.assertRaisesRegex(UserError, "somebody else votes"):
            step.with_user(self.author).action_invite_guests(twin.ids)
        self.assertEqual(step.sudo().guest_ids.partner_id, self.ann)

    def test_invited_twice_is_one_voter(self):
        step = self._invite()

        step.with_user(self.author).action_invite_guests(self.partners.ids)

        self.assertEqual(len(step.sudo().guest_ids), 2)

    def test_rows_are_written_by_nobody(self):
        step = self._invite()
        guest = self._guest(step, self.ann)
        for user in (self.author, self.clerk, self.manager, self.admin):
            rows = guest.with_user(user)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    rows.write({"state": "voted"})
                with self.assertRaises(AccessError):
                    rows.unlink()
                with self.assertRaises(AccessError):
                    rows.create({"step_id": step.id, "partner_id": self.bob.id, "email": "x", "token_hash": "x"})
                with self.assertRaises(AccessError):
                    rows.search([("token_hash", "!=", False)])

    # === CHAIN === #

    def test_votes_changed_in_the_database_show(self):
        step = self._invite()
        self._vote_outside(step, "For", self.ann)
        against = self._option(step, "Against").id
        ann, bob = self._guest(step, self.ann).id, self._guest(step, self.bob).id
        for query, args in (
            ("UPDATE paydox_vote_guest SET vote_option_id = %s WHERE id = %s", (against, ann)),
            ("UPDATE paydox_vote_guest SET state = 'voted', vote_option_id = %s WHERE id = %s", (against, bob)),
            ("DELETE FROM paydox_vote_guest WHERE id = %s AND %s > 0", (bob, 1)),
        ):
            with self.subTest(query), self.env.cr.savepoint() as savepoint:
                self.env.flush_all()
                self.env.cr.execute(query, args)
                self.env.invalidate_all()
                self.assertTrue(step.sudo().approval_id._find_changed_guest())
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertFalse(step.sudo().approval_id._find_broken_link())


@tagged("post_install", "-at_install")
class TestVoteGuestPage(GuestMixin, PaydoxEdmsMixin, HttpCase):
    """The same through the page behind the link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls._set_up_guests()

    def _get_mail(self, partner):
        return self.env["mail.mail"].search([("email_to", "=", partner.email)], order="id desc", limit=1).body_html

    def _get_link(self, partner):
        return re.search(r"/paydox/vote/[\w-]+", self._get_mail(partner)).group()

    def _post(self, url, page, **values):
        token = html.fromstring(page).xpath("//input[@name='csrf_token']/@value")[0]
        return self.url_open(url, data={"csrf_token": token} | values).text

    def test_voter_outside_votes_with_the_code_once(self):
        step = self._invite()
        url = self._get_link(self.ann)
        page = self.url_open(url).text
        self.assertIn("Shall we adopt the budget?", page)
        self.assertEqual(self.url_open(f"{url}/file").status_code, 200)
        option = self._option(step, "For").id
        refused = self._post(f"{url}/answer", page, option=option, code="000000")
        self.assertIn("wrong or too old", refused)
        self.env.invalidate_all()
        self.assertEqual(self._guest(step, self.ann).state, "opened")
        page = self._post(f"{url}/code", page)
        code = re.search(r"<strong>(\d{6})</strong>", self._get_mail(self.ann)).group(1)

        self.assertIn("Choose one of the options", self._post(f"{url}/answer", page, option="x", code=code))
        self.assertIn("registered", self._post(f"{url}/answer", page, option=option, code=code))

        self.env.invalidate_all()
        self.assertRecordValues(
            self._guest(step, self.ann), [{"state": "voted", "proof": "code", "vote_option_id": option}]
        )
        self.assertIn("You have voted", self._post(f"{url}/answer", page, option=option, code=code))
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(f"{url}/file").status_code, 404)

    def test_portal_user_votes_without_a_code_and_only_for_himself(self):
        new_test_user(
            self.env, "edms_portal", groups="base.group_portal", email="ann@example.com", partner_id=self.ann.id
        )
        step = self._invite()
        mine, other = self._get_link(self.ann), self._get_link(self.bob)
        self.authenticate("edms_portal", "edms_portal")
        option = self._option(step, "For").id

        page = self.url_open(other).text
        self.assertIn("Send me the code", page)
        self._post(f"{other}/answer", page, option=option)
        self._post(f"{mine}/answer", self.url_open(mine).text, option=option)

        self.env.invalidate_all()
        self.assertEqual(self._guest(step, self.bob).state, "opened")
        self.assertRecordValues(self._guest(step, self.ann), [{"state": "voted", "proof": "login"}])

    @mute_logger("odoo.http")
    def test_unknown_link_shows_nothing(self):
        for token in ("x", "x" * 43, "%00"):
            self.assertIn(self.url_open(f"/paydox/vote/{token}").status_code, (400, 404))
