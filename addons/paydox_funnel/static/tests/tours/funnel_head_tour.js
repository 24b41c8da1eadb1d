import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const layer = (name) => `.o_funnel_layer:has(title:contains("${name}:"))`;

/** Counts downloads instead of writing files in the test browser. */
function watchDownloads() {
    const createObjectURL = URL.createObjectURL.bind(URL);
    document.body.dataset.downloads = "";
    URL.createObjectURL = (blob) => {
        document.body.dataset.downloads += `${blob.type} `;
        return createObjectURL(blob);
    };
}

registry.category("web_tour.tours").add("paydox_funnel_head", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "open the reports",
            trigger: "[data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            content: "open the funnel",
            trigger: "[data-menu-xmlid='paydox_funnel.crm_lead_menu_funnel']",
            run: "click",
        },
        {
            content: "eight deals were created in the last 12 months",
            trigger: "[data-paydox='funnel-tile-cohort'] button:contains(8)",
        },
        {
            content: "all eight reached the first status, five are in it",
            trigger: `${layer("New")} .o_funnel_count:contains(5)`,
        },
        {
            content: "open the deals that are in Offer",
            trigger: layer("Offer"),
            run: "click",
        },
        {
            content: "the list has the three deals",
            trigger: ".o_list_view .o_pager_limit:contains(/^3$/)",
        },
        {
            content: "go back to the funnel",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "switch to the deals that are open now",
            trigger: "[data-paydox='funnel-mode-snapshot']",
            run: "click",
        },
        {
            content: "the picture says what it counts",
            trigger: "[data-paydox='funnel-caption']:contains(Open deals as they stand now)",
        },
        {
            content: "back to the deals of the period",
            trigger: "[data-paydox='funnel-mode-cohort']",
            run: "click",
        },
        {
            content: "compare",
            trigger: "[data-paydox='funnel-compare']",
            run: "click",
        },
        {
            content: "all deal types side by side",
            trigger: "[data-paydox='funnel-compare-deal_type_id']",
            run: "click",
        },
        {
            content: "both types stand there, each with its four deals",
            trigger: ".o_funnel_side:contains(Goods) .o_funnel_facts button:contains(4)",
        },
        {
            trigger: ".o_funnel_side:contains(Services) .o_funnel_facts button:contains(4)",
        },
        {
            content: "take the Excel file",
            trigger: "[data-paydox='funnel-export-xlsx']",
            run(helpers) {
                watchDownloads();
                return helpers.click();
            },
        },
        {
            content: "the workbook came",
            trigger: "body[data-downloads*=spreadsheetml]",
        },
        {
            content: "send it to a colleague",
            trigger: "[data-paydox='funnel-send']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='partner_ids'] input",
            run: "edit Colleague of the head",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Colleague of the head)",
            run: "click",
        },
        {
            content: "Excel is enough",
            trigger: ".modal .o_field_widget[name='with_pdf'] input",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_send']",
            run: "click",
        },
        {
            content: "it is on its way",
            trigger: ".o_notification:contains(on its way)",
        },
    ],
});
