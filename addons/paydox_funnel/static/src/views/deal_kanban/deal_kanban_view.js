import { CrmKanbanModel } from "@crm/views/crm_kanban/crm_kanban_model";
import { crmKanbanView } from "@crm/views/crm_kanban/crm_kanban_view";
import { registry } from "@web/core/registry";

/** So many columns are opened by themselves (`MAX_NUMBER_OPENED_GROUPS` of web). */
const MAX_OPENED = 10;

/**
 * The pipelines of all types together have more columns than are opened by themselves, and a column keeps whether it is
 * open. Whoever then chooses a type would find its stages folded: they are opened anew.
 */
export class DealKanbanModel extends CrmKanbanModel {
    _getNextConfig(currentConfig, params) {
        const config = super._getNextConfig(...arguments);
        const isOtherSearch =
            params.domain && JSON.stringify(params.domain) !== JSON.stringify(currentConfig.domain);
        if (isOtherSearch && Object.keys(config.groups || {}).length > MAX_OPENED) {
            delete config.groups;
        }
        return config;
    }
}

export const dealKanbanView = { ...crmKanbanView, Model: DealKanbanModel };

registry.category("views").add("paydox_deal_kanban", dealKanbanView);
