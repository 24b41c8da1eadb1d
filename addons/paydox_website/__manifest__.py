{
    "name": "PayDox Website",
    "summary": "Order forms on the website that become deals of the right type, with a responsible person",
    "version": "19.0.1.3.0",
    "category": "Website/Website",
    "author": "PayDox",
    "website": "https://paydox.com",
    "license": "LGPL-3",
    "depends": ["website_crm", "paydox_funnel"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_config_parameter_data.xml",
        "data/mail_activity_type_data.xml",
        "data/utm_data.xml",
        "views/paydox_order_form_views.xml",
        "views/crm_lead_views.xml",
        "views/order_form_templates.xml",
        "views/order_mail_templates.xml",
        "views/paydox_case_views.xml",
        "views/service_templates.xml",
        "views/service_mail_templates.xml",
        "views/paydox_website_menus.xml",
    ],
    "demo": [
        "demo/paydox_order_form_demo.xml",
        "demo/paydox_service_demo.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "paydox_website/static/src/interactions/**/*",
        ],
        "web.assets_tests": [
            "paydox_website/static/tests/tours/**/*",
        ],
    },
    "auto_install": True,
    "uninstall_hook": "uninstall_hook",
}
