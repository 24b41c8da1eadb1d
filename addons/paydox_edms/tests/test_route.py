from odoo.exceptions import AccessError, UserError, ValidationError

from .common import PaydoxEdmsCase


class TestRoute(PaydoxEdmsCase):
    def test_draft_route_is_not_used_until_published(self):
        route = self._create_route({"users": self.director}, publish=False)
        self.assertEqual(route.state, "draft")

        route.with_user(self.manager).action_publish()

        self.assertEqual(route.state, "published")
        self.kind.route_id = route

    def test_route_without_a_step_is_not_published(self):
        with self.assertRaises(ValidationError):
            self._create_route()

    def test_published_route_cannot_be_edited(self):
        route = self._create_route({"users": self.director}).with_user(self.manager)
        step = route.step_ids
        for change in (
            lambda: step.write({"kind": "sign"}),
            lambda: step.write({"user_ids": [(4, self.chief.id)]}),
            step.unlink,
            lambda: step.create({"route_id": route.id, "name": "More", "user_ids": [(4, self.chief.id)]}),
            lambda: route.write({"step_ids": [(5,)]}),
            lambda: route.write({"state": "draft"}),
            lambda: route.create({"name": "Forged", "state": "published"}),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual((route.state, step.exists().kind), ("published", "approve"))

    def test_step_cannot_be_moved_into_a_published_route(self):
        published = self._create_route({"users": self.director})
        draft = self._create_route({"users": self.chief}, publish=False)

        with self.assertRaises(UserError):
            draft.step_ids.write({"route_id": published.id})

    def test_next_revision_serves_after_it_is_published(self):
        first = self._create_route({"users": self.director}).with_user(self.manager)
        self.kind.route_id = first
        second = self.env["paydox.route"].browse(first.action_new_revision()["res_id"])
        second.step_ids.user_ids = self.chief
        self.assertEqual(self.kind.route_id, first)

        second.with_user(self.manager).action_publish()

        self.assertEqual((first.state, second.state, second.revision), ("outdated", "published", 2))
        self.assertEqual(self.kind.route_id, second)

    def test_malformed_condition_is_refused_when_saved(self):
        for condition in (
            "[('no_such_field', '=', 1)]",
            "[('amount', '>')]",
            "amount > 5",
            "__import__('os').system('true')",
            "[('amount', 'is_more_than', 1)]",
            "[('amount', '>', 1)",
            "5",
        ):
            with self.subTest(condition=condition), self.assertRaises(ValidationError):
                self._create_route({"users": self.director, "condition": condition}, publish=False)

    def test_step_without_approvers_is_refused_when_saved(self):
        for step in ({"approver_kind": "users"}, {"approver_kind": "group"}):
            with self.subTest(step=step), self.assertRaises(ValidationError):
                self._create_route(step, publish=False)

    def test_quorum_larger_than_the_list_is_refused_when_saved(self):
        with self.assertRaises(ValidationError):
            self._create_route({"users": self.director, "rule": "quorum", "quorum": 2}, publish=False)

    def test_routes_are_configured_by_managers_only(self):
        route = self._create_route({"users": self.director}, publish=False)
        for user in (self.author, self.clerk):
            with self.assertRaises(AccessError):
                route.with_user(user).action_publish()
            with self.assertRaises(AccessError):
                route.with_user(user).step_ids.write({"name": "x"})

    def test_route_that_documents_went_by_is_not_deleted(self):
        document = self._create_approved()
        route = document.approval_id.route_id

        with self.assertRaises(UserError):
            route.unlink()
