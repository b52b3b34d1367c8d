# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
import json
import secrets
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize
from odoo.tools.urls import urljoin

from ..const import TYPES_WITHOUT_CHANNEL
from ..qr_code import draw_qr

# Letters and digits that nobody takes for one another: ten of them are 49 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 10
OVER = ("done", "cancelled")


class CrmCampaignOperation(models.Model):
    """The code of a trade show or an insertion, and the public page behind it."""

    _inherit = "crm.campaign.operation"

    response_code = fields.Char(
        readonly=True,
        copy=False,
        help="To print on what people take along: it leads to the page where they answer.",
    )
    response_url = fields.Char(string="Public Page", compute="_compute_response_url")
    response_qr = fields.Binary(string="QR Code", compute="_compute_response_qr")
    response_qr_url = fields.Char(
        string="Drawing of the QR Code",
        compute="_compute_response_qr",
        export_string_translation=False,
    )
    response_text = fields.Text(
        string="Text of the Page", translate=True, help="A few words above the form."
    )
    is_page_open = fields.Boolean(string="Page Takes Answers", compute="_compute_is_page_open")

    _response_code_uniq = models.UniqueIndex(
        "(response_code) WHERE response_code IS NOT NULL", "A response code is used once only."
    )

    # === COMPUTE METHODS === #

    @api.depends("response_code")
    def _compute_response_url(self):
        for operation in self:
            code = operation.response_code
            operation.response_url = code and urljoin(operation.get_base_url(), f"cr/{code}")

    @api.depends("response_url")
    def _compute_response_qr(self):
        for operation in self:
            url = operation.response_url
            drawing = url and base64.b64encode(draw_qr(url).encode())
            operation.response_qr = drawing
            operation.response_qr_url = drawing and f"data:image/svg+xml;base64,{drawing.decode()}"

    @api.depends("state", "active", "campaign_id.state", "response_code")
    def _compute_is_page_open(self):
        for operation in self:
            operation.is_page_open = bool(
                operation.response_code
                and operation.active
                and operation.state not in OVER
                and operation.campaign_id.state == "open"
            )

    # === ACTION METHODS === #

    def action_open_page(self):
        """Open the public page as visitors see it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.response_url, "target": "new"}

    def action_download_qr(self):
        """Download the QR code as a drawing, sharp at any size on paper."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/response_qr"
            f"?download=true&filename={self.response_code}.svg",
            "target": "download",
        }

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS crm_campaign — a code of their own, and a purpose that visitors may agree to
        purpose = self.env["crm.campaign.purpose"]._get_default_asked()
        return super().create(
            [
                {"purpose_id": purpose.id, **vals, "response_code": self._make_response_code()}
                if vals.get("operation_type") in TYPES_WITHOUT_CHANNEL
                else vals
                for vals in vals_list
            ]
        )

    @api.model
    def _make_response_code(self):
        """Make a code that nobody guesses.

        :rtype: str
        """
        return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))

    # === BUSINESS METHODS - PAGE === #

    @api.model
    def _find_by_code(self, code):
        """Find whose page a code opens.

        :param str code: as a visitor typed it
        :return: operation, as superuser, or none
        """
        # Superuser: a visitor without rights, but with the code.
        operations = self.sudo().with_context(active_test=False)
        code = (code or "").strip().lower()
        if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
            return operations.browse()
        return operations.search([("response_code", "=", code)], limit=1)

    def _get_asked_purpose(self):
        """Return the purpose that visitors may agree to; none when there is nothing to ask."""
        return self.purpose_id.filtered(lambda purpose: not purpose.is_service)

    def _note_visitor(self, answers, nonce):
        """Record that a visitor answered; one statement, whoever it is.

        What comes of it (a lead, a consent) is made by the job, so that the time the page takes
        tells nobody whether an address is known.

        :param dict answers: ``name``, ``company``, ``email``, ``phone``, ``message``, and
            ``wording``, under which the visitor agreed (empty = not)
        :param str nonce: of the form, which tells visitors apart who left no address
        """
        self.ensure_one()
        email = email_normalize(answers.get("email") or "") or ""
        address = email or answers.get("phone") or ""
        stranger = sha256((nonce or secrets.token_hex()).encode()).hexdigest()[:24]
        answers = {**answers, "email": email, "lang": self.env.lang}
        self.env["crm.campaign.response"]._insert(
            {
                "campaign_id": SQL("%s", self.campaign_id.id),
                "operation_id": SQL("%s", self.id),
                "company_id": SQL("%s", self.company_id.id),
                "kind": SQL("'code'"),
                "date": SQL("%s", fields.Datetime.now()),
                "person": SQL("%s", f"a{address}" if address else f"v{stranger}"),
                "address": SQL("%s", address or None),
                "contact_name": SQL("%s", answers.get("name") or None),
                "note": SQL("%s", answers.get("message") or None),
                "answers": SQL("%s::jsonb", json.dumps(answers)),
            },
            SQL("(VALUES (1)) AS one"),
        )


class CrmCampaignPurpose(models.Model):
    _inherit = "crm.campaign.purpose"

    @api.model
    def _get_default_asked(self):
        """Return the purpose that public pages ask about unless they say another one."""
        marketing = self.env.ref(
            "crm_campaign.crm_campaign_purpose_marketing", raise_if_not_found=False
        )
        return marketing if marketing and marketing.active else self._get_asked()[:1]
