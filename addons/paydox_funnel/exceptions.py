from odoo.exceptions import UserError


class RuleActionFailed(Exception):
    """One action of a rule failed, so none of them is done.

    :param action: the ``paydox.rule`` that was to be done
    :param Exception error: why not
    """

    def __init__(self, action, error):
        super().__init__(str(error))
        self.action = action
        self.error = error


class StageRefused(UserError):
    """A deal may not enter a stage yet; the screen shows links to where what is missing can be added.

    :param str message: what was refused and what is missing
    :param list links: ``[{"label", "action"}]``, actions of windows
    """

    def __init__(self, message, links=()):
        super().__init__(message)
        # Not an argument: those are joined to the message where the screen shows it without the links.
        self.context = {"links": list(links)}
