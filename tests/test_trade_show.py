# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTradeShow(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls._create_campaign()
        cls.attendees = cls.env["crm.campaign.attendee"].with_user(cls.marketer)
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com", phone="+33299000001")
        cls.leon = cls._create_partner("Léon", "leon@test.example.com")
        cls.show = cls._create_show()

    @classmethod
    def _create_show(cls, **values):
        values = {
            "name": "Home Fair",
            "operation_type": "trade_show",
            "campaign_id": cls.campaign.id,
            "date_start": datetime(2026, 9, 10, 7),
            "date_end": datetime(2026, 9, 12, 17),
            **values,
        }
        return cls.env["crm.campaign.operation"].with_user(cls.marketer).create(values)

    def _prepare(self, **values):
        values = {
            "operation_type": "trade_show",
            "campaign_id": self.campaign.id,
            "name": "Home Fair",
            "date_start": datetime(2026, 9, 10, 7),
            "date_end": datetime(2026, 9, 12, 17),
            **values,
        }
        return self.env["crm.campaign.operation.assistant"].with_user(self.marketer).create(values)

    def _add(self, show=None, **values):
        values = {"operation_id": (show or self.show).id, **values}
        return self.attendees.create(values)

    def _get_people(self, show=None):
        return self.attendees.search([("operation_id", "=", (show or self.show).id)])

    def _get_responses(self):
        return self.env["crm.campaign.response"].search(
            [("operation_id", "=", self.show.id)], order="id"
        )

    # === ASSISTANT === #

    def test_site_and_currency_are_filled_in(self):
        euro = self.env.ref("base.EUR")
        self.campaign.currency_id = euro

        form = Form(
            self.env["crm.campaign.operation.assistant"]
            .with_user(self.marketer)
            .with_context(default_operation_type="trade_show", default_campaign_id=self.campaign.id)
        )

        self.assertEqual(form.currency_id, euro)
        self.assertEqual(form.save().company_id, self.company)

    def test_name_currency_and_dates_are_checked(self):
        for missing, label in (
            ("name", "Name of the Operation"),
            ("currency_id", "Currency"),
            ("date_end", "End"),
        ):
            with self.subTest(missing):
                assistant = self._prepare(step="characteristics")
                assistant[missing] = False
                with self.assertRaisesRegex(UserError, f"Please fill in: {label}"):
                    assistant.action_next()
        with self.assertRaisesRegex(UserError, "ends before it starts"):
            self._prepare(step="characteristics", date_end=datetime(2026, 9, 9)).action_next()

    def test_validating_makes_the_operation(self):
        organiser = self._create_partner("Fairs Ltd")
        assistant = self._prepare(
            budget=9000,
            show_venue="Exhibition Park",
            show_stand="B 27",
            show_organiser_id=organiser.id,
            show_team_ids=[(6, 0, (self.marketer | self.caller).ids)],
            show_visitors_expected=400,
        )

        action = assistant.action_validate()

        self.assertRecordValues(
            self.env["crm.campaign.operation"].browse(action["res_id"]),
            [
                {
                    "operation_type": "trade_show",
                    "channel": False,
                    "state": "draft",
                    "date_start": datetime(2026, 9, 10, 7),
                    "date_end": datetime(2026, 9, 12, 17),
                    "budget": 9000,
                    "show_venue": "Exhibition Park",
                    "show_stand": "B 27",
                    "show_organiser_id": organiser.id,
                    "show_team_ids": (self.marketer | self.caller).ids,
                    "show_visitors_expected": 400,
                    "show_visitors_real": 0,
                }
            ],
        )

    def test_a_negative_number_of_visitors_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "visitors is negative"):
            self.show.show_visitors_real = -1

    # === PEOPLE === #

    def test_the_people_of_a_target_are_invited_once(self):
        target = self._create_target()
        target._exclude_records(self._create_partner("Excluded", "excluded@test.example.com"))
        self._create_partner("Archived", "archived@test.example.com", active=False)
        self._add(partner_id=self.zoe.id, state="registered")
        self.show.target_id = target

        action = self.show.action_invite_target()

        self.assertIn("Added to the list: 1.", action["params"]["message"])
        self.assertRecordValues(
            self._get_people(),
            [
                {
                    "partner_id": self.zoe.id,
                    "state": "registered",
                    "email": "zoe@test.example.com",
                    "phone": "+33299000001",
                },
                {
                    "partner_id": self.leon.id,
                    "state": "invited",
                    "email": "leon@test.example.com",
                    "phone": False,
                },
            ],
        )
        again = self.show.action_invite_target()
        self.assertIn("Everybody is on the list", again["params"]["message"])

    def test_only_people_whom_the_user_may_see_are_invited(self):
        self.leon.company_id = self.foreign_company
        self.show.target_id = self._create_target()

        self.show.action_invite_target()

        self.assertEqual(self._get_people().partner_id, self.zoe)

    def test_leads_are_invited_with_their_contacts(self):
        values = {"name": "Kitchen", "user_id": self.marketer.id, "city": "Auray"}
        known = self.env["crm.lead"].create({**values, "partner_id": self.zoe.id})
        stranger = self.env["crm.lead"].create({**values, "email_from": "new@test.example.com"})
        self.show.target_id = self._create_target(
            record_kind="lead", domain="[('city', '=', 'Auray')]"
        )

        self.show.action_invite_target()

        self.assertRecordValues(
            self._get_people().sorted(lambda person: person.lead_id.id),
            [
                {
                    "partner_id": self.zoe.id,
                    "lead_id": known.id,
                    "email": "zoe@test.example.com",
                },
                {"partner_id": False, "lead_id": stranger.id, "email": "new@test.example.com"},
            ],
        )

    def test_many_are_invited_in_as_many_statements_as_one(self):
        self._create_partners(20)
        self.show.target_id = self._create_target()
        self.env.flush_all()

        inserts = []
        execute = self.env.cr.execute

        def watch(query, *args, **kwargs):
            text = query.code if hasattr(query, "code") else str(query)
            inserts.extend(["insert"] if "INSERT INTO crm_campaign_attendee" in text else [])
            return execute(query, *args, **kwargs)

        self.patch(self.env.cr, "execute", watch)
        self.show.action_invite_target()

        self.assertEqual(inserts, ["insert"])
        self.assertEqual(self.show.attendee_count, 22)

    def test_nobody_is_twice_on_the_list(self):
        self._add(partner_id=self.zoe.id)
        self._add(email="New@Example.com")
        for values in ({"partner_id": self.zoe.id}, {"email": " new@example.com "}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.UniqueViolation),
                self.cr.savepoint(),
            ):
                self._add(**values)
        self._add(self._create_show(name="Other"), partner_id=self.zoe.id)

    def test_a_file_of_people_is_imported(self):
        result = self.attendees.load(
            ["operation_id/.id", "partner_id", "state"],
            [
                [str(self.show.id), "Zoé", "Registered"],
                [str(self.show.id), "Léon", "Declined"],
            ],
        )

        self.assertFalse([message for message in result["messages"] if message["type"] == "error"])
        self.assertEqual(self._get_people().mapped("state"), ["registered", "declined"])

    def test_figures_by_status(self):
        self._add(partner_id=self.zoe.id, state="present")
        self._add(partner_id=self.leon.id, state="declined")
        self._add(email="new@test.example.com", contact_name="New")

        self.assertRecordValues(
            self.show,
            [
                {
                    "attendee_count": 3,
                    "attendee_invited_count": 1,
                    "attendee_registered_count": 0,
                    "attendee_declined_count": 1,
                    "attendee_present_count": 1,
                }
            ],
        )

    def test_merged_contacts_keep_the_most_advanced_status(self):
        self._add(partner_id=self.zoe.id)
        self._add(partner_id=self.leon.id, state="present")

        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.zoe | self.leon).ids, self.zoe)

        self.assertRecordValues(
            self._get_people(), [{"partner_id": self.zoe.id, "state": "present"}]
        )
        self.assertEqual(self.show.response_count, 1)

    # === RESPONSES === #

    def test_who_was_present_has_responded(self):
        people = self._add(partner_id=self.zoe.id) | self._add(email="new@test.example.com")

        people.action_present()
        people.action_present()

        self.assertRecordValues(
            self._get_responses(),
            [
                {
                    "kind": "visit",
                    "operation_id": self.show.id,
                    "partner_id": self.zoe.id,
                    "address": False,
                    "user_id": self.marketer.id,
                },
                {
                    "kind": "visit",
                    "operation_id": self.show.id,
                    "partner_id": False,
                    "address": "new@test.example.com",
                    "user_id": self.marketer.id,
                },
            ],
        )
        self.assertEqual(self.show.response_count, 2)

    def test_a_visit_that_was_a_mistake_is_no_response(self):
        person = self._add(partner_id=self.zoe.id, state="present")

        person.action_decline()

        self.assertFalse(self._get_responses())
        self.assertEqual(self.show.response_count, 0)

    def test_registering_is_no_response(self):
        self._add(partner_id=self.zoe.id).action_register()

        self.assertFalse(self._get_responses())

    # === EVENT APP === #

    def test_without_the_event_app_nothing_breaks(self):
        with self.assertRaisesRegex(UserError, "Choose the event"):
            self.show.action_fill_from_event()
        self.assertEqual(self.show.has_event_app, "event.event" in self.env)

    # === RIGHTS === #

    def test_people_of_others_are_neither_seen_nor_added(self):
        person = self._add(partner_id=self.zoe.id)
        for user in (self.other_marketer, self.foreign_manager, self.caller):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    person.with_user(user).read(["state"])
                with self.assertRaises(AccessError):
                    self.attendees.with_user(user).create(
                        {"operation_id": self.show.id, "partner_id": self.leon.id}
                    )
                with self.assertRaises(AccessError):
                    self.show.with_user(user).action_invite_target()
        self.assertEqual(person.with_user(self.manager).state, "invited")

    def test_a_member_of_the_campaign_fills_the_list(self):
        self.campaign.member_ids = self.other_marketer

        self.attendees.with_user(self.other_marketer).create(
            {"operation_id": self.show.id, "partner_id": self.zoe.id}
        ).action_present()

        self.assertEqual(self.show.response_count, 1)
