import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { Pager } from "@web/core/pager/pager";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FilePreview } from "../../components/file_preview/file_preview";

const LIMIT = 20;
/** The server stops counting here. */
const MAX_COUNT = 1000;
const ACTION = "paydox_edms.search";

/** Full-text search over cards and files: what was found, where in the document, and the file beside it. */
export class DocumentSearch extends Component {
    static template = "paydox_edms.DocumentSearch";
    static components = { DateTimeInput, FilePreview, Layout, Pager };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ui = useService("ui");
        this.keepLast = new KeepLast();
        this.input = useRef("autofocus");
        this.limit = LIMIT;
        useAutofocus();
        this.state = useState({
            query: "",
            kindId: 0,
            state: "",
            dateFrom: false,
            dateTo: false,
            withArchived: false,
            offset: 0,
            // what was found
            searched: "",
            isLoading: false,
            total: 0,
            records: [],
            error: "",
            preview: null,
            ...this.props.state?.search,
        });
        useSetupAction({ getLocalState: () => ({ search: { ...this.state } }) });
        onWillStart(async () => {
            const [kinds, fields] = await Promise.all([
                this.orm.searchRead("paydox.document.kind", [], ["name"], { order: "name" }),
                this.orm.call("paydox.document", "fields_get", [["state"], ["selection"]]),
            ]);
            this.kinds = kinds;
            this.states = fields.state.selection;
            if (this.state.searched) {
                await this.search(this.state.offset);
            }
        });
    }

    get display() {
        return { controlPanel: {} };
    }

    get isEmpty() {
        return (
            this.state.searched &&
            !this.state.isLoading &&
            !this.state.records.length &&
            !this.state.error
        );
    }

    get summary() {
        const { total } = this.state;
        return total > MAX_COUNT
            ? _t("More than %s documents", MAX_COUNT)
            : _t("Documents found: %s", total);
    }

    get domain() {
        const { kindId, state, dateFrom, dateTo } = this.state;
        const domain = [];
        if (kindId) {
            domain.push(["kind_id", "=", kindId]);
        }
        if (state) {
            domain.push(["state", "=", state]);
        }
        if (dateFrom) {
            domain.push(["date", ">=", serializeDate(dateFrom)]);
        }
        if (dateTo) {
            domain.push(["date", "<=", serializeDate(dateTo)]);
        }
        return domain;
    }

    getStateLabel(state) {
        return this.states.find(([value]) => value === state)?.[1] || "";
    }

    getPlace({ label, filename, page, version_number }) {
        if (!filename) {
            return label;
        }
        return page
            ? _t("%(filename)s, version %(version)s, page %(page)s", {
                  filename,
                  version: version_number,
                  page,
              })
            : _t("%(filename)s, version %(version)s", { filename, version: version_number });
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            this.search();
        }
    }

    /** @param {string} date as the server sends it */
    formatDate(date) {
        return date ? formatDate(deserializeDate(date)) : "";
    }

    setFilter(name, value) {
        this.state[name] = value;
        return this.search();
    }

    async search(offset = 0) {
        const query = this.state.query.trim();
        Object.assign(this.state, { offset, searched: query, preview: null, error: "" });
        if (!query) {
            Object.assign(this.state, { records: [], total: 0 });
            return;
        }
        this.state.isLoading = true;
        const call = this.orm.silent.call("paydox.document", "search_documents", [query], {
            domain: this.domain,
            limit: LIMIT,
            offset,
            with_archived: this.state.withArchived,
        });
        try {
            const { total, records } = await this.keepLast.add(call);
            Object.assign(this.state, { total, records });
        } catch (error) {
            Object.assign(this.state, { total: 0, records: [] });
            this.state.error = error.data?.message || _t("The search failed. Try again.");
        }
        this.state.isLoading = false;
    }

    openDocument(resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "paydox.document",
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    openPreview(record, hit) {
        const [resModel, resId] = hit.version_id
            ? ["paydox.document.version", hit.version_id]
            : ["paydox.document", record.id];
        if (this.ui.isSmall) {
            return this.action.doActionButton({
                type: "object",
                name: hit.version_id ? "action_preview" : "action_open_file",
                resModel,
                resId,
            });
        }
        this.state.preview = { resModel, resId, documentId: record.id };
    }
}

registry.category("actions").add(ACTION, DocumentSearch);

/** The search opens from everywhere by a key. */
export const documentSearchService = {
    dependencies: ["action", "command"],
    start(env, { action, command }) {
        command.add(
            _t("Search in documents and files"),
            () => action.doAction("paydox_edms.paydox_document_action_search"),
            {
                hotkey: "control+shift+f",
                global: true,
            }
        );
    },
};

registry.category("services").add("paydox_document_search", documentSearchService);
