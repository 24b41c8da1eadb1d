import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Shows the file beside the list; where there is no room for a panel, in a window. Stands on the number of versions. */
export class PreviewButtonField extends Component {
    static template = "paydox_edms.PreviewButtonField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.ui = useService("ui");
    }

    get hasFile() {
        return this.props.record.data[this.props.name] > 0;
    }

    onClick() {
        const { resId, resModel } = this.props.record;
        if (this.env.openFilePreview && !this.ui.isSmall) {
            return this.env.openFilePreview(resId);
        }
        return this.action.doActionButton({
            type: "object",
            name: "action_open_file",
            resModel,
            resId,
        });
    }
}

registry.category("fields").add("paydox_preview_button", {
    component: PreviewButtonField,
    displayName: _t("Preview"),
    supportedTypes: ["integer"],
});
