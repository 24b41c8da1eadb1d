import { Component, onMounted, useState } from "@odoo/owl";

import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

const MODEL = "paydox.approval.line";
const COUNT_LIMIT = 1000;

/** The counter of the inbox “To decide”, with the first lines and their buttons. */
export class InboxMenu extends Component {
    static template = "paydox_edms.InboxMenu";
    static components = { Dropdown, DropdownItem };
    static props = {};

    setup() {
        this.inbox = useService("paydox_edms.inbox");
        this.orm = useService("orm");
        this.action = useService("action");
        this.dropdown = useDropdownState();
        this.state = useState(this.inbox.state);
        onMounted(() => this.inbox.refresh());
    }

    get counter() {
        return this.state.count >= COUNT_LIMIT ? `${COUNT_LIMIT - 1}+` : String(this.state.count);
    }

    get label() {
        return this.state.late
            ? _t("To decide: %(count)s, late: %(late)s", {
                  count: this.counter,
                  late: this.state.late,
              })
            : _t("To decide: %(count)s", { count: this.counter });
    }

    getVerb(line) {
        const verbs = {
            sign: _t("Sign"),
            vote: _t("Cast Vote"),
            acquaint: _t("Read"),
            confirm: _t("Confirm"),
        };
        return verbs[line.kind] || _t("Agree");
    }

    getDeadline(line) {
        return line.deadline
            ? formatDateTime(deserializeDateTime(line.deadline), { showSeconds: false })
            : "";
    }

    openAll() {
        return this.action.doAction("paydox_edms.paydox_approval_line_action_inbox", {
            clearBreadcrumbs: true,
        });
    }

    async open(line) {
        await this.action.doAction(await this.orm.call(MODEL, "action_open_record", [[line.id]]));
    }

    async decide(line) {
        const onClose = () => this.reload();
        try {
            const answer = await this.orm.call(MODEL, "action_agree", [[line.id]]);
            if (answer && typeof answer === "object") {
                this.dropdown.close();
                await this.action.doAction(answer, { onClose });
                return;
            }
        } finally {
            // Somebody else may have decided meanwhile: the list is fresh after an error as well.
            await this.inbox.refresh();
        }
        await this.reload();
    }

    /** A list of decisions that is open behind the menu shows the same. */
    async reload() {
        await this.inbox.refresh();
        if (this.action.currentController?.props.resModel === MODEL) {
            await this.action.doAction("soft_reload");
        }
    }
}

registry
    .category("systray")
    .add("paydox_edms.InboxMenu", { Component: InboxMenu }, { sequence: 22 });
