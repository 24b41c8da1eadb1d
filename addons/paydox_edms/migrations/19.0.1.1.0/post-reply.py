def migrate(cr, version):
    """Incoming letters are answered by outgoing letters, unless somebody chose another kind."""
    cr.execute(
        """
        UPDATE paydox_document_kind kind
           SET reply_kind_id = reply.res_id
          FROM ir_model_data incoming, ir_model_data reply
         WHERE incoming.module = 'paydox_edms' AND incoming.name = 'paydox_document_kind_incoming_letter'
           AND reply.module = 'paydox_edms' AND reply.name = 'paydox_document_kind_outgoing_letter'
           AND kind.id = incoming.res_id AND kind.reply_kind_id IS NULL
        """
    )
