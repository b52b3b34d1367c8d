# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged
from odoo.tools import hash_sign

from .common import CrmCampaignMixin


@tagged("post_install", "-at_install")
class TestPreferences(CrmCampaignMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls._create_partner("Zoé L'Hostis", "zoe@test.example.com", lang="en_US")
        cls.consents = cls.env["crm.campaign.consent"]
        cls.choice = f"choice-{cls.purpose.id}-email"

    def _get_path(self, partner=None, execution=None):
        url = self.consents._get_page_url(partner or self.zoe, self.company, execution)
        return urlsplit(url).path

    def _read(self, path):
        response = self.url_open(path)
        return response, dict(
            re.findall(r'name="(csrf_token|version|lang)"[^>]*?value="([^"]*)"', response.text)
        )

    def _answer(self, path, hidden, **answers):
        response = self.url_open(path, data={**hidden, **answers})
        self.env.invalidate_all()
        return response

    def _log(self):
        return self.consents.search([("partner_id", "=", self.zoe.id)], order="id")

    def test_reading_changes_nothing(self):
        path = self._get_path()
        for _time in range(2):
            response = self.url_open(path)
            self.assertEqual(response.status_code, 200)
            self.assertIn("zoe@test.example.com", response.text)

        self.assertFalse(self._log())

    def test_answers_are_recorded_with_their_proof(self):
        execution = self._sent_execution()
        path = self._get_path(execution=execution)
        _response, hidden = self._read(path)

        response = self._answer(path, hidden, **{self.choice: "refused"})

        self.assertIn("Your choices are saved.", response.text)
        self.assertRecordValues(
            self._log(),
            [
                {
                    "purpose_id": self.purpose.id,
                    "channel": "email",
                    "decision": "refused",
                    "source": "page",
                    "wording": "Marketing: Offers and invitations.",
                    "address": "zoe@test.example.com",
                    "user_id": False,
                    "execution_id": execution.id,
                }
            ],
        )

    def test_only_what_changed_is_recorded(self):
        self.consents._record(self.zoe, self.purpose, "email", "given")
        path = self._get_path()
        _response, hidden = self._read(path)

        self._answer(path, hidden, **{self.choice: "given"})

        self.assertEqual(len(self._log()), 1)

    def test_everything_is_refused_at_once(self):
        path = self._get_path()
        _response, hidden = self._read(path)

        self._answer(path, hidden, refuse_all="1")

        # Two purposes are asked about, on four channels.
        self.assertEqual(self._log().mapped("decision"), ["refused"] * 8)

    def test_a_form_sent_twice_changes_nothing_the_second_time(self):
        path = self._get_path()
        _response, hidden = self._read(path)
        self._answer(path, hidden, **{self.choice: "given"})
        self.consents._record(self.zoe, self.purpose, "email", "refused")

        response = self._answer(path, hidden, **{self.choice: "given"})

        self.assertIn("Your choices were changed meanwhile", response.text)
        self.assertEqual(self._log().mapped("decision"), ["given", "refused"])

    def test_a_form_without_its_own_token_is_refused(self):
        path = self._get_path()

        response = self._answer(path, {"version": "0"}, **{self.choice: "given"})

        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._log())

    def test_a_wrong_token_shows_nothing(self):
        good = self._get_path().rsplit("/", 1)[1]
        values = [self.zoe.id, "zoe@test.example.com", 0]
        with freeze_time(datetime.now() - timedelta(days=400)):
            expired = self._get_path().rsplit("/", 1)[1]
        moved = self._create_partner("Moved", "moved@test.example.com")
        other_address = self._get_path(moved).rsplit("/", 1)[1]
        moved.email = "elsewhere@test.example.com"
        gone = self._create_partner("Gone", "gone@test.example.com")
        deleted = self._get_path(gone).rsplit("/", 1)[1]
        gone.unlink()
        for name, token in (
            ("forged", good[:-6] + "AAAAAA"),
            ("cut", good[:20]),
            ("no token", "x"),
            ("not base64", "%C3%A9%C3%A9"),
            ("expired", expired),
            ("for another purpose", hash_sign(self.env, "another.scope", values)),
            ("of an address given up", other_address),
            ("of a deleted contact", deleted),
        ):
            with self.subTest(name):
                response = self.url_open(f"/crm_campaign/preferences/{token}")
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("zoe@test.example.com", response.text)
                self.assertNotIn("Marketing", response.text)

    def test_a_wrong_token_records_nothing(self):
        path = self._get_path()
        _response, hidden = self._read(path)

        response = self._answer(path[:-6] + "AAAAAA", hidden, **{self.choice: "refused"})

        self.assertEqual(response.status_code, 404)
        self.assertFalse(self._log())

    def test_the_page_speaks_the_language_of_the_contact(self):
        self.zoe.lang = "fr_FR"
        path = self._get_path()

        self.assertIn("Ce que vous souhaitez recevoir", self.url_open(path).text)
        self.assertIn("What you want to receive", self.url_open(f"{path}?lang=en_US").text)

    def test_the_link_is_in_the_message_and_leads_to_the_page(self):
        execution = self._dispatch(self._create_operation())
        recipient = self._get_recipient(execution, self.zoe)
        channel = self.env["crm.campaign.channel.email"]
        message = channel._prepare_batch(execution, recipient)[recipient.id]
        body = message.get_body().get_content()

        link = re.search(r'href="([^"]+/crm_campaign/preferences/[^"]+)"', body)[1]

        self.assertIn("zoe@test.example.com", self.url_open(urlsplit(link).path).text)

    def test_the_hosts_settings_link_leads_to_the_page(self):
        execution = self._sent_execution()
        recipient = self._get_recipient(execution, self.zoe)
        url = execution.mailing_id._get_unsubscribe_url("zoe@test.example.com", recipient.id)
        parts = urlsplit(url.replace("confirm_", ""))

        response = self.url_open(f"{parts.path}?{parts.query}")

        self.assertIn("What you want to receive", response.text)
        self.assertFalse(self._log())

    def test_everybody_at_an_address_unsubscribes(self):
        twin = self._create_partner("Twin", "ZOE@test.example.com")
        execution = self._sent_execution()
        recipient = self._get_recipient(execution, self.zoe)
        url = execution.mailing_id._get_unsubscribe_oneclick_url(
            "zoe@test.example.com", recipient.id
        )
        parts = urlsplit(url)
        for _time in range(2):
            self.url_open(f"{parts.path}?{parts.query}", data={"List-Unsubscribe": "One-Click"})
        self.env.invalidate_all()

        self.assertEqual(self._log().mapped("decision"), ["refused"])
        self.assertEqual(twin.campaign_consent_ids.mapped("decision"), ["refused"])

    def test_a_preference_page_of_a_colleague_needs_the_right(self):
        action = self.zoe.with_user(self.marketer).action_open_preferences()

        self.assertIn("/crm_campaign/preferences/", action["url"])
