# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
import re
from unittest.mock import patch

import psycopg2

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..qr_code import draw_qr
from .common import CrmCampaignMixin

VISITOR = {
    "name": "Nina Kerdoncuff",
    "company": "Kerdoncuff & Co",
    "email": "Nina@Visitor.example.com",
    "phone": "+33 2 99 00 00 07",
    "message": "Please send me a quotation.",
}


@tagged("post_install", "-at_install")
class TestResponsePage(CrmCampaignMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls._create_campaign()
        cls.show = cls._create_presence("trade_show", name="Home Fair", show_venue="Park")
        cls.page = f"/cr/{cls.show.response_code}"
        cls.responses = cls.env["crm.campaign.response"]

    @classmethod
    def _create_presence(cls, kind, **values):
        values = {"operation_type": kind, "campaign_id": cls.campaign.id, "name": "x", **values}
        return cls.env["crm.campaign.operation"].with_user(cls.marketer).create(values)

    def _read(self, path=None, headers=None):
        response = self.url_open(path or self.page, headers=headers)
        return response, dict(
            re.findall(r'name="(csrf_token|nonce|lang)"[^>]*?value="([^"]*)"', response.text)
        )

    def _answer(self, **answers):
        """Open the page and send the form, as one visitor does."""
        _response, hidden = self._read()
        response = self.url_open(self.page, data={**hidden, **answers})
        self.env.invalidate_all()
        return response

    def _count(self):
        """Run the job that lets follow what visitors left."""
        with self.enter_registry_test_mode():
            self.env.ref("crm_campaign.ir_cron_refresh_counters").method_direct_trigger()
        self.env.invalidate_all()

    def _get_responses(self, kind="code"):
        return self.responses.search(
            [("operation_id", "=", self.show.id), ("kind", "=", kind)], order="id"
        )

    def _get_leads(self):
        return self.env["crm.lead"].search([("campaign_operation_id", "=", self.show.id)])

    # === CODE === #

    def test_codes_are_short_unguessable_and_unique(self):
        codes = {self._create_presence(kind).response_code for kind in ("trade_show", "press") * 5}

        self.assertEqual(len(codes), 10)
        for code in codes:
            self.assertRegex(code, r"^[2-9a-hjkmnp-z]{10}$")
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            self._create_presence("press").response_code = self.show.response_code

    def test_mailings_have_no_code_and_a_copy_has_its_own(self):
        self.assertFalse(self._create_operation().response_code)
        copied = self.show.copy()
        self.assertTrue(copied.response_code)
        self.assertNotEqual(copied.response_code, self.show.response_code)

    def test_the_qr_code_is_that_of_the_address(self):
        self.assertTrue(self.show.response_url.endswith(self.page))
        drawing = base64.b64decode(self.show.response_qr).decode()
        self.assertEqual(drawing, draw_qr(self.show.response_url))
        self.assertNotEqual(drawing, draw_qr(self.show.response_url + "x"))

        self.authenticate("campaign_marketer", "campaign_marketer")
        file = self.url_open(self.show.action_download_qr()["url"])

        self.assertEqual(file.text, drawing)
        self.assertIn(f"{self.show.response_code}.svg", file.headers["Content-Disposition"])

    def test_a_qr_code_has_its_three_corners_and_a_light_margin(self):
        cells = re.findall(r"M(\d+) (\d+)h1", draw_qr("https://www.example.com/cr/abcdefghjk"))
        cells = {(int(column), int(row)) for column, row in cells}
        last = max(column for column, _row in cells)

        self.assertEqual(min(min(cell) for cell in cells), 4)
        for corner in ((4, 4), (last, 4), (4, last)):
            self.assertIn(corner, cells)

    # === READING === #

    def test_reading_changes_nothing(self):
        for _time in range(2):
            response, _hidden = self._read()
            self.assertEqual(response.status_code, 200)
            self.assertIn("Home Fair", response.text)
            self.assertIn("Park", response.text)
            for name in (*VISITOR, "consent", "website"):
                self.assertIn(f'name="{name}"', response.text)

        self.assertFalse(self._get_responses())
        self.assertFalse(self.env["crm.campaign.page.visit"].search([]))

    def test_a_code_is_read_however_it_is_typed(self):
        response, _hidden = self._read(self.page.upper().replace("/CR/", "/cr/"))

        self.assertIn("Home Fair", response.text)

    def test_an_unknown_code_leads_nowhere(self):
        for code in ("2222222222", "x", "%27%20OR%201%3D1", "é" * 10, "a" * 5000):
            with self.subTest(code[:20]):
                response = self.url_open(f"/cr/{code}")
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("Home Fair", response.text)

    def test_the_page_speaks_the_language_of_the_visitor(self):
        self.env["res.lang"]._activate_lang("fr_FR")

        self.assertIn('lang="fr-FR"', self._read(headers={"Accept-Language": "fr"})[0].text)
        self.assertIn('lang="en-US"', self._read(f"{self.page}?lang=en_US")[0].text)

    # === ANSWERING === #

    def test_an_answer_is_a_response_and_a_lead(self):
        response = self._answer(**VISITOR)
        self.assertIn("Thank you!", response.text)
        self.assertNotIn("<form", response.text)

        self._count()

        self.assertRecordValues(
            self._get_leads(),
            [
                {
                    "name": "Home Fair: Nina Kerdoncuff",
                    "contact_name": "Nina Kerdoncuff",
                    "partner_name": "Kerdoncuff & Co",
                    "email_from": "nina@visitor.example.com",
                    "phone": "+33 2 99 00 00 07",
                    "partner_id": False,
                    "user_id": self.marketer.id,
                    "company_id": self.company.id,
                    "campaign_id": self.campaign.utm_campaign_id.id,
                }
            ],
        )
        self.assertRecordValues(
            self._get_responses(),
            [
                {
                    "contact_name": "Nina Kerdoncuff",
                    "address": "nina@visitor.example.com",
                    "note": "Please send me a quotation.",
                    "lead_id": self._get_leads().id,
                    "partner_id": False,
                    "user_id": False,
                    "answers": False,
                }
            ],
        )
        # The lead counts too, for the show that made it, under the name of the visitor.
        self.assertEqual(self.show.response_count, 2)
        responses = self.env["crm.campaign.response"].search([("operation_id", "=", self.show.id)])
        self.assertEqual(responses.mapped("display_name"), ["Nina Kerdoncuff"] * 2)

    def test_the_same_person_responds_once(self):
        self._answer(**VISITOR)
        self._answer(**VISITOR)
        self.assertEqual(len(self._get_responses()), 1)
        self._count()
        self._answer(**{**VISITOR, "email": "NINA@visitor.example.com", "name": "N. K."})
        self._count()

        self.assertEqual(len(self._get_responses()), 1)
        self.assertEqual(len(self._get_leads()), 1)

    def test_a_form_sent_twice_without_an_address_is_one_response_and_no_lead(self):
        _response, hidden = self._read()
        for _time in range(2):
            self.url_open(self.page, data={**hidden, "name": "Somebody"})
        self._count()

        self.assertEqual(self._get_responses().mapped("contact_name"), ["Somebody"])
        self.assertFalse(self._get_leads())

    def test_a_form_without_its_own_token_is_refused(self):
        response = self.url_open(self.page, data=VISITOR)

        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._get_responses())

    def test_what_is_missing_or_wrong_is_said_and_the_rest_is_kept(self):
        response = self._answer(**{**VISITOR, "email": "nina@"})
        self.assertIn("This email address is not complete.", response.text)
        self.assertIn('value="Nina Kerdoncuff"', response.text)

        response = self._answer(**{**VISITOR, "name": "  "})
        self.assertIn("Please tell us your name.", response.text)

        self.assertFalse(self._get_responses())

    def test_a_program_that_fills_in_the_trap_records_nothing(self):
        response = self._answer(**VISITOR, website="https://spam.example.com")

        self.assertIn("Thank you!", response.text)
        self.assertFalse(self._get_responses())

    def test_many_answers_of_one_network_are_refused(self):
        visits = self.env.registry["crm.campaign.page.visit"]
        with patch.object(visits, "_limit", 2):
            statuses = [self._answer(name=f"Visitor {number}").status_code for number in range(3)]

        self.assertEqual(statuses, [200, 200, 429])
        self.assertEqual(len(self._get_responses()), 2)

    def test_the_address_of_a_visitor_is_not_kept(self):
        self._answer(**VISITOR)
        visits = self.env["crm.campaign.page.visit"]
        visit = visits.search([])
        self.assertRegex(visit.visitor, "^[0-9a-f]{32}$")
        self.env.cr.execute(
            "UPDATE crm_campaign_page_visit SET moment = moment - interval '11 minutes'"
        )

        self._count()

        self.assertFalse(visits.search([]))

    def test_a_network_is_one_visitor(self):
        visits = self.env["crm.campaign.page.visit"]
        for name, first, second, same in (
            ("IPv4", "192.0.2.1", "192.0.2.2", False),
            ("IPv6 of one household", "2001:db8::1", "2001:db8::2", True),
            ("IPv6 of two", "2001:db8:0:1::1", "2001:db8:0:2::1", False),
            ("no address", "", "nonsense", True),
        ):
            with self.subTest(name):
                self.assertEqual(visits._get_visitor(first) == visits._get_visitor(second), same)

    def test_hostile_input_is_text(self):
        script = "<script>alert(1)</script>"
        response = self._answer(**{**VISITOR, "name": script, "email": "x@"})
        self.assertNotIn(script, response.text)
        self._answer(name=script, email="h@example.com", message=f"a{chr(0)}b {script} '; --")

        self._count()

        lead = self._get_leads()
        self.assertEqual(lead.contact_name, script)
        self.assertNotIn("<script>", lead.description)
        self.assertIn("&lt;script&gt;", lead.description)
        self.assertEqual(self._get_responses().note, f"ab {script} '; --")

    def test_what_is_too_long_is_cut(self):
        self._answer(name="n" * 500, message="m" * 9000)

        response = self._get_responses()
        self.assertEqual((len(response.contact_name), len(response.note)), (100, 2000))

    # === KNOWN CONTACTS AND CONSENT === #

    def _get_consents(self, partner):
        return self.env["crm.campaign.consent"].search([("partner_id", "=", partner.id)])

    def test_a_known_contact_is_recognised_and_not_changed(self):
        nina = self._create_partner("Nina", "nina@visitor.example.com", phone="+33200000000")

        self._answer(**VISITOR)
        self._count()

        self.assertEqual(self._get_responses().partner_id, nina)
        self.assertFalse(self._get_leads().partner_id)
        self.assertEqual((nina.name, nina.phone), ("Nina", "+33200000000"))
        self.assertFalse(self._get_consents(nina))

    def test_the_page_says_the_same_whether_somebody_is_known_or_not(self):
        self._create_partner("Nina", "nina@visitor.example.com")
        mask = re.compile(r'csrf_token[^,]*|[0-9a-f]{20,}o\d+|nonce" value="[^"]*"')

        known = self._answer(**VISITOR, consent="1")
        unknown = self._answer(**{**VISITOR, "email": "nobody@visitor.example.com"}, consent="1")

        self.assertEqual(mask.sub("", known.text), mask.sub("", unknown.text))

    def test_the_box_records_the_consent_of_a_known_contact(self):
        nina = self._create_partner("Nina", "nina@visitor.example.com")

        self._answer(**VISITOR, consent="1")
        self.assertFalse(self._get_consents(nina), "the job records it")
        self._count()

        self.assertRecordValues(
            self._get_consents(nina),
            [
                {
                    "purpose_id": self.purpose.id,
                    "channel": "email",
                    "decision": "given",
                    "source": "response",
                    "wording": "Marketing: Offers and invitations.",
                    "address": "nina@visitor.example.com",
                    "user_id": False,
                }
            ],
        )

    def test_a_visitor_undoes_no_refusal(self):
        nina = self._create_partner("Nina", "nina@visitor.example.com")
        self.env["crm.campaign.consent"]._record(nina, self.purpose, "email", "refused")

        self._answer(**VISITOR, consent="1")
        self._count()

        self.assertEqual(self._get_consents(nina).mapped("decision"), ["refused"])

    def test_an_address_of_two_contacts_or_of_another_company_is_nobodys(self):
        twins = self._create_partner("Nina", "nina@visitor.example.com")
        twins |= self._create_partner("Twin", "nina@visitor.example.com")
        stranger = self._create_partner(
            "Elsewhere", "far@visitor.example.com", company_id=self.foreign_company.id
        )

        self._answer(**VISITOR, consent="1")
        self._answer(**{**VISITOR, "email": "far@visitor.example.com"}, consent="1")
        self._count()

        self.assertFalse(self._get_responses().partner_id)
        for partner in twins | stranger:
            self.assertFalse(self._get_consents(partner))

    def test_without_a_purpose_nothing_is_asked(self):
        self.show.purpose_id = False

        self.assertNotIn('name="consent"', self._read()[0].text)

    # === OVER === #

    def test_what_is_over_says_so_and_records_nothing(self):
        _response, hidden = self._read()
        self.show.action_open()
        for name, end in (
            ("finished", self.show.action_finish),
            ("campaign closed", self.campaign.action_close),
        ):
            end()
            with self.subTest(name):
                response, _hidden = self._read()
                self.assertEqual(response.status_code, 200)
                self.assertIn("This is over.", response.text)
                self.assertNotIn("<form", response.text)
                response = self.url_open(self.page, data={**hidden, **VISITOR})
                self.assertIn("This is over.", response.text)
        self.assertFalse(self._get_responses())

    def test_a_cancelled_insertion_is_over(self):
        press = self._create_presence("press", press_medium="The Building Monthly")
        response, _hidden = self._read(f"/cr/{press.response_code}")
        self.assertIn("The Building Monthly", response.text)
        press.action_cancel()

        response, _hidden = self._read(f"/cr/{press.response_code}")

        self.assertIn("This is over.", response.text)

    def test_an_answer_that_cannot_be_used_holds_no_other_up(self):
        self._answer(**VISITOR)
        self._answer(**{**VISITOR, "email": "second@visitor.example.com"})
        model = self.env.registry["crm.campaign.response"]
        prepare = model._prepare_lead_vals

        def fail(response, answers):
            if answers["email"].startswith("nina"):
                raise ValueError("broken")
            return prepare(response, answers)

        with (
            patch.object(model, "_prepare_lead_vals", fail),
            mute_logger("odoo.addons.crm_campaign.models.crm_campaign_response_page"),
        ):
            self._count()

        self.assertEqual(self._get_leads().email_from, "second@visitor.example.com")
        self.assertEqual(len(self._get_responses()), 2)
