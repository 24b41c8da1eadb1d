from odoo import fields, models

WORKLOAD_SCALES = ("day", "week")
WORKLOAD_ATTRIBUTES = {"string", "scale", "class", "js_class"}
# Put on the root by ir.ui.view itself, or by every view type of the web client.
TECHNICAL_ATTRIBUTES = {"__validate__", "model_access_rights", "create", "edit", "delete", "sample"}


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    type = fields.Selection(selection_add=[("workload", "Load by Person")])

    def _validate_tag_workload(self, node, name_manager, node_info):
        """Refuse an arch that the view of the load cannot show, with the reason."""
        if not node_info["validate"]:
            return
        if name_manager.model._name != "paydox.instruction":
            self._raise_view_error(
                self.env._(
                    "A workload view shows instructions: its model must be paydox.instruction, not %(model)s.",
                    model=name_manager.model._name,
                ),
                node,
            )
        if len(node):
            self._raise_view_error(
                self.env._(
                    "A workload view has no content, but <%(tag)s> was found in it. Its rows are people.",
                    tag=node[0].tag,
                ),
                node,
            )
        if unknown := set(node.attrib) - WORKLOAD_ATTRIBUTES - TECHNICAL_ATTRIBUTES:
            self._raise_view_error(
                self.env._(
                    "Unknown attributes in a workload view: %(unknown)s. Known ones: %(known)s.",
                    unknown=", ".join(sorted(unknown)),
                    known=", ".join(sorted(WORKLOAD_ATTRIBUTES)),
                ),
                node,
            )
        scale = node.get("scale", "day")
        if scale not in WORKLOAD_SCALES:
            self._raise_view_error(
                self.env._(
                    "The scale of a workload view is one of %(scales)s, not “%(scale)s”.",
                    scales=", ".join(WORKLOAD_SCALES),
                    scale=scale,
                ),
                node,
            )

    def _get_view_info(self):
        return {"workload": {"icon": "fa fa-th"}} | super()._get_view_info()
