import { registry } from "@web/core/registry";
import { WorkloadArchParser } from "./workload_arch_parser";
import { WorkloadController } from "./workload_controller";
import { WorkloadModel } from "./workload_model";
import { WorkloadRenderer } from "./workload_renderer";

export const workloadView = {
    type: "workload",
    ArchParser: WorkloadArchParser,
    Controller: WorkloadController,
    Model: WorkloadModel,
    Renderer: WorkloadRenderer,
    searchMenuTypes: ["filter", "favorite"],

    props: (genericProps, view) => ({
        ...genericProps,
        archInfo: new view.ArchParser().parse(genericProps.arch),
        Model: view.Model,
        Renderer: view.Renderer,
    }),
};

registry.category("views").add("workload", workloadView);
