import { Component, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { checkFileSize } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Takes a file, by a button or dropped, and adds it as a version; shows how far the upload is. */
export class VersionDrop extends Component {
    static template = "paydox_edms.VersionDrop";
    static props = { ...standardWidgetProps };

    setup() {
        this.notification = useService("notification");
        this.root = useRef("root");
        this.input = useRef("input");
        this.state = useState({ filename: "", percent: 0 });
        const widget = this;
        const page = {
            get el() {
                return widget.root.el?.closest(".tab-pane") || widget.root.el;
            },
        };
        useDropzone(
            page,
            (ev) => this.onDrop(ev),
            "o_paydox_version_dropzone",
            () => this.canTake
        );
    }

    get isBusy() {
        return Boolean(this.state.filename);
    }

    get canTake() {
        return !this.isBusy;
    }

    onClick() {
        this.input.el.click();
    }

    async onInput(ev) {
        await this.take([...ev.target.files]);
        ev.target.value = "";
    }

    onDrop(ev) {
        return this.take([...ev.dataTransfer.files]);
    }

    async take(files) {
        if (this.isBusy || !files.length) {
            return;
        }
        if (files.length > 1) {
            this.warn(
                _t("Drop one file at a time: each file becomes the next version of the document.")
            );
            return;
        }
        const { record } = this.props;
        if (!checkFileSize(files[0].size, this.notification) || !(await record.save())) {
            return;
        }
        this.state.filename = files[0].name;
        this.state.percent = 0;
        try {
            const { number } = await this.send(files[0], record.resId);
            this.notification.add(_t("Version %s added", number), { type: "success" });
            await record.load();
        } catch (error) {
            this.warn(error.message);
        } finally {
            this.state.filename = "";
        }
    }

    /** @returns {Promise<Object>} the version, or an error with the text of the server */
    send(file, resId) {
        const query = new URLSearchParams({
            ...this.getParameters(file),
            csrf_token: odoo.csrf_token,
        });
        const request = new browser.XMLHttpRequest();
        request.open("POST", `${this.getAddress(resId)}?${query}`);
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.upload.addEventListener("progress", ({ loaded, total }) => {
            this.state.percent = Math.round((100 * loaded) / (total || 1));
        });
        return new Promise((resolve, reject) => {
            request.addEventListener("load", () => {
                const answer = this.parse(request.responseText);
                if (request.status === 200 && answer.id) {
                    resolve(answer);
                } else {
                    reject(
                        new Error(
                            answer.error ||
                                _t("The server refused the file. Reload the page and try again.")
                        )
                    );
                }
            });
            request.addEventListener("error", () =>
                reject(new Error(_t("The connection was lost before the file arrived. Try again.")))
            );
            request.send(file);
        });
    }

    getAddress(resId) {
        return `/paydox/document/${resId}/upload`;
    }

    getParameters(file) {
        return { filename: file.name };
    }

    parse(text) {
        try {
            return JSON.parse(text);
        } catch {
            return {};
        }
    }

    warn(message) {
        this.notification.add(message, { type: "danger", sticky: true });
    }
}

registry.category("view_widgets").add("paydox_version_drop", { component: VersionDrop });
