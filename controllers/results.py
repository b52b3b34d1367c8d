# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from werkzeug.exceptions import BadRequest, NotFound

from odoo import http
from odoo.http import content_disposition, request


class CrmCampaignResultsController(http.Controller):
    @http.route(
        "/crm_campaign/campaigns/report.pdf",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def print_report(self, campaign_ids="", **_kwargs):
        """Print the report of some campaigns, in one document.

        As the user: record rules hold, and one campaign that may not be read refuses them all.

        :param str campaign_ids: ids with commas between them, as the button gives them
        """
        try:
            ids = [int(text) for text in campaign_ids.split(",")]
        except ValueError as error:
            raise BadRequest() from error
        campaigns = request.env["crm.campaign"].browse(dict.fromkeys(ids))
        campaigns.check_access("read")
        if campaigns.exists() != campaigns:
            raise NotFound()
        campaigns._assert_printable()
        content = request.env["crm.campaign.results.document"]._render(campaigns)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(campaigns._get_report_name())),
            ],
        )
