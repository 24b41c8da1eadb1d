from odoo import api, models
from odoo.tools import SQL

MAX_NODES = 500
MAX_LEVELS = 50


class PaydoxDocument(models.Model):
    """The tree in which a document stands: framework contract, contract, additional agreement, invoice, act."""

    _inherit = "paydox.document"

    @api.readonly
    def get_tree(self):
        """The whole tree of the document, from its top to its leaves, in the order of drawing.

        Documents that the user may not read are left out, their children moving up, or are shown without any of their
        data, as the company of the document says.

        :return: ``{"nodes": [{"id", "level", "access", "is_current", "number", "name", "kind", "date", "state",
            "state_name", "amount", "currency_id"}], "is_cut": whether there are more nodes than are given}``
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        rows = self._query_tree()
        documents = self.browse([row[0] for row in rows[:MAX_NODES]])
        readable = documents._filtered_access("read")
        parents = {document_id: parent_id for document_id, parent_id, _level in rows}
        # sudo: how the company shows its trees is no secret
        if self.company_id.sudo().document_tree_access == "hidden":
            documents, parents = readable, self._skip_hidden(readable, parents)
        values = readable._prepare_tree_values()
        children = {}
        for document in documents:
            children.setdefault(parents.get(document.id), []).append(document.id)
        nodes = []
        for root in children.get(None, []):
            self._append_branch(nodes, root, 0, children, values)
        return {"nodes": nodes, "is_cut": len(rows) > MAX_NODES}

    # === HELPERS === #

    def _query_tree(self):
        """Rows (id, parent id, level) of the tree, upper levels first: two walks along the index of the parent."""
        return self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE up(id, parent_id, level) AS (
                    SELECT id, parent_id, 0 FROM paydox_document WHERE id = %(id)s
                     UNION ALL
                    SELECT document.id, document.parent_id, up.level + 1
                      FROM up JOIN paydox_document document ON document.id = up.parent_id
                     WHERE up.level < %(levels)s
                ), down(id, parent_id, level) AS (
                    SELECT * FROM (SELECT id, NULL::integer, 0 FROM up ORDER BY level DESC LIMIT 1) top
                     UNION ALL
                    SELECT document.id, document.parent_id, down.level + 1
                      FROM down JOIN paydox_document document ON document.parent_id = down.id
                     WHERE down.level < %(levels)s
                )
                SELECT id, parent_id, level FROM down ORDER BY level, id LIMIT %(limit)s
                """,
                id=self.id,
                levels=MAX_LEVELS,
                limit=MAX_NODES + 1,
            )
        )

    @api.model
    def _skip_hidden(self, readable, parents):
        """Parents of the readable documents, each the nearest one that is readable too."""
        shown = set(readable.ids)
        nearest = {}
        for document_id in shown:
            parent_id = parents[document_id]
            while parent_id and parent_id not in shown:
                parent_id = parents[parent_id]
            nearest[document_id] = parent_id
        return nearest

    def _prepare_tree_values(self):
        state_names = dict(self._fields["state"]._description_selection(self.env))
        return {
            document.id: {
                "number": document.number or "",
                "name": document.name,
                "kind": document.kind_id.display_name,
                "date": document.date,
                "state": document.state,
                "state_name": state_names[document.state],
                "amount": document.amount,
                "currency_id": document.currency_id.id,
            }
            for document in self
        }

    def _append_branch(self, nodes, document_id, level, children, values):
        access = document_id in values
        nodes.append(
            {
                "id": document_id,
                "level": level,
                "access": access,
                "is_current": document_id == self.id,
                **values.get(document_id, {"name": self.env._("Document (no access)")}),
            }
        )
        for child_id in children.get(document_id, []):
            self._append_branch(nodes, child_id, level + 1, children, values)
