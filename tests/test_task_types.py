# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
import tempfile
from datetime import date, datetime, time
from html import unescape

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.convert import convert_xml_import

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import read_messages, real_smtp, start_sink
from .common_task import CrmCampaignTaskCase

CATALOGUE = {
    "action": ["login_details", "signature_code"],
    "commercial": ["contract_end"],
    "loyalty": ["birthday", "customer_anniversary"],
    "planning": [
        "meeting_invited",
        "meeting_reminder",
        "meeting_accepted",
        "meeting_declined",
        "meeting_cancelled",
        "waiting_list_confirmed",
    ],
    "follow_up": [
        "became_customer",
        "contact_created",
        "former_customer",
        "lead_stage",
        "date_field",
    ],
    "sale": ["payment_refused", "invoice_overdue", "order_confirmed"],
}
# Of apps that may not be installed.
OPTIONAL = {
    "waiting_list_confirmed": "event.registration",
    "payment_refused": "payment.transaction",
    "invoice_overdue": "account.move",
    "order_confirmed": "sale.order",
}
EXPRESSION = re.compile(r"object(?:\.\w+)+")
# What French wants a non-breaking space before or after, and has none; a straight apostrophe.
BARE_MARK = re.compile(r"[^\xa0][:;!?»]|«[^\xa0]|'")
INTEGRATOR_DATA = """<odoo>
    <record id="type_bank_account" model="crm.campaign.task.type">
        <field name="name">Bank Account Added</field>
        <field name="trigger">event</field>
        <field name="event">create</field>
        <field name="source_model">res.partner.bank</field>
        <field name="person_path">partner_id</field>
        <field name="slot_ids" eval="[(0, 0, {'slot': 'detail', 'path': 'acc_number'})]"/>
    </record>
</odoo>"""


