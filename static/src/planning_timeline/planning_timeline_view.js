import { registry } from "@web/core/registry";
import { PlanningTimelineArchParser } from "./planning_timeline_arch_parser";
import { PlanningTimelineController } from "./planning_timeline_controller";
import { PlanningTimelineModel } from "./planning_timeline_model";
import { PlanningTimelineRenderer } from "./planning_timeline_renderer";

export const planningTimelineView = {
    type: "campaign_timeline",
    searchMenuTypes: ["filter", "favorite"],
    ArchParser: PlanningTimelineArchParser,
    Controller: PlanningTimelineController,
    Model: PlanningTimelineModel,
    Renderer: PlanningTimelineRenderer,
    props: (props, { ArchParser, Model, Renderer }) => ({
        ...props,
        Model,
        Renderer,
        archInfo: new ArchParser().parse(props.arch),
    }),
};

registry.category("views").add("campaign_timeline", planningTimelineView);
