"""Kinds that come with this version keep out of the way of kinds that a company made under the same code."""

KINDS = {"paydox_document_kind_protocol": "PRO", "paydox_document_kind_disagreements": "DIS"}


def migrate(cr, version):
    for name, code in KINDS.items():
        # The kind of the company takes the name, so the data file of the addon (noupdate) leaves it as it is.
        cr.execute(
            """
            INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
            SELECT 'paydox_edms', %s, 'paydox.document.kind', id, true
              FROM paydox_document_kind
             WHERE code = %s AND company_id IS NULL
            ON CONFLICT DO NOTHING
            """,
            [name, code],
        )
