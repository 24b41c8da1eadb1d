def migrate(cr, version):
    """The ledger of numbers now says of which kind a number is."""
    cr.execute("ALTER TABLE paydox_document_number ADD COLUMN IF NOT EXISTS kind_id integer")
    cr.execute(
        """
        UPDATE paydox_document_number number
           SET kind_id = document.kind_id
          FROM paydox_document document
         WHERE document.id = number.document_id AND number.kind_id IS NULL
        """
    )
