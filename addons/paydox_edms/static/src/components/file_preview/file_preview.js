import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { humanNumber } from "@web/core/utils/numbers";

/** The file of a document or of one of its versions, as far as the browser can show it. */
export class FilePreview extends Component {
    static template = "paydox_edms.FilePreview";
    static props = {
        resModel: String,
        resId: Number,
        close: { type: Function, optional: true },
        openDocument: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ file: null, error: "" });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => {
            if (props.resId !== this.props.resId || props.resModel !== this.props.resModel) {
                return this.load(props);
            }
        });
    }

    async load({ resModel, resId }) {
        const call = this.orm.silent.call(resModel, "get_preview", [[resId]]);
        try {
            this.state.file = await this.keepLast.add(call);
            this.state.error = "";
        } catch (error) {
            this.state.file = null;
            this.state.error = error.data?.message || _t("The file could not be loaded.");
        }
    }

    get title() {
        const { filename, number } = this.state.file;
        return _t("%(filename)s (version %(number)s)", { filename, number });
    }

    get size() {
        return _t("%s bytes", humanNumber(this.state.file.size, { decimals: 1 }));
    }

    get pdfUrl() {
        const file = encodeURIComponent(this.state.file.url);
        return `/web/static/lib/pdfjs/web/viewer.html?file=${file}#pagemode=none`;
    }
}
