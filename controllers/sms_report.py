# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge

from odoo import http
from odoo.http import request

from ..tools.sms_report import read_reports

# Thousands of reports.
MOST_OCTETS = 1_000_000


class CrmCampaignSmsReportController(http.Controller):
    @http.route(
        "/crm_campaign/sms/report/<int:company_id>/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def receive_reports(self, company_id, token, **_fields):
        """Take delivery reports of a carrier, as JSON or as a form (``tools/sms_report.py``).

        The address is signed for one company, and each message is named by a signed key: nothing
        else is changed, and what was reported once stays.
        """
        incoming = request.httprequest
        if (incoming.content_length or 0) > MOST_OCTETS:
            raise RequestEntityTooLarge()
        try:
            payload = (
                request.get_json_data()
                if incoming.mimetype == "application/json"
                else incoming.form.to_dict()
            )
            reports = read_reports(payload)
        except (ValueError, RecursionError) as error:
            raise BadRequest(str(error)) from error
        known = request.env["crm.campaign.recipient"]._receive_sms_reports(
            company_id, token, reports
        )
        if known is None:
            raise NotFound()
        return request.make_json_response({"known": known})
