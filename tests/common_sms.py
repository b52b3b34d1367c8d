# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json
import tempfile
from pathlib import Path

from .common import CrmCampaignCase, CrmCampaignMixin
from .sms_service import TOKEN, SmsService


class SmsMixin(CrmCampaignMixin):
    """People with numbers, and a template of text messages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.fr")
        # Marketing by SMS needs a consent by default: see the test of consent.
        cls.purpose.unknown_sms = True
        cls.text = "Hi {{ object.partner_id.name ||| you}}, -20%. STOP 36111"

    def _start_service(self):
        """Have text messages carried by a real web service on this machine.

        :rtype: SmsService
        """
        service = SmsService()
        service.start()
        self.addCleanup(service.stop)
        self.company.write(
            {
                "campaign_sms_provider": "http",
                "campaign_sms_url": service.url,
                "campaign_sms_token": TOKEN,
            }
        )
        return service

    @classmethod
    def _create_person(cls, name, phone, **values):
        country = cls.env.ref("base.fr").id
        return cls._create_partner(name, phone=phone, country_id=country, **values)

    @classmethod
    def _create_people(cls, count):
        """Create people with distinct numbers +33612000001, …"""
        return [
            cls._create_person(f"Person {number}", f"06 12 00 00 {number:02}")
            for number in range(1, count + 1)
        ]

    @classmethod
    def _create_text(cls, text=None, **values):
        values = {"channel": "sms", "subject": False, "body_html": False, **values}
        return cls._create_template(body_text=cls.text if text is None else text, **values)

    @classmethod
    def _create_sms(cls, text=None, **values):
        values.setdefault("template_id", cls._create_text(text).id)
        return cls._create_operation(channel="sms", **values)

    def _sent_sms(self, text=None, **values):
        execution = self._dispatch(self._create_sms(text, **values))
        self._send()
        return execution


class SmsCase(SmsMixin, CrmCampaignCase):
    """Base of the tests that need no browser."""


class SmsFileMixin(SmsMixin):
    """Files as carrier."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.env["ir.config_parameter"].set_param("crm_campaign.sms_folder", folder.name)
        self.company.campaign_sms_provider = "file"

    def _read(self):
        """Return number -> text of what was written."""
        lines = [
            json.loads(line)
            for path in self.folder.glob("sms-*.jsonl")
            for line in path.read_text().splitlines()
        ]
        self.assertEqual(len({line["to"] for line in lines}), len(lines))
        return {line["to"]: line["text"] for line in lines}


class SmsFileCase(SmsFileMixin, CrmCampaignCase):
    """Base of the tests with files that need no browser."""
