import { WORKLOAD_SCALES } from "./workload_utils";

export class WorkloadArchParser {
    /**
     * @param {Element} xmlDoc root of the arch
     * @returns {{ scale: "day" | "week", title: string }}
     */
    parse(xmlDoc) {
        const scale = xmlDoc.getAttribute("scale") || "day";
        if (!WORKLOAD_SCALES.includes(scale)) {
            throw new Error(
                `The scale of a workload is one of ${WORKLOAD_SCALES}, not "${scale}".`
            );
        }
        return { scale, title: xmlDoc.getAttribute("string") || "" };
    }
}
