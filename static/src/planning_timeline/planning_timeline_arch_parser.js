import { visitXML } from "@web/core/utils/xml";
import { SCALES } from "./planning_timeline_layout";

const FIELD_ATTRIBUTES = ["date_start", "date_stop", "color", "group_field", "all_day", "movable"];

export class PlanningTimelineArchParser {
    parse(xmlDoc) {
        const mapping = {};
        const fieldNames = new Set();
        visitXML(xmlDoc, (node) => {
            if (node.tagName === "field") {
                fieldNames.add(node.getAttribute("name"));
            }
        });
        for (const attribute of FIELD_ATTRIBUTES) {
            if (xmlDoc.hasAttribute(attribute)) {
                mapping[attribute] = xmlDoc.getAttribute(attribute);
                fieldNames.add(mapping[attribute]);
            }
        }
        const mode = xmlDoc.getAttribute("mode");
        return {
            mapping,
            fieldNames: [...fieldNames],
            scale: mode in SCALES ? mode : "month",
        };
    }
}
