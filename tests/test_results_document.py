# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io
from datetime import datetime

from freezegun import freeze_time
from PIL import Image
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from ..models.crm_campaign_reporting import MOST_CAMPAIGNS
from .common import CrmCampaignCase, CrmCampaignMixin
from .common_results import invent_results, make_operation, read_pages

NOON = datetime(2026, 11, 28, 12, 0)


@tagged("post_install", "-at_install")
class TestResultsDocument(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer.tz = "Europe/Paris"
        cls.campaign = cls._create_campaign(
            title="Spring",
            date_start="2026-09-01",
            date_end="2026-11-30",
            budget_planned=5000,
            currency_id=cls.env.ref("base.USD").id,
            objective="<p>Bring <b>customers</b> back &amp; keep them.</p>",
        )

    def _render(self, campaigns=None, user=None, **values):
        """Return the bytes of the report, as the user reads it."""
        user = user or self.marketer
        context = {"lang": user.lang, "tz": user.tz}
        document = self.env["crm.campaign.results.document"].with_user(user).with_context(**context)
        campaigns = (campaigns or self.campaign).with_user(user).with_context(**context)
        with freeze_time(NOON), invent_results(self.env, **values):
            return document._render(campaigns)

    def _read(self, *args, **values):
        return "\n".join(read_pages(self._render(*args, **values)))

    def assertPrinted(self, text, *expected):
        for one in expected:
            with self.subTest(one):
                self.assertIn(one, text)

    def test_head_of_the_report(self):
        text = self._read()

        self.assertPrinted(
            text,
            "Spring",
            self.campaign.code,
            "Campaign Marketer",
            "09/01/2026 – 11/30/2026",
            "Open",
            "Bring customers back & keep them.",
            "Printed on 11/28/26, 1:00 PM by Campaign Marketer",
            "Page 1 of 2",
        )

    def test_figures_of_the_report(self):
        text = self._read()

        self.assertPrinted(text, "2,480", "$ 5,000.00", "$ 88.13", "227.1%", "84.9%", "3.0%")
        self.assertIn("–\nCost per Sale", text, "nothing to divide by")

    def test_cost_per_lead_of_all_operations_is_the_ratio_of_the_sums(self):
        text = self._read()

        lines = text.splitlines()
        total = lines[lines.index("Total") :][:9]
        self.assertEqual(
            total,
            ["Total", "2,480", "0", "0", "64", "0", "$ 0.00", "$ 5,640.00", "$ 88.13"],
        )

    def test_responses_by_kind_and_who_was_left_out(self):
        self._create_partner("Zoé", "zoe@test.example.com")
        self._create_partner("No Email")
        self._create_partner("Nobody", "nobody@test.example.com", active=False)
        execution = self._sent_execution(campaign_id=self.campaign.id)
        execution._refresh_counters()
        self.env["crm.campaign.response"].with_user(self.marketer).create(
            [
                {"campaign_id": self.campaign.id, "address": f"person{number}@test.example.com"}
                for number in range(3)
            ]
        )

        lines = self._read().splitlines()

        def after(text, count):
            return lines[lines.index(text) + 1 :][:count]

        self.assertEqual(after("Entered by Hand", 2), ["3", "100.0%"])
        self.assertEqual(after("Archived", 2), ["1", "33.3%"])
        self.assertEqual(after("No Address", 2), ["1", "33.3%"])

    def test_hostile_and_foreign_texts_are_printed_as_they_are(self):
        self.campaign.title = "<b>Χαίρε</b> & Привет <script>"
        name = "<para>a & b</para> Łódź"

        text = self._read(operations=[make_operation(1, name, leads=1, cost=1.0)])

        self.assertPrinted(text.replace("\n", " "), "<b>Χαίρε</b> & Привет <script>", name)

    def test_what_no_font_has_never_holds_the_report_up(self):
        self.campaign.title = "Spring 春"

        self.assertIn("Spring ?", self._read())

    def test_the_longest_names_break_lines(self):
        self.campaign.title = "W" * 4000

        pages = read_pages(
            self._render(operations=[make_operation(1, "n" * 9000, leads=1, cost=1.0)])
        )

        self.assertEqual(len(pages), 2)

    def test_headings_of_the_operations_are_on_each_of_their_pages(self):
        operations = [make_operation(n, f"Mailing {n}", leads=1, cost=1.0) for n in range(90)]

        pages = read_pages(self._render(operations=operations))

        self.assertEqual(len(pages), 5)
        for page in pages[1:]:
            self.assertIn("Won Revenue", page)
        self.assertIn("Mailing 89", pages[-1])

    def test_report_tells_what_really_happened(self):
        self._create_partners(2)
        self._create_partner("No Email")
        self._sent_execution(campaign_id=self.campaign.id, name="Autumn letter")._refresh_counters()
        document = self.env["crm.campaign.results.document"].with_user(self.marketer)

        text = "\n".join(read_pages(document._render(self.campaign)))

        self.assertPrinted(
            text, "Reached\n2\n66.7%\n100.0%", "Autumn letter", "No Address\n1\n33.3%"
        )

    def test_amounts_of_an_axis_stand_as_elsewhere(self):
        document = self.env["crm.campaign.results.document"]
        euro = self.env.ref("base.EUR")
        for position, expected in (("before", "€ 1,500"), ("after", "1,500 €")):
            with self.subTest(position):
                euro.position = position
                text = document._format_round(1499.6, euro)
                self.assertEqual(text.replace("\xa0", " "), expected)

    def test_numbers_are_rounded_as_on_the_screen(self):
        document = self.env["crm.campaign.results.document"]
        currency = self.env.ref("base.USD")
        self.assertIn("35.63", document._format(35.625, "monetary", currency))
        self.assertEqual(document._format(0.1225, "percentage"), "12.3%")

    def test_nothing_has_left(self):
        text = self._read(tiles=[], funnel=[], operations=[], months=[])

        self.assertIn("Nothing has left yet.", text)

    def test_same_figures_same_bytes(self):
        self.assertEqual(self._render(), self._render())

    def test_report_in_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.marketer.lang = "fr_FR"

        content = self._render()

        self.assertIn("2 480", "\n".join(read_pages(content)))
        self.assertEqual(PdfReader(io.BytesIO(content)).trailer["/Root"]["/Lang"], "fr")

    def test_logo_of_the_company_is_printed_unless_nothing_reads_it(self):
        stream = io.BytesIO()
        Image.new("RGBA", (40, 20), "#ff0000").save(stream, "PNG")
        document = self.env["crm.campaign.results.document"]
        for name, logo, count in (("picture", stream.getvalue(), 1), ("broken", b"<svg", 0)):
            with self.subTest(name):
                self.patch(type(document), "_get_logo", lambda self, company, logo=logo: logo)
                page = PdfReader(io.BytesIO(self._render())).pages[0]
                self.assertEqual(len(page.images), count)

    def test_several_campaigns_in_one_document(self):
        other = self._create_campaign(title="Autumn")

        pages = read_pages(self._render(self.campaign | other))

        self.assertEqual(len(pages), 4)
        self.assertIn("Spring", pages[0])
        self.assertIn("Autumn", pages[2])
        self.assertIn("Page 4 of 4", pages[-1])

    def test_too_many_campaigns_are_refused(self):
        many = self.env["crm.campaign"].browse(range(1, MOST_CAMPAIGNS + 2))

        with self.assertRaisesRegex(UserError, "At most 100 campaigns"):
            many.action_print_report()

    def test_figures_are_for_those_who_may_read_the_campaign(self):
        portal = mail_new_test_user(self.env, login="campaign_portal", groups="base.group_portal")
        for user in (self.caller, self.foreign_manager, self.other_marketer, portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.campaign.with_user(user).get_results()


@tagged("post_install", "-at_install")
class TestResultsRoute(CrmCampaignMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls._create_campaign(title="Spring")
        cls.other = cls._create_campaign(title="Autumn", user_id=cls.marketer.id)

    def _get(self, *campaigns, ids=None):
        ids = ids if ids is not None else ",".join(str(campaign.id) for campaign in campaigns)
        return self.url_open(f"/crm_campaign/campaigns/report.pdf?campaign_ids={ids}")

    def test_button_leads_to_the_document(self):
        self.authenticate("campaign_marketer", "campaign_marketer")
        action = (self.campaign | self.other).with_user(self.marketer).action_print_report()

        response = self.url_open(action["url"])

        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("campaigns.pdf", response.headers["Content-Disposition"])
        text = "\n".join(read_pages(response.content))
        self.assertIn("Spring", text)
        self.assertIn("Autumn", text)

    def test_one_campaign_gives_the_document_its_code(self):
        self.authenticate("campaign_marketer", "campaign_marketer")

        response = self._get(self.campaign)

        self.assertIn(f"{self.campaign.code}.pdf", response.headers["Content-Disposition"])

    def test_who_may_not_read_a_campaign_gets_nothing(self):
        mail_new_test_user(
            self.env,
            login="campaign_portal",
            groups="base.group_portal",
            password="campaign_portal",
        )
        for login in ("campaign_caller", "campaign_foreign", "campaign_other", "campaign_portal"):
            with self.subTest(login):
                self.authenticate(login, login)
                response = self._get(self.campaign)
                self.assertEqual(response.status_code, 403)

    def test_one_forbidden_campaign_refuses_them_all(self):
        foreign = self.env["crm.campaign"].with_user(self.foreign_manager).create({"title": "Far"})
        self.authenticate("campaign_marketer", "campaign_marketer")

        self.assertEqual(self._get(self.campaign, foreign).status_code, 403)

    def test_visitors_are_sent_to_log_in(self):
        self.assertIn("/web/login", self._get(self.campaign).url)

    def test_wrong_addresses_are_refused(self):
        self.authenticate("campaign_marketer", "campaign_marketer")
        for name, ids, status in (
            ("nothing", "", 400),
            ("no number", "1;DROP", 400),
            ("no campaign", "999999999", 404),
        ):
            with self.subTest(name):
                self.assertEqual(self._get(ids=ids).status_code, status)
