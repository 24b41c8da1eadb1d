import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

const MODEL = "paydox.discipline.report";

/** The report of discipline as a file, with the filters of the search bar printed on it. */
export class DisciplineExport extends Component {
    static template = "paydox_edms.DisciplineExport";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.ui = useService("ui");
    }

    /** Active filters in the words of the search bar. */
    getFilters() {
        return this.env.searchModel.facets
            .filter((facet) => facet.type !== "groupBy")
            .map((facet) => {
                const values = facet.values.join(` ${facet.separator} `);
                return facet.title ? `${facet.title}: ${values}` : values;
            });
    }

    /**
     * @param {"pdf" | "xlsx"} format
     */
    async exportFile(format) {
        const { context, domain } = this.env.searchModel;
        const data = {
            domain,
            filters: this.getFilters(),
            company_ids: context.allowed_company_ids,
        };
        this.ui.block();
        try {
            await download({
                url: `/paydox_edms/discipline/${format}`,
                data: { data: JSON.stringify(data) },
            });
        } finally {
            this.ui.unblock();
        }
    }
}

registry.category("cogMenu").add("paydox_edms.DisciplineExport", {
    Component: DisciplineExport,
    groupNumber: 20,
    isDisplayed: ({ searchModel }) => searchModel?.resModel === MODEL,
});
