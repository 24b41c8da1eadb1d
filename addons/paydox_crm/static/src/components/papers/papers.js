import { onWillStart, onWillUpdateProps } from "@odoo/owl";
import { VersionDrop } from "@paydox_edms/widgets/version_drop/version_drop";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    formatDateTime,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { checkFileSize } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";

const STATES = {
    valid: { icon: "fa-check-circle", color: "text-success", label: _t("Valid") },
    none: { icon: "fa-check-circle", color: "text-success", label: _t("Valid, without term") },
    expiring: { icon: "fa-clock-o", color: "text-warning-emphasis", label: _t("Expiring") },
    expired: { icon: "fa-exclamation-circle", color: "text-danger", label: _t("Expired") },
    future: { icon: "fa-hourglass-start", color: "text-info-emphasis", label: _t("Not yet valid") },
    superseded: { icon: "fa-exchange", color: "text-muted", label: _t("Superseded") },
    unconfirmed: {
        icon: "fa-pencil-square-o",
        color: "text-muted",
        label: _t("Not confirmed yet"),
    },
    archived: { icon: "fa-archive", color: "text-muted", label: _t("Archived") },
};

/** All papers of a counterparty with their states, terms and files; files that are dropped become papers. */
export class Papers extends VersionDrop {
    static template = "paydox_crm.Papers";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        Object.assign(this.state, { papers: [], kinds: [], more: false, kindId: "", comment: "" });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((nextProps) => {
            if (nextProps.record.resId !== this.props.record.resId) {
                return this.load(nextProps.record.resId);
            }
        });
    }

    get canTake() {
        return super.canTake && Boolean(this.state.kinds.length);
    }

    get rows() {
        return this.state.papers.map((paper) => ({
            ...paper,
            ...STATES[paper.state],
            term: this.getTerm(paper),
            brought: paper.moment && formatDateTime(deserializeDateTime(paper.moment)),
        }));
    }

    /** @param {Object} paper */
    getTerm({ valid_from: from, valid_to: to }) {
        const [start, end] = [from, to].map((day) =>
            day ? formatDate(deserializeDate(day)) : "…"
        );
        return from || to ? `${start} – ${end}` : "";
    }

    /** @param {number | false} resId */
    async load(resId) {
        const found = resId
            ? await this.keepLast.add(this.orm.call("res.partner", "get_papers", [[resId]]))
            : { papers: [], kinds: [], more: false };
        Object.assign(this.state, found);
    }

    async take(files) {
        const { record } = this.props;
        if (!this.canTake || !files.length || !(await record.save())) {
            return;
        }
        for (const file of files) {
            await this.takeOne(file, record.resId);
        }
        this.state.comment = "";
        await Promise.all([record.load(), this.load(record.resId)]);
    }

    async takeOne(file, resId) {
        if (!checkFileSize(file.size, this.notification)) {
            return;
        }
        Object.assign(this.state, { filename: file.name, percent: 0 });
        try {
            const { name, same_as: sameAs } = await this.send(file, resId);
            if (sameAs.length) {
                this.notification.add(
                    _t("%(name)s was added, but the same file is there already: %(papers)s.", {
                        name,
                        papers: sameAs.join(", "),
                    }),
                    { type: "warning", sticky: true }
                );
            }
        } catch (error) {
            this.warn(`${file.name}: ${error.message}`);
        } finally {
            this.state.filename = "";
        }
    }

    getAddress(resId) {
        return `/paydox/partner/${resId}/paper`;
    }

    getParameters(file) {
        const { kindId, comment } = this.state;
        return { ...super.getParameters(file), kind: kindId, comment };
    }

    openPaper({ id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "paydox.document",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async openFile({ id }) {
        return this.action.doAction(
            await this.orm.call("paydox.document", "action_open_file", [[id]])
        );
    }
}

registry.category("view_widgets").add("paydox_papers", { component: Papers });
