# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64

from odoo import http
from odoo.http import request
from odoo.tools import consteq

# One transparent pixel.
PIXEL = base64.b64decode("R0lGODlhAQABAIAAANvf7wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")


class CrmCampaignTrackingController(http.Controller):
    @http.route(
        "/crm_campaign/open/<int:trace_id>/<string:token>/blank.gif", type="http", auth="public"
    )
    def track_open(self, trace_id, token, **_kwargs):
        """Record that a message was opened, and answer with a transparent pixel.

        An opening is what this request is; nothing else changes, and whether a person made it is
        judged later. A wrong token records nothing and gets the same answer, so that nothing is
        learnt from it.
        """
        expected = request.env["crm.campaign.channel.email"]._get_pixel_token(trace_id)
        if consteq(token.encode(), expected.encode()):
            # Superuser: a visitor without rights, but with the token of this very message.
            trace_sudo = request.env["mailing.trace"].sudo().browse(trace_id).exists()
            trace_sudo.with_context(campaign_judged_later=True).set_opened()
            request.env["crm.campaign.event"]._note_request(
                trace_sudo._get_campaign_recipients(), "open"
            )
        return request.make_response(
            PIXEL, headers=[("Content-Type", "image/gif"), ("Cache-Control", "no-store")]
        )
