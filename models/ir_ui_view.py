# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from lxml import etree

from odoo import fields, models

FIELD_ATTRIBUTES = ("date_start", "date_stop", "color", "group_field", "all_day", "movable")
TIMELINE_ATTRIBUTES = {
    *FIELD_ATTRIBUTES,
    # of the host's validation
    "__validate__",
    *("class", "js_class", "mode", "string"),
}
TIMELINE_MODES = ("day", "week", "month", "quarter")


class IrUiView(models.Model):
    """The timeline as a type of view, so that search, favourites and the switcher work."""

    _inherit = "ir.ui.view"

    type = fields.Selection(selection_add=[("campaign_timeline", "Campaign Timeline")])

    def _get_view_info(self):
        # EXTENDS web — the button of the view switcher
        return {"campaign_timeline": {"icon": "fa fa-align-left"}} | super()._get_view_info()

    def _validate_tag_campaign_timeline(self, node, name_manager, node_info):
        """Check the definition of a timeline: its attributes, and fields below."""
        if not node_info["validate"]:
            return
        for child in node.iterchildren(tag=etree.Element):
            if child.tag != "field":
                self._raise_view_error(
                    self.env._("A timeline holds fields only, not “%s”.", child.tag), child
                )
        if unknown := set(node.attrib) - TIMELINE_ATTRIBUTES:
            self._raise_view_error(
                self.env._("A timeline has no attribute “%s”.", min(unknown)), node
            )
        if not (node.get("date_start") and node.get("date_stop")):
            self._raise_view_error(
                self.env._("A timeline needs “date_start” and “date_stop”."), node
            )
        if node.get("mode", "month") not in TIMELINE_MODES:
            self._raise_view_error(
                self.env._("A timeline shows a day, week, month or quarter."), node
            )
        self._postprocess_tag_campaign_timeline(node, name_manager, node_info)

    def _postprocess_tag_campaign_timeline(self, node, name_manager, node_info):
        """Note which fields the attributes name."""
        for attribute in FIELD_ATTRIBUTES:
            if name := node.get(attribute):
                name_manager.has_field(node, name, node_info)
