import { exprToBoolean } from "@web/core/utils/strings";
import { FUNNEL_MODES } from "./funnel_utils";

export class FunnelArchParser {
    /**
     * @param {Element} xmlDoc root of the arch
     * @returns {{ mode: "cohort" | "snapshot", title: string, exportable: boolean }}
     */
    parse(xmlDoc) {
        const mode = xmlDoc.getAttribute("mode") || "cohort";
        if (!FUNNEL_MODES.includes(mode)) {
            throw new Error(`The mode of a funnel view is one of ${FUNNEL_MODES}, not "${mode}".`);
        }
        return {
            mode,
            title: xmlDoc.getAttribute("string") || "",
            exportable: exprToBoolean(xmlDoc.getAttribute("export"), true),
        };
    }
}
