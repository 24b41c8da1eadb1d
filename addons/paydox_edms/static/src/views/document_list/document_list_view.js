import { useState, useSubEnv } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { FilePreview } from "../../components/file_preview/file_preview";

/** A list of documents with room for the file of one of them. */
export class DocumentListController extends ListController {
    static template = "paydox_edms.DocumentListView";
    static components = { ...ListController.components, FilePreview };

    setup() {
        super.setup();
        this.preview = useState({ resId: 0 });
        useSubEnv({ openFilePreview: (resId) => this.togglePreview(resId) });
    }

    togglePreview(resId) {
        this.preview.resId = this.preview.resId === resId ? 0 : resId;
    }

    openPreviewed() {
        const record = this.model.root.records?.find(({ resId }) => resId === this.preview.resId);
        return record
            ? this.openRecord(record)
            : this.actionService.doAction({
                  type: "ir.actions.act_window",
                  res_model: this.props.resModel,
                  res_id: this.preview.resId,
                  views: [[false, "form"]],
              });
    }
}

registry
    .category("views")
    .add("paydox_document_list", { ...listView, Controller: DocumentListController });
