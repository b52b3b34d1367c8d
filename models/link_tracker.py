# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class LinkTracker(models.Model):
    _inherit = "link.tracker"

    # The links of a message are counted when its clicks are judged; the host has no index.
    _crm_campaign_mailing_idx = models.Index("(mass_mailing_id) WHERE mass_mailing_id IS NOT NULL")


class LinkTrackerClick(models.Model):
    """The host's clicks: counted as ever; whether a person made them is judged by us, later."""

    _inherit = "link.tracker.click"

    def _prepare_click_values_from_route(self, **route_values):
        # EXTENDS mass_mailing — a click on a campaign's message belongs to a link of that message,
        # and keeps no address of the visitor
        values = super()._prepare_click_values_from_route(**route_values)
        # Superuser: a visitor without rights; the host looks the same trace up in the same way.
        trace = self.env["mailing.trace"].sudo().browse(values.get("mailing_trace_id") or ())
        if trace.model == "crm.campaign.recipient":
            values["ip"] = False
            link = self.env["link.tracker"].sudo().browse(values["link_id"])
            if link.mass_mailing_id != trace.mass_mailing_id:
                values["mailing_trace_id"] = False
        return values

    @api.model
    def add_click(self, code, **route_values):
        # EXTENDS mass_mailing
        judged_later = self.with_context(campaign_judged_later=True)
        click = super(LinkTrackerClick, judged_later).add_click(code, **route_values)
        if click and click.mailing_trace_id:
            recipients = click.mailing_trace_id._get_campaign_recipients()
            self.env["crm.campaign.event"]._note_request(recipients, "click", click.link_id.id)
        return click
