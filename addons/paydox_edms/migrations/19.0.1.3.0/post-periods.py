def migrate(cr, version):
    """The search index has the year and month of each document as words (``tools/periods.py``)."""
    cr.execute(
        """
        UPDATE paydox_document_index
           SET card = card || array_to_tsvector(ARRAY['§' || to_char(date, 'YYYY'), '§' || to_char(date, 'YYYY-MM')])
          FROM paydox_document document
         WHERE document.id = document_id AND version_id IS NULL
        """
    )
