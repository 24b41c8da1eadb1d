{
    "name": "PayDox Documents",
    "summary": "Registry of documents, immutable versions, registration numbers and approval routes",
    "version": "19.0.1.0.0",
    "category": "Productivity/Documents",
    "author": "PayDox",
    "website": "https://paydox.com",
    "license": "LGPL-3",
    "depends": ["hr", "mail", "portal"],
    "data": [
        "security/paydox_edms_groups.xml",
        "security/ir.model.access.csv",
        "security/paydox_edms_rules.xml",
        "data/ir_cron_data.xml",
        "data/mail_activity_type_data.xml",
        "data/paydox_document_kind_data.xml",
    ],
    "demo": [
        "demo/hr_employee_demo.xml",
        "demo/paydox_route_demo.xml",
        "demo/paydox_edms_demo.xml",
    ],
    "application": True,
}
