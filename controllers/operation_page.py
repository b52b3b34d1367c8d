# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from werkzeug.exceptions import Forbidden, NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from ..cells import get_column

NUMBERS = ("integer", "float", "monetary")


class CrmCampaignOperationPageController(http.Controller):
    @http.route(
        "/crm_campaign/operation/<int:operation_id>/<string:page>.html", type="http", auth="user"
    )
    def show_page(self, operation_id, page, **_kwargs):
        """Show the follow-up of a mass action, or the leads it obtained, as a page to print.

        As the user: record rules and the host's right to export hold.
        """
        operation = request.env["crm.campaign.operation"].search([("id", "=", operation_id)])
        pages = operation._get_pages()
        if not operation or page not in pages:
            raise NotFound()
        if not request.env.user.has_group("base.group_allow_export"):
            raise Forbidden()
        title, model, domain, names = pages[page]
        records = request.env[model].with_context(**operation._page_context)
        records = records.search(Domain(domain))
        columns = [get_column(records, name, on_screen=True) for name in names]
        return request.render(
            "crm_campaign.operation_page",
            {
                "title": title,
                "subtitle": f"{operation.code} – {operation.name}",
                "headings": [label for label, _get_text in columns],
                "rows": [
                    {
                        "class": operation._get_row_class(record),
                        "cells": [
                            (get_text(record), self._get_cell_class(record, name))
                            for name, (_label, get_text) in zip(names, columns, strict=True)
                        ],
                    }
                    for record in records
                ],
            },
        )

    def _get_cell_class(self, record, name):
        if name == "date_deadline" and "is_overdue" in record._fields and record.is_overdue:
            return "o_overdue"
        return "o_number" if record._fields[name].type in NUMBERS else None