class TaskTypeCase(CrmCampaignTaskCase):
    """Tasks of a type, and whom they reach."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com")

    @classmethod
    def _get_type(cls, code):
        return cls.env.ref(f"crm_campaign.crm_campaign_task_type_{code}")

    @classmethod
    def _start(cls, code, **values):
        """Return a task of a type, on from Monday, 4 January 2027, at 9:00 in Paris."""
        return cls._create_task(type_id=cls._get_type(code).id, **values)

    def _invite(self, partners, start, **values):
        """Create a meeting of the marketer, at a moment (UTC)."""
        values = {"name": "Review", "start": start, "stop": start, **values}
        Meeting = self.env["calendar.event"].with_user(self.marketer)
        return Meeting.create({"partner_ids": partners.ids, **values})

    def _get_recipients(self, task):
        runs = task.execution_ids.ids
        return self.env["crm.campaign.recipient"].search(
            [("execution_id", "in", runs), ("exclusion", "=", False)], order="id"
        )

    def _get_reached(self, task):
        """Return the names of those whom a task reached, one for each message."""
        return sorted(recipient.partner_id.name for recipient in self._get_recipients(task))

    def _run_on(self, day, code, **values):
        """Return whom a task of a type reaches on a day, its first one."""
        task = self._start(code, date_start=day, **values)
        self._run_at(datetime.combine(day, time(12)))
        return self._get_reached(task)


@tagged("post_install", "-at_install")
class TestTaskTypes(TaskTypeCase):
    """The catalogue, its pre-written templates, and what integrators add."""

    def _get_prewritten(self, written_in):
        types = self._get_type("birthday").search([])
        return types.template_ids.filtered(lambda text: text.written_in == written_in)

    def test_the_catalogue_holds_these_types(self):
        for group, codes in CATALOGUE.items():
            with self.subTest(group):
                types = self.env["crm.campaign.task.type"].search([("group", "=", group)])
                xmlids = types.get_external_id().values()

                prefix = "crm_campaign.crm_campaign_task_type_"
                self.assertEqual([name.removeprefix(prefix) for name in xmlids], codes)

    def test_types_are_offered_where_their_app_is_installed(self):
        offered = self.env["crm.campaign.task.type"].search([("is_available", "=", True)])

        for code in sum(CATALOGUE.values(), []):
            with self.subTest(code):
                task_type = self._get_type(code)
                is_installed = OPTIONAL.get(code, "res.partner") in self.env

                self.assertEqual(task_type in offered, is_installed)
                if is_installed:
                    self.assertIsNone(task_type._find_fault())

    def test_each_type_has_a_text_in_french_and_one_in_english(self):
        languages = {"fr_FR": "fr", "fr_BE": "fr", "en_US": "en", "de_DE": "en", False: "en"}
        for code in sum(CATALOGUE.values(), []):
            for lang, written_in in languages.items():
                with self.subTest(code, lang=lang):
                    template = self._get_type(code)._find_template("email", lang)

                    self.assertEqual(template.written_in, written_in)
                    template._assert_content()

    def test_these_types_have_a_text_message_in_both_languages(self):
        for code in ("meeting_reminder", "signature_code", "birthday", "invoice_overdue"):
            for lang, written_in in (("fr_FR", "fr"), ("en_GB", "en")):
                with self.subTest(code, lang=lang):
                    template = self._get_type(code)._find_template("sms", lang)

                    self.assertEqual(template.written_in, written_in)
                    self.assertEqual((template.sms_encoding, template.sms_parts), ("GSM-7", 1))

    def test_prewritten_texts_use_what_their_type_gives(self):
        known = set(self.env["crm.campaign.recipient"]._get_merge_fields())
        for template in self._get_prewritten("en") + self._get_prewritten("fr"):
            with self.subTest(template.name):
                texts = (template.subject, template.body_html, template.body_text)
                used = set(EXPRESSION.findall(repr(texts)))
                given = {
                    f"object.about_{slot}"
                    for slot in template.task_type_ids.slot_ids.mapped("slot")
                }
                if template.task_type_ids.trigger == "code":
                    given = {"object.about_name", "object.about_code"}

                self.assertLessEqual(used, known)
                self.assertLessEqual({name for name in used if ".about_" in name}, given)

    def test_prewritten_texts_belong_to_nobody_and_are_locked(self):
        templates = self._get_prewritten("en") + self._get_prewritten("fr")

        self.assertEqual(len(templates), 2 * (19 + 4))
        self.assertFalse(templates.user_id)
        self.assertFalse(templates.company_ids)
        self.assertTrue(all(templates.mapped("locked")))
        with self.assertRaisesRegex(UserError, "is a pre-written text"):
            templates[0].with_user(self.marketer).subject = "Mine"

    def test_prewritten_texts_are_written_by_the_rules_of_french(self):
        for template in self._get_prewritten("fr").filtered(lambda text: text.channel == "email"):
            body = unescape(re.sub(r"<[^>]+>", "", template.body_html))
            for text in (template.subject, body):
                with self.subTest(text):
                    self.assertFalse(BARE_MARK.findall(re.sub(r"\{\{.*?\}\}", "", text)))

    def test_a_task_whose_app_is_not_installed_cannot_be_switched_on(self):
        types = self.env["crm.campaign.task.type"].create(
            [
                {"name": "Drone Landed", "source_model": "drone.flight", "person_path": "pilot_id"},
                {"name": "Badge Lost", "app": "no_such_app", "date_path": "badge_lost_on"},
            ]
        )

        for task_type in types:
            with self.subTest(task_type.name):
                task = self._create_task(enabled=False, type_id=task_type.id)
                message = f"“{task_type.name}” needs an app that is not installed."

                with self.assertRaisesRegex(UserError, message):
                    task.enabled = True

    def test_what_a_type_asks_for_must_be_said(self):
        leads = self.env.ref("crm_campaign.crm_campaign_target_all_leads")
        wanted = {"date_field": "Date", "lead_stage": "Stage Reached"}

        for code, field in wanted.items():
            with self.subTest(code):
                values = {"target_id": leads.id} if code == "lead_stage" else {}
                task = self._start(code, enabled=False, **values)

                with self.assertRaisesRegex(UserError, f"Missing: {field}."):
                    task.enabled = True

    def test_a_type_whose_field_is_gone_is_no_longer_offered(self):
        values = {"name": "x_renewal", "ttype": "date"}
        values["model_id"] = self.env["ir.model"]._get_id("res.partner")
        field = self.env["ir.model.fields"].create(values)
        task_type = self.env["crm.campaign.task.type"].create(
            {"name": "Renewal", "trigger": "date", "date_path": "x_renewal"}
        )
        self.assertTrue(task_type.is_available)

        field.unlink()

        self.env.invalidate_all()
        self.assertFalse(task_type.is_available)

    def test_a_type_that_names_what_is_not_there_is_refused(self):
        attendee = {"source_model": "calendar.attendee", "person_path": "partner_id"}
        meeting = {"source_model": "calendar.event", "date_path": "start"}
        event = {"trigger": "event", "event": "create"}
        wrong = {
            "date": {"date_path": "no_such_date"},
            "no date": {"date_path": "name"},
            "anniversary elsewhere": {
                "trigger": "anniversary",
                "date_path": "parent_id.create_date",
            },
            "person": {**attendee, **event, "person_path": "partner"},
            "several people at a date": {**meeting, "person_path": "partner_ids"},
            "condition": {**attendee, **event, "source_domain": "[('no_such_field', '=', 1)]"},
            "condition on people": {**attendee, **event, "person_domain": "[('no_such', '=', 1)]"},
            "condition that is code": {**attendee, **event, "source_domain": "env.user"},
            "merge field": {
                "date_path": "create_date",
                "slot_ids": [Command.create({"slot": "place", "path": "no_such_place"})],
            },
        }
        for name, values in wrong.items():
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "cannot be used"):
                self.env["crm.campaign.task.type"].create({"name": "Wrong", **values})

    def test_an_integrator_adds_a_type_with_data_alone(self):
        with tempfile.NamedTemporaryFile("w+b", suffix=".xml") as file:
            file.write(INTEGRATOR_DATA.encode())
            file.seek(0)
            convert_xml_import(self.env, "crm_campaign", file, {}, "init")
        task = self._create_task(type_id=self.env.ref("crm_campaign.type_bank_account").id)
        values = {"partner_id": self.zoe.id, "acc_number": "FR76 1234"}

        with freeze_time("2027-01-04 10:00:00"):
            self.env["res.partner.bank"].create(values)
        self._run_at(datetime(2027, 1, 4, 10, 1))

        self.assertEqual(self._get_recipients(task).mapped("about_detail"), ["FR76 1234"])

    def test_a_prewritten_text_in_french_arrives_though_its_meeting_is_gone(self):
        sink = start_sink(self)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.zoe.lang = "fr_FR"
        template = self._get_type("meeting_cancelled")._find_template("email", "fr_FR")
        self._start("meeting_cancelled", template_id=template.id)

        with freeze_time("2027-01-04 10:00:00"):
            self._invite(self.zoe, "2027-02-06 09:30:00", name="Bilan").unlink()
        self._run_at(datetime(2027, 1, 4, 10, 1))
        self.env["ir.mail_server"].search([]).active = False
        server = {"name": "Sink", "smtp_host": sink.host, "smtp_port": sink.port}
        self.env["ir.mail_server"].create(server)
        self.enterContext(real_smtp())
        self._send()

        (message,) = read_messages(sink.folder)
        # Encoded by the host, which has plain spaces in subjects.
        self.assertEqual(message["Subject"], "Annulé : Bilan, le 6 février 2027")
        text = message.get_body(["plain"]).get_content()
        self.assertIn("Bonjour Zoé,", text)
        self.assertIn("Heure\xa0: *10:30*\nLieu\xa0: *non précisé*", text)


@tagged("post_install", "-at_install")
class TestTaskTypeDates(TaskTypeCase):
    """Whom a run at 9:00 in Paris concerns, by a date of theirs or of something else."""

    def _create_dated(self, field, **dates):
        """Create contacts with a date: name = date, or moment (UTC)."""
        for name, value in dates.items():
            partner = self._create_partner(name, f"{name.lower()}@test.example.com")
            self.env.flush_all()
            column = SQL.identifier(field)
            # The host does not let anybody write when a record was created.
            self.env.cr.execute(
                SQL("UPDATE res_partner SET %s = %s WHERE id = %s", column, value, partner.id)
            )
        self.env.invalidate_all()

    def test_a_birthday_is_celebrated_on_the_day(self):
        dates = {"Ann": "1990-01-04", "Bob": "1990-01-05", "Newborn": "2027-01-04"}
        self._create_dated("birthdate_date", **dates)

        self.assertEqual(self._run_on(date(2027, 1, 4), "birthday"), ["Ann"])

    def test_a_birthday_is_told_some_days_before_across_the_year(self):
        self._create_dated("birthdate_date", Ann="1990-01-04", Bob="1990-01-03")

        reached = self._run_on(date(2027, 12, 28), "birthday", offset_days=7)

        self.assertEqual(reached, ["Ann"])

    def test_29_february_is_celebrated_on_the_28th_in_common_years(self):
        self._create_dated("birthdate_date", Ann="2000-02-29")
        expected = {
            date(2027, 2, 28): ["Ann"],
            date(2027, 3, 1): [],
            date(2028, 2, 28): [],
            date(2028, 2, 29): ["Ann"],
        }

        for day, names in expected.items():
            with self.subTest(day):
                self.assertEqual(self._run_on(day, "birthday"), names)

    def test_the_anniversary_of_a_customer_begins_a_year_later(self):
        self._create_dated("customer_since", Ann="2026-01-04", Bob="2027-01-04")

        self.assertEqual(self._run_on(date(2027, 1, 4), "customer_anniversary"), ["Ann"])

    def test_days_are_counted_before_or_after_a_date(self):
        self._create_dated("customer_since", Bob="2026-12-28")
        self._create_dated("customer_until", Ann="2027-02-03", Eve="2026-12-05", Joe="2027-01-04")
        expected = {"contract_end": ["Ann"], "became_customer": ["Bob"], "former_customer": ["Eve"]}

        for code, names in expected.items():
            with self.subTest(code):
                self.assertEqual(self._run_on(date(2027, 1, 4), code), names)

    def test_any_date_of_contacts_can_be_chosen(self):
        self._create_dated("customer_until", Ann="2027-01-01", Bob="2027-01-07")
        values = {"date_field": "res.partner:customer_until", "offset_days": 3}

        before = self._run_on(date(2027, 1, 4), "date_field", **values)
        after = self._run_on(date(2027, 1, 4), "date_field", **values, offset_direction="after")

        self.assertEqual((before, after), (["Bob"], ["Ann"]))

    def test_the_day_of_a_moment_is_that_of_the_time_zone(self):
        self._create_dated("create_date", Early="2027-01-03 22:59:59", Night="2027-01-03 23:00:00")
        self._create_dated("create_date", Late="2027-01-04 22:59:59", Next="2027-01-04 23:00:00")

        reached = self._run_on(date(2027, 1, 5), "contact_created")

        self.assertEqual(reached, ["Late", "Night"])

    def test_the_day_on_which_summer_begins_has_23_hours(self):
        self._create_dated("create_date", Early="2027-03-27 22:59:59", Night="2027-03-27 23:00:00")
        self._create_dated("create_date", Late="2027-03-28 21:59:59", Next="2027-03-28 22:00:00")

        reached = self._run_on(date(2027, 3, 29), "contact_created")

        self.assertEqual(reached, ["Late", "Night"])

    def test_the_day_on_which_winter_begins_has_25_hours(self):
        self._invite(self.zoe, "2027-10-30 21:59:59", name="eve")
        self._invite(self.zoe, "2027-10-30 22:00:00", name="after midnight")
        self._invite(self.zoe, "2027-10-31 22:59:59", name="before midnight")
        self._invite(self.zoe, "2027-10-31 23:00:00", name="next day")
        task = self._start("meeting_reminder", date_start=date(2027, 10, 30))

        self._run_at(datetime(2027, 10, 30, 7, 0, 20))

        names = self._get_recipients(task).mapped("about_name")
        self.assertEqual(names, ["after midnight", "before midnight"])

    def test_two_meetings_of_one_day_are_told_in_two_messages(self):
        self._invite(self.zoe, "2027-01-05 08:30:00", location="Lyon")
        self._invite(self.zoe, "2027-01-05 13:00:00")
        task = self._start("meeting_reminder")

        self._run_at(datetime(2027, 1, 4, 8, 0, 20))

        texts = [(text.about_time, text.about_place) for text in self._get_recipients(task)]
        self.assertEqual(texts, [("09:30", "Lyon"), ("14:00", False)])

    def test_who_declined_colleagues_and_cancelled_meetings_are_not_reminded(self):
        self._invite(self.zoe, "2027-01-05 08:30:00").attendee_ids.do_decline()
        self._invite(self.zoe, "2027-01-05 13:00:00").active = False
        self._invite(self.zoe + self.marketer.partner_id, "2027-01-05 14:00:00", name="Third")

        task = self._start("meeting_reminder")
        self._run_at(datetime(2027, 1, 4, 8, 0, 20))

        self.assertEqual(self._get_recipients(task).mapped("about_name"), ["Third"])

    def test_a_meeting_of_a_whole_day_has_no_hour(self):
        self._invite(self.zoe, "2027-01-05 00:00:00", allday=True, start_date="2027-01-05")
        task = self._start("meeting_reminder")

        self._run_at(datetime(2027, 1, 4, 8, 0, 20))

        recipient = self._get_recipients(task)
        self.assertEqual((recipient.about_date, recipient.about_time), ("5 January 2027", False))


@tagged("post_install", "-at_install")
class TestTaskTypeEvents(TaskTypeCase):
    """What happens on Monday, 4 January 2027, is told within a minute."""

    def setUp(self):
        super().setUp()
        self.max = self._create_partner("Max", "max@test.example.com")
        self.clock = self.enterContext(freeze_time("2027-01-04 10:00:00"))

    def _meet(self, start="2027-01-06 09:30:00", **values):
        """Create a meeting of the marketer with Zoé and Max."""
        people = self.zoe + self.max + self.marketer.partner_id
        return self._invite(people, start, **{"location": "Lyon", **values})

    def _meet_weekly(self):
        """Create a meeting that is repeated twice, with Zoé and Max."""
        rule = {"rrule_type": "weekly", "interval": 1, "end_type": "count", "count": 3}
        return self._meet(recurrency=True, wed=True, event_tz="UTC", **rule)

    def _get_attendee(self, meeting, partner):
        return meeting.attendee_ids.filtered(lambda attendee: attendee.partner_id == partner)

    def _run_minute(self):
        self.clock.tick(60)
        self._run_at(datetime.now())

    def test_people_from_outside_are_told_of_an_invitation(self):
        task = self._start("meeting_invited")

        self._meet()
        self._run_minute()

        self.assertEqual(self._get_reached(task), ["Max", "Zoé"])
        recipient = self._get_recipients(task)[0]
        slots = ("name", "date", "time", "place", "person")
        self.assertEqual(
            [recipient[f"about_{slot}"] for slot in slots],
            ["Review", "6 January 2027", "10:30", "Lyon", "Campaign Marketer"],
        )

    def test_an_invitation_to_a_repeated_meeting_is_told_once(self):
        task = self._start("meeting_invited")

        meeting = self._meet_weekly()
        self._run_minute()

        self.assertEqual(len(meeting.recurrence_id.calendar_event_ids), 3)
        self.assertEqual(self._get_reached(task), ["Max", "Zoé"])

    def test_a_repeated_meeting_that_is_moved_is_not_cancelled(self):
        task = self._start("meeting_cancelled")
        hours = {"start": "2027-01-06 14:00:00", "stop": "2027-01-06 15:00:00"}

        self._meet_weekly().write({"recurrence_update": "all_events", **hours})
        self._run_minute()

        self.assertFalse(task.execution_ids)

    def test_answers_are_told_to_who_gave_them(self):
        accepted, declined = self._start("meeting_accepted"), self._start("meeting_declined")
        meeting = self._meet()

        self._get_attendee(meeting, self.zoe).do_accept()
        self._get_attendee(meeting, self.max).do_decline()
        self._get_attendee(meeting, self.marketer.partner_id).do_decline()
        self._run_minute()

        self.assertEqual(self._get_reached(accepted), ["Zoé"])
        self.assertEqual(self._get_reached(declined), ["Max"])

    def test_a_cancelled_meeting_is_told_once_to_who_did_not_decline(self):
        ways = {
            "archived": lambda meeting: meeting.action_archive(),
            "deleted": lambda meeting: meeting.unlink(),
            "archived, then deleted": lambda meeting: meeting.action_archive() or meeting.unlink(),
        }
        for name, cancel in ways.items():
            with self.subTest(name):
                task = self._start("meeting_cancelled")
                meeting = self._meet(name=name)
                self._get_attendee(meeting, self.max).do_decline()

                cancel(meeting)
                self._run_minute()

                self.assertEqual(self._get_reached(task), ["Zoé"])
                recipient = self._get_recipients(task)
                self.assertEqual((recipient.about_name, recipient.about_place), (name, "Lyon"))
                task.enabled = False

    def test_meetings_that_were_archived_long_ago_are_deleted_in_silence(self):
        meeting = self._meet()
        meeting.action_archive()
        task = self._start("meeting_cancelled")

        meeting.unlink()
        self._run_minute()

        self.assertFalse(task.execution_ids)

    def test_meetings_that_are_over_are_not_told(self):
        invited, cancelled = self._start("meeting_invited"), self._start("meeting_cancelled")

        self._meet(start="2027-01-04 09:59:00").unlink()
        self._run_minute()

        self.assertFalse((invited + cancelled).execution_ids)

    def test_a_value_may_have_to_follow_another_one(self):
        task_type = self._get_type("meeting_accepted").copy({"event_from": "tentative"})
        task = self._create_task(type_id=task_type.id)
        meeting = self._meet()
        zoe, max_ = (self._get_attendee(meeting, partner) for partner in (self.zoe, self.max))

        max_.do_accept()
        zoe.do_tentative()
        zoe.do_accept()
        values = {"event_id": meeting.id, "partner_id": self._create_partner("Eve").id}
        self.env["calendar.attendee"].create({**values, "state": "accepted"})
        self._run_minute()

        self.assertEqual(self._get_reached(task), ["Zoé"])

    def _start_stage(self):
        """Return a task for the stage, and a lead that is not there yet."""
        self.stage = self.env["crm.stage"].create({"name": "Visited"})
        first = self.env["crm.stage"].create({"name": "Called"})
        values = {"partner_id": self.zoe.id, "user_id": self.marketer.id, "stage_id": first.id}
        lead = self.env["crm.lead"].create(
            {"name": "Ten bicycles", "type": "opportunity", **values}
        )
        target = self._create_target(record_kind="lead", domain="[('active', '=', True)]")
        return self._start("lead_stage", stage_id=self.stage.id, target_id=target.id), lead

    def test_a_lead_created_in_the_stage_reaches_it(self):
        task, lead = self._start_stage()

        lead.copy({"stage_id": self.stage.id, "name": "Two scooters"})
        self._run_minute()

        recipient = self._get_recipients(task)
        self.assertEqual(
            (recipient.about_name, recipient.about_detail), ("Two scooters", "Visited")
        )

    def test_a_lead_reaches_the_stage_each_time_that_it_is_moved_there(self):
        task, lead = self._start_stage()
        other = lead.stage_id

        lead.stage_id = self.stage
        self._run_minute()
        self.assertEqual(self._get_reached(task), ["Zoé"])

        lead.stage_id = self.stage
        lead.name = "Eleven bicycles"
        self._run_minute()
        self.assertEqual(self._get_reached(task), ["Zoé"])

        lead.stage_id = other
        lead.stage_id = self.stage
        self._run_minute()
        self.assertEqual(self._get_reached(task), ["Zoé", "Zoé"])

    def test_another_app_sends_a_code(self):
        task, off = self._start("signature_code"), self._start("signature_code", enabled=False)
        self.max.company_id = self.foreign_company
        code = "crm_campaign.crm_campaign_task_type_signature_code"

        self.env["crm.campaign.task"]._fire(code, self.zoe + self.max, {"code": "428 915"})
        self._run_minute()

        self.assertEqual(self._get_reached(task), ["Zoé"])
        self.assertEqual(self._get_recipients(task).about_code, "428 915")
        self.assertFalse(off.execution_ids)

    def test_who_asks_for_a_new_password_is_told(self):
        user = mail_new_test_user(
            self.env, "visitor", "base.group_portal", name="Visitor", email="visitor@example.com"
        )
        user.partner_id.category_id = self.tag
        task = self._start("login_details")

        (user + self.marketer).partner_id.signup_prepare(signup_type="reset")
        self._run_minute()

        self.assertEqual(self._get_reached(task), ["Visitor"])
        self.assertEqual(self._get_recipients(task).about_name, "visitor")
