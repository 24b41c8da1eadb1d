import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { standardErrorDialogProps } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** What a deal still needs before it enters a stage, with links to where it is added. */
export class StageRefusedDialog extends Component {
    static template = "paydox_funnel.StageRefusedDialog";
    static components = { Dialog };
    static props = { ...standardErrorDialogProps };

    setup() {
        this.action = useService("action");
        this.title = _t("Not Yet");
        this.message = this.props.data?.message || this.props.message;
        this.links = this.props.data?.context?.links || [];
    }

    /** @param {{action: Object}} link */
    async open(link) {
        this.props.close();
        // A form would save the refused stage once more before it is left.
        await this.action.doAction(link.action, { forceLeave: true });
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.paydox_funnel.exceptions.StageRefused", StageRefusedDialog);
