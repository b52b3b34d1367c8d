# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase, CrmCampaignMixin

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


class TrackingMixin(CrmCampaignMixin):
    """A message of three links that left an hour ago."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com")
        links = "".join(f'<a href="https://www.example.com/{name}">{name}</a>' for name in "abc")
        cls.template = cls._create_template(body_html=f"<p>{links}</p>")

    def setUp(self):
        super().setUp()
        self.execution = self._sent_execution(template_id=self.template.id)
        self.recipient = self._get_recipient(self.execution, self.zoe)
        self.trace = self.env["mailing.trace"].search(
            [("model", "=", "crm.campaign.recipient"), ("res_id", "=", self.recipient.id)]
        )
        self.links = self.env["link.tracker"].search(
            [("mass_mailing_id", "=", self.execution.mailing_id.id)], order="id"
        )
        self._age(self.execution)

    def _get_verdict(self):
        """Judge everything now; return (state, opened, clicked, by a machine, clicked by one)."""
        self._judge()
        recipient = self.recipient
        return (
            recipient.state,
            bool(recipient.opened_at),
            bool(recipient.clicked_at),
            bool(recipient.machine_opened_at),
            bool(recipient.machine_clicked_at),
        )


@tagged("post_install", "-at_install")
class TestScannerRequests(TrackingMixin, HttpCase):
    """Requests of people and machines, over HTTP."""

    def setUp(self):
        super().setUp()
        token = self.env["crm.campaign.channel.email"]._get_pixel_token(self.trace.id)
        self.pixel = f"/crm_campaign/open/{self.trace.id}/{token}/blank.gif"

    def _open(self, user_agent, **options):
        return self.url_open(self.pixel, headers={"User-Agent": user_agent}, **options)

    def _click(self, link, user_agent=BROWSER, **options):
        path = f"/r/{link.code}/m/{self.trace.id}"
        headers = {"User-Agent": user_agent}
        return self.url_open(path, headers=headers, allow_redirects=False, **options)

    def test_opening_in_a_mail_program_is_a_persons(self):
        self._open(BROWSER)

        self.assertEqual(self._get_verdict(), ("opened", True, False, False, False))

    def test_gmail_fetches_images_for_a_person(self):
        self._open(GMAIL)

        self.assertEqual(self._get_verdict(), ("opened", True, False, False, False))

    def test_apple_fetches_images_for_nobody(self):
        self._open("Mozilla/5.0")

        self.assertEqual(self._get_verdict(), ("sent", False, False, True, False))
        self.assertEqual(self.recipient.machine_reason, "scanner")
        self.assertEqual(
            self.recipient.machine_scanner_id,
            self.env.ref("crm_campaign.crm_campaign_scanner_apple"),
        )

    def test_one_click_is_a_persons(self):
        self._click(self.links[0])

        self.assertEqual(self._get_verdict(), ("clicked", True, True, False, False))

    def test_all_links_at_once_are_a_machines(self):
        for link in self.links:
            self._click(link)

        self.assertEqual(self._get_verdict(), ("sent", False, False, False, True))
        self.assertEqual(self.recipient.machine_reason, "burst")

    def test_request_that_reads_nothing_is_a_machines(self):
        self._click(self.links[0], method="HEAD")

        self.assertEqual(self._get_verdict(), ("sent", False, False, False, True))
        self.assertEqual(self.recipient.machine_reason, "head")

    def test_network_of_a_scanner_gives_it_away(self):
        self.env["crm.campaign.scanner"].create({"name": "Here", "networks": "127.0.0.0/8"})

        self._click(self.links[0])

        self.assertEqual(self._get_verdict(), ("sent", False, False, False, True))

    def test_person_who_comes_after_a_machine_counts(self):
        self._open("Mozilla/5.0")
        self._get_verdict()

        self._click(self.links[0])

        self.assertEqual(self._get_verdict(), ("clicked", True, True, True, False))
        self.assertEqual(self.recipient.machine_reason, "scanner")

    def test_click_is_held_back_until_nothing_more_comes(self):
        self._click(self.links[0])

        self.assertEqual(self.env["crm.campaign.event"]._judge_settled(), 0)
        self.assertEqual(self.recipient.state, "sent")

    def test_host_counts_as_ever_and_keeps_no_address(self):
        self._click(self.links[0], "curl/8.1")

        click = self.env["link.tracker.click"].search([("link_id", "=", self.links[0].id)])
        self.assertEqual(click.mailing_trace_id, self.trace)
        self.assertFalse(click.ip)
        self.assertEqual(self.trace.trace_status, "open")

    def test_link_of_another_message_tells_nothing_of_this_one(self):
        other = self.env["link.tracker"].create({"url": "https://www.example.com/else"})

        response = self._click(other)

        self.assertEqual(response.headers["Location"], "https://www.example.com/else")
        self.assertEqual(self._get_verdict(), ("sent", False, False, False, False))

    def test_wrong_token_notes_nothing(self):
        self.url_open(f"/crm_campaign/open/{self.trace.id}/{'0' * 64}/blank.gif")

        self.assertEqual(self.env["crm.campaign.event"].search_count([]), 0)


@tagged("post_install", "-at_install")
class TestScanner(TrackingMixin, CrmCampaignCase):
    def _note(self, kind="open", link=0, recipients=None):
        self.env["crm.campaign.event"]._note(
            recipients or self.recipient, kind, link, user_agent=BROWSER
        )

    def test_event_within_seconds_of_the_departure_is_a_machines(self):
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET sent_at = clock_timestamp() AT TIME ZONE 'UTC'"
        )
        self._note()

        self.assertEqual(self._get_verdict(), ("sent", False, False, True, False))
        self.assertEqual(self.recipient.machine_reason, "early")

    def test_state_only_moves_forward(self):
        self.recipient._mark("replied")
        self._note("click", self.links[0].id)

        self.assertEqual(self._get_verdict(), ("replied", True, True, False, False))

    def test_first_moment_stays(self):
        self._note()
        self._judge()
        first = self.recipient.opened_at
        self._note()
        self._judge()

        self.assertEqual(self.recipient.opened_at, first)

    def test_opening_of_a_message_that_came_back_does_not_undo_it(self):
        self.recipient._mark_bounced("550 unknown user")
        self._note()

        self.assertEqual(self._get_verdict()[0], "bounced")

    def test_figures_separate_people_from_machines(self):
        self.env["crm.campaign.event"]._note(self.recipient, "open", user_agent="Mozilla/5.0")
        self._judge()

        self.assertFigures(self.execution, opened=0, machine_opened=1, machine_clicked=0)
        action = self.execution.with_context(
            recipient_figure="machine_opened"
        ).action_view_recipients()
        found = self.env["crm.campaign.recipient"].search(action["domain"])
        self.assertEqual(found, self.recipient)

    def test_job_judges_then_counts(self):
        self._note()
        self._age_events()

        with self.enter_registry_test_mode():
            self.env.ref("crm_campaign.ir_cron_refresh_counters").method_direct_trigger()
        self.env.invalidate_all()

        self.assertEqual(self.execution.opened_count, 1)
        self.assertEqual(self.env["crm.campaign.event"].search_count([]), 0)

    def test_message_asked_for_without_end_is_judged(self):
        self._note()
        self._age_events()
        self.env.cr.execute("UPDATE crm_campaign_event SET moment = moment - interval '5 min'")
        self._note()

        self.assertEqual(self.env["crm.campaign.event"]._judge_settled(), 1)

    def test_judging_takes_the_same_queries_for_10_and_for_100(self):
        counts = []
        for people in (10, 100):
            self.env["res.partner"].search([("category_id", "=", self.tag.id)]).category_id = False
            self._create_partners(people)
            execution = self._sent_execution(template_id=self.template.id)
            self._age(execution)
            recipients = self.env["crm.campaign.recipient"].search(
                [("execution_id", "=", execution.id)]
            )
            self._note(recipients=recipients)
            self._age_events()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.env["crm.campaign.event"]._judge_settled(), people)
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(counts, [4, 4])

    def test_archived_scanner_is_known_no_more(self):
        apple = self.env.ref("crm_campaign.crm_campaign_scanner_apple")
        Scanner = self.env["crm.campaign.scanner"]
        self.assertEqual(Scanner._find("Mozilla/5.0", None), apple.id)

        apple.active = False

        self.assertEqual(Scanner._find("Mozilla/5.0", None), 0)

    def test_program_and_network_must_both_fit_when_both_are_given(self):
        scanner = self.env["crm.campaign.scanner"].create(
            {"name": "Both", "user_agent": "Checker", "networks": "192.0.2.0/24"}
        )
        for name, user_agent, address, expected in (
            ("both", "Checker 1", "192.0.2.1", scanner.id),
            ("program only", "Checker 1", "192.0.3.1", 0),
            ("network only", BROWSER, "192.0.2.1", 0),
        ):
            with self.subTest(name):
                found = self.env["crm.campaign.scanner"]._find(user_agent, address)
                self.assertEqual(found, expected)

    def test_scanner_is_known_by_something(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.env["crm.campaign.scanner"].create({"name": "Nothing", "user_agent": " "})

    def test_what_is_no_network_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Not an IP network"):
            self.env["crm.campaign.scanner"].create({"name": "Wrong", "networks": "192.0.2.7/24"})

    def test_each_role_has_its_rights_on_scanners(self):
        scanner = self.env.ref("crm_campaign.crm_campaign_scanner_apple")
        for user, read, write in (
            (self.caller, False, False),
            (self.marketer, True, False),
            (self.manager, True, True),
        ):
            with self.subTest(user.login):
                self.assertIs(scanner.with_user(user).has_access("read"), read)
                self.assertIs(scanner.with_user(user).has_access("write"), write)

    def test_nobody_reads_events_but_administrators(self):
        with self.assertRaises(AccessError):
            self.env["crm.campaign.event"].with_user(self.manager).search([])
