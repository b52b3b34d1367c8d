# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io

from pypdf import PdfReader

from odoo.tests import HttpCase

from .common import CrmCampaignMixin


class PostCase(CrmCampaignMixin, HttpCase):
    """People with addresses, and letters as a printer would read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.company.write(
            {"name": "Our House", "city": "Paris", "zip": "75002", "country_id": cls.france.id}
        )
        cls.env.flush_all()

    @classmethod
    def _create_resident(cls, name, street, **values):
        values = {"zip": "75001", "city": "Paris", "country_id": cls.france.id, **values}
        return cls._create_partner(name, street=street, **values)

    @classmethod
    def _create_letter(cls, **values):
        values = {
            "channel": "post",
            "subject": "",
            "body_html": "<p>Dear <b>{{ object.partner_id.name ||| customer }}</b>, hello.</p>",
            **values,
        }
        return cls._create_template(**values)

    @classmethod
    def _create_mailing(cls, **values):
        template = values.pop("template_id", None) or cls._create_letter().id
        return cls._create_operation(channel="post", template_id=template, **values)

    def _sent_letters(self, **values):
        execution = self._dispatch(self._create_mailing(**values))
        self._send()
        return execution

    def _download(self, url, login="campaign_marketer"):
        self.authenticate(login, login)
        return self.url_open(url)

    def _read_letters(self, execution):
        """Return the text of each page of the downloaded letters."""
        response = self._download(f"/crm_campaign/execution/{execution.id}/letters.pdf")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        return [page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages]

    def _read_labels(self, execution, sheet, first=1):
        url = f"/crm_campaign/execution/{execution.id}/labels/{sheet.id}.pdf?first={first}"
        return PdfReader(io.BytesIO(self._download(url).content)).pages
