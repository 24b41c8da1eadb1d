def migrate(cr, version):
    """The shipped kind of contracts is summed up on the cards of counterparties."""
    cr.execute(
        """
        UPDATE paydox_document_kind kind
           SET is_contract = TRUE
          FROM ir_model_data data
         WHERE data.module = 'paydox_edms' AND data.name = 'paydox_document_kind_contract' AND data.res_id = kind.id
           AND kind.is_contract IS NOT TRUE
        """
    )
