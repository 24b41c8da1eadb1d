from .common import PaydoxEdmsMixin


class PaydoxCaseDiscussionMixin(PaydoxEdmsMixin):
    """Cases to talk about: ``author`` leads them, ``legal`` takes part, ``chief`` looks on, ``stranger`` is nobody."""

    @classmethod
    def _create_case(cls, user=None, **overrides):
        """A running case, seen as ``user``; its steps are not what is tested here."""
        vals = {
            "name": "Supply of pumps",
            "state": "running",
            "author_id": cls.author.id,
            "owner_id": cls.author.id,
            "participant_ids": [(6, 0, cls.legal.ids)],
            "viewer_ids": [(6, 0, cls.chief.ids)],
        }
        case = cls.env["paydox.case"].sudo().create(vals | overrides)
        return case.with_user(user or cls.author).sudo(False)

    @classmethod
    def _create_claim(cls, user=None, **overrides):
        vals = {"name": "Broken pump", "case_kind": "claim", "essence": "It leaks."}
        return cls._create_case(user, **(vals | overrides))

    def _ask(self, case, users, text="Is it ready?", **kwargs):
        """Ask in the case. :return: the questions, as superuser"""
        before = case.sudo().question_ids
        case.action_ask(users.ids, text, **kwargs)
        case.invalidate_recordset()
        return case.sudo().question_ids - before
