{
    "name": "PayDox Counterparties",
    "summary": "Every former state of the requisites of a counterparty, shown in each of its documents",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "PayDox",
    "website": "https://paydox.com",
    "license": "LGPL-3",
    "depends": ["contacts", "paydox_edms", "phone_validation"],
    "data": [
        "security/paydox_crm_groups.xml",
        "security/ir.model.access.csv",
        "security/paydox_crm_rules.xml",
        "data/ir_cron_data.xml",
        "wizard/paydox_partner_requisites_change_views.xml",
        "views/paydox_partner_requisites_views.xml",
        "views/res_partner_views.xml",
        "views/paydox_document_views.xml",
        "views/paydox_crm_menus.xml",
    ],
    "demo": [
        "demo/paydox_crm_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "paydox_crm/static/src/**/*",
        ],
        "web.assets_tests": [
            "paydox_crm/static/tests/tours/**/*",
        ],
    },
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
