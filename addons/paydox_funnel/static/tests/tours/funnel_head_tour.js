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
    ],
});
