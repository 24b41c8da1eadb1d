import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The ways to reach a contact; what cannot be used says why. */
export class ContactChannels extends Component {
    static template = "paydox_crm.ContactChannels";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get channels() {
        const obstacles = this.props.record.data[this.props.name] || {};
        return [
            { code: "email", icon: "fa-envelope-o", label: _t("Write an e-mail") },
            { code: "call", icon: "fa-phone", label: _t("Call") },
            { code: "sms", icon: "fa-mobile", label: _t("Send an SMS") },
            { code: "message", icon: "fa-comment-o", label: _t("Send a message here") },
        ].map((channel) => {
            const obstacle = this.props.record.resId ? obstacles[channel.code] : _t("Save first.");
            return { ...channel, obstacle, title: obstacle || channel.label };
        });
    }

    onClick(channel) {
        if (channel.obstacle) {
            return;
        }
        const { resId, resModel, model } = this.props.record;
        return this.action.doActionButton({
            type: "object",
            name: `action_contact_${channel.code}`,
            resId,
            resModel,
            onClose: () => model.load(),
        });
    }
}

registry.category("fields").add("paydox_contact_channels", {
    component: ContactChannels,
    displayName: _t("Contact Channels"),
    supportedTypes: ["json"],
});
