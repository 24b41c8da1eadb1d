from odoo import fields, models
from odoo.tools.misc import str2bool

FUNNEL_MODES = ("cohort", "snapshot")
FUNNEL_ATTRIBUTES = {"string", "mode", "export", "class", "js_class"}
# Put on the root by ir.ui.view itself, or by every view type of the web client.
TECHNICAL_ATTRIBUTES = {"__validate__", "model_access_rights", "create", "edit", "delete", "sample"}


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    type = fields.Selection(selection_add=[("funnel", "Funnel")])

    def _validate_tag_funnel(self, node, name_manager, node_info):
        """Refuse an arch that the funnel view cannot show, with the reason."""
        if not node_info["validate"]:
            return
        if name_manager.model._name != "crm.lead":
            self._raise_view_error(
                self.env._(
                    "A funnel view shows deals: its model must be crm.lead, not %(model)s.",
                    model=name_manager.model._name,
                ),
                node,
            )
        if len(node):
            self._raise_view_error(
                self.env._(
                    "A funnel view has no content, but <%(tag)s> was found in it. Its layers are the deal statuses.",
                    tag=node[0].tag,
                ),
                node,
            )
        if unknown := set(node.attrib) - FUNNEL_ATTRIBUTES - TECHNICAL_ATTRIBUTES:
            self._raise_view_error(
                self.env._(
                    "Unknown attributes in a funnel view: %(unknown)s. Known ones: %(known)s.",
                    unknown=", ".join(sorted(unknown)),
                    known=", ".join(sorted(FUNNEL_ATTRIBUTES)),
                ),
                node,
            )
        self._validate_funnel_values(node)

    def _validate_funnel_values(self, node):
        mode = node.get("mode", "cohort")
        if mode not in FUNNEL_MODES:
            self._raise_view_error(
                self.env._(
                    "The mode of a funnel view is one of %(modes)s, not “%(mode)s”.",
                    modes=", ".join(FUNNEL_MODES),
                    mode=mode,
                ),
                node,
            )
        try:
            str2bool(node.get("export", "1"))
        except ValueError:
            self._raise_view_error(
                self.env._(
                    "The attribute “export” of a funnel view is 1 or 0, not “%(value)s”.",
                    value=node.get("export"),
                ),
                node,
            )

    def _get_view_info(self):
        return {"funnel": {"icon": "fa fa-filter"}} | super()._get_view_info()
