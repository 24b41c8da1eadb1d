def migrate(cr, version):
    """Permissions now come down from the document above. What was let to nobody stays so: documents under one that has
    permissions begin without inheriting. The rest is filled in here, so that the registry is not computed anew."""
    cr.execute("ALTER TABLE paydox_document ADD COLUMN IF NOT EXISTS inherits_permissions boolean")
    # In 19.0.1.0.0 documents had no permissions of their own.
    cr.execute("SELECT to_regclass('paydox_document_permission')")
    if cr.fetchone()[0]:
        cr.execute(
            """
            UPDATE paydox_document document
               SET inherits_permissions = NOT EXISTS (
                       SELECT 1 FROM paydox_document_permission permission
                        WHERE permission.document_id = document.parent_id)
             WHERE inherits_permissions IS NULL
            """
        )
    cr.execute("UPDATE paydox_document SET inherits_permissions = TRUE WHERE inherits_permissions IS NULL")
    cr.execute(
        """
        CREATE TABLE IF NOT EXISTS paydox_document_permission_source_rel (
            document_id integer NOT NULL, source_id integer NOT NULL, PRIMARY KEY (document_id, source_id))
        """
    )
    cr.execute(
        "CREATE INDEX IF NOT EXISTS paydox_document_permission_source_rel_source_id_document_id_idx "
        "ON paydox_document_permission_source_rel (source_id, document_id)"
    )
    cr.execute(
        """
        WITH RECURSIVE link(document_id, source_id) AS (
            SELECT child.id, parent.id
              FROM paydox_document child JOIN paydox_document parent ON parent.id = child.parent_id
             WHERE child.inherits_permissions
               AND (child.confidentiality != 'secret' OR parent.confidentiality = 'secret')
        ), source(document_id, source_id) AS (
            SELECT document_id, source_id FROM link
             UNION
            SELECT source.document_id, link.source_id
              FROM source JOIN link ON link.document_id = source.source_id
        )
        INSERT INTO paydox_document_permission_source_rel (document_id, source_id)
        SELECT document_id, source_id FROM source ON CONFLICT DO NOTHING
        """
    )
