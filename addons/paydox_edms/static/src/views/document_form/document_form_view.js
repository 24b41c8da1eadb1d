import { registry } from "@web/core/registry";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";

/** Marks the header buttons of class ``o_paydox_more``: they go under “More”. */
export class DocumentFormCompiler extends FormCompiler {
    compileHeader(el, params) {
        const statusBar = super.compileHeader(el, params);
        for (const button of statusBar.querySelectorAll("ViewButton")) {
            if ((button.getAttribute("className") || "").includes("o_paydox_more")) {
                button.parentElement.setAttribute("isSecondary", "true");
            }
        }
        return statusBar;
    }
}

/** Two or three buttons that matter in the state of the document, and a menu of the others. */
export class DocumentStatusBarButtons extends StatusBarButtons {
    static template = "paydox_edms.DocumentStatusBarButtons";

    get shownSlotNames() {
        const names = this.visibleSlotNames.filter((name) => !this.props.slots[name].isSecondary);
        return this.env.isSmall ? names.slice(0, 1) : names;
    }

    get moreSlotNames() {
        const shown = new Set(this.shownSlotNames);
        return this.visibleSlotNames.filter((name) => !shown.has(name));
    }
}

export class DocumentFormRenderer extends FormRenderer {
    static components = { ...FormRenderer.components, StatusBarButtons: DocumentStatusBarButtons };
}

registry.category("views").add("paydox_document_form", {
    ...formView,
    Compiler: DocumentFormCompiler,
    Renderer: DocumentFormRenderer,
});
