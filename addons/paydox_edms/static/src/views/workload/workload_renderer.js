import { Component, useRef } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useSortable } from "@web/core/utils/sortable_owl";
import { ActionHelper } from "@web/views/action_helper";
import { findCard, getCellState, getHiddenCount, getMove } from "./workload_utils";

const ICONS = {
    task: "fa-check-square-o",
    call: "fa-phone",
    meeting: "fa-users",
    reminder: "fa-bell-o",
};

export class WorkloadRenderer extends Component {
    static template = "paydox_edms.WorkloadRenderer";
    static components = { ActionHelper };
    static props = {
        data: [Object, { value: null }],
        error: [String, { value: null }],
        isLoading: Boolean,
        noContentHelp: { type: String, optional: true },
        openList: Function,
        openCard: Function,
        openMove: Function,
        move: Function,
        retry: Function,
    };

    setup() {
        this.rootRef = useRef("root");
        useSortable({
            ref: this.rootRef,
            elements: ".o_workload_card:not(.o_workload_part)",
            ignore: "button",
            groups: ".o_workload_cell",
            connectGroups: true,
            cursor: "move",
            touchDelay: 400,
            placeholderClasses: ["visible", "opacity-50"],
            onDrop: ({ element, parent }) => this.drop(element, parent),
        });
    }

    get isEmpty() {
        return !this.props.data.rows.length;
    }

    get columns() {
        const { columns, scale } = this.props.data;
        return columns.map((column) => {
            const first = deserializeDate(column.key);
            return {
                ...column,
                title: scale === "day" ? first.toFormat("ccc") : _t("Week %s", first.weekNumber),
                subtitle: first.toFormat("d LLL"),
                label: scale === "day" ? formatDate(first) : `${first.toFormat("d LLL")} …`,
            };
        });
    }

    get caption() {
        const { columns } = this.props.data;
        return _t("%(from)s – %(to)s", {
            from: formatDate(deserializeDate(columns[0].date_from)),
            to: formatDate(deserializeDate(columns[columns.length - 1].date_to)),
        });
    }

    getState(cell) {
        return getCellState(cell);
    }

    getHiddenCount(cell) {
        return getHiddenCount(cell);
    }

    getIcon(card) {
        return card.is_part ? "fa-puzzle-piece" : ICONS[card.kind] || ICONS.task;
    }

    getTitle(card) {
        return card.is_part ? _t("Part of “%s”", card.name) : card.name;
    }

    getTime(card) {
        return card.deadline ? deserializeDateTime(card.deadline).toFormat("HH:mm") : "";
    }

    /** The cell in words, for those who do not see the colours. */
    getLabel(row, cell, column) {
        const parts = [
            _t("%(person)s, %(day)s: %(count)s of %(capacity)s", {
                person: row.name,
                day: column.label,
                count: cell.count,
                capacity: cell.capacity,
            }),
        ];
        if (getCellState(cell) === "over") {
            parts.push(_t("overload"));
        }
        return parts.concat(this.getNote(cell) || []).join(", ");
    }

    getNote(cell) {
        if (cell.is_absent) {
            return cell.substitute ? _t("Absent, substituted by %s", cell.substitute) : _t("Away");
        }
        if (cell.is_off) {
            return cell.holiday || _t("Day off");
        }
        return cell.substitute ? _t("Substituted by %s", cell.substitute) : "";
    }

    openCell(row, cell, column) {
        this.props.openList(
            cell.domain,
            _t("%(person)s: %(day)s", { person: row.name, day: column.label })
        );
    }

    openLate(row) {
        this.props.openList(row.late_domain, _t("%s: overdue", row.name));
    }

    openUndated(row) {
        this.props.openList(row.undated_domain, _t("%s: without a term", row.name));
    }

    openRow(row) {
        this.props.openList(row.domain, row.name);
    }

    /**
     * @param {KeyboardEvent} ev
     */
    onKeydown(ev, card) {
        if (ev.target === ev.currentTarget && (ev.key === "Enter" || ev.key === " ")) {
            ev.preventDefault();
            this.props.openCard(card);
        }
    }

    drop(element, parent) {
        const { rows, scale } = this.props.data;
        const found = findCard(rows, Number(element.dataset.id));
        if (!found || !parent) {
            return;
        }
        const to = { userId: Number(parent.dataset.user), key: parent.dataset.column };
        const move = getMove(found.card, found, to, scale);
        if (move) {
            this.props.move(found.card, move);
        }
    }
}
