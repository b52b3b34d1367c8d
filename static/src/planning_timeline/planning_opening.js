/** Open the operation or the automatic task behind a row of the planning. */
export function openPlanned(action, record) {
    const [model, value] = record.operation_id
        ? ["crm.campaign.operation", record.operation_id]
        : ["crm.campaign.task", record.task_id];
    return action.doAction({
        type: "ir.actions.act_window",
        res_model: model,
        res_id: value[0],
        views: [[false, "form"]],
        target: "current",
    });
}
