/** Tell the CSS class of the box of a line: what automatic tasks did is violet. */
export function getBoxClass(record) {
    return record?.rawRecord.run_kind === "automatic"
        ? "o_crm_campaign_auto"
        : "o_crm_campaign_other";
}
