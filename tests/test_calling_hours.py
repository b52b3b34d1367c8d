# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .common import CrmCampaignCase

# A Wednesday in November: Paris is one hour ahead.
OPEN = datetime(2026, 11, 25, 9, 0)
LUNCH = datetime(2026, 11, 25, 12, 30)


@tagged("post_install", "-at_install")
class TestCallingHoursProfile(CrmCampaignCase):
    """Who may be called when, by the rules of their country."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Hours = cls.env["crm.campaign.calling.hours"]
        cls.Hours.search([]).active = False
        cls.france = cls.env.ref("base.fr")
        cls.belgium = cls.env.ref("base.be")
        cls.germany = cls.env.ref("base.de")
        cls.french = cls.env.ref("crm_campaign.crm_campaign_calling_hours_fr")

    @classmethod
    def _create_hours(cls, **values):
        return cls.Hours.create(
            {
                "name": "Belgium",
                "country_id": cls.belgium.id,
                "applies_to": "everybody",
                "tz": "Europe/Brussels",
                "slot_ids": [Command.create({"hour_from": 9, "hour_to": 18})],
                **values,
            }
        )

    def _get_assigned(self, partner, company=None):
        Hours = self.Hours.with_company(company or self.company)
        expression = Hours._get_assignment_sql(SQL("people.id"))
        rows = self.env.execute_query(
            SQL("SELECT %s FROM res_partner people WHERE people.id = %s", expression, partner.id)
        )
        return self.Hours.browse(rows[0][0] or [])

    # === THE FRENCH HOURS === #

    def test_french_hours_are_off_at_first(self):
        data = self.env["ir.model.data"].search([("name", "=", "crm_campaign_calling_hours_fr")])

        self.assertTrue(data.noupdate)
        self.assertFalse(self.french.active)
        self.assertIn("check these texts on Légifrance", self.french.sources)

    def test_what_the_french_hours_say(self):
        profile = self.french._get_profile()

        self.assertEqual(self.french.country_id, self.france)
        self.assertEqual(self.french.applies_to, "consumer")
        self.assertTrue(self.french.needs_consent)
        self.assertEqual(profile.weekdays, {0, 1, 2, 3, 4})
        self.assertEqual(profile.slots, ((600, 780), (840, 1200)))
        self.assertEqual(profile.zone, "Europe/Paris")
        self.assertEqual(
            profile.fixed_days,
            {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)},
        )
        self.assertEqual(profile.easter_days, {1, 39, 50})
        self.assertEqual(
            (profile.max_attempts, profile.window_days, profile.refusal_days), (4, 30, 60)
        )

    @freeze_time("2026-11-28 09:00:00")
    def test_holidays_tell_when_they_come_next(self):
        self.assertEqual(
            dict(self.french.holiday_ids.mapped(lambda day: (day.name, day.next_date))),
            {
                "New Year's Day": date(2027, 1, 1),
                "Easter Monday": date(2027, 3, 29),
                "Labour Day": date(2027, 5, 1),
                "Victory Day 1945": date(2027, 5, 8),
                "Ascension Day": date(2027, 5, 6),
                "Whit Monday": date(2027, 5, 17),
                "National Day": date(2027, 7, 14),
                "Assumption Day": date(2027, 8, 15),
                "All Saints' Day": date(2027, 11, 1),
                "Armistice Day 1918": date(2027, 11, 11),
                "Christmas Day": date(2026, 12, 25),
            },
        )

    # === WHICH PROFILE === #

    def test_nothing_is_looked_up_where_no_profile_is_on(self):
        expression = self.Hours._get_assignment_sql(SQL("people.id"))

        self.assertEqual(expression.code, "NULL::int")
        self.assertFalse(self.Hours._get_closed(LUNCH))

    def test_the_profile_of_the_contacts_country(self):
        self.french.active = True
        belgian = self._create_hours()
        firm = self._create_partner("Firm", is_company=True, country_id=self.belgium.id)
        # An address of another type does not follow that of the company.
        branch = {"parent_id": firm.id, "type": "other"}
        for name, values, expected in (
            ("own country", {"country_id": self.belgium.id}, belgian),
            ("consumer of France", {"country_id": self.france.id}, self.french),
            ("country of the company", {**branch, "country_id": False}, belgian),
            ("own country first", {**branch, "country_id": self.germany.id}, self.Hours),
            ("a country without hours", {"country_id": self.germany.id}, self.Hours),
        ):
            with self.subTest(name):
                partner = self._create_partner(name, **values)
                self.assertEqual(partner.country_id.id, values["country_id"])
                self.assertEqual(self._get_assigned(partner), expected)

    def test_without_any_country_the_one_of_the_current_company(self):
        belgian = self._create_hours()
        partner = self._create_partner("Nowhere", country_id=False)
        self.company.country_id = self.france
        self.foreign_company.country_id = self.belgium

        self.assertFalse(self._get_assigned(partner))
        self.assertEqual(self._get_assigned(partner, self.foreign_company), belgian)
        self.foreign_company.country_id = False
        self.assertFalse(self._get_assigned(partner, self.foreign_company))

    def test_consumers_have_their_own_profile_all_others_the_one_of_everybody(self):
        consumers = self._create_hours(applies_to="consumer")
        firm = self._create_partner("Firm", is_company=True, country_id=self.belgium.id)
        employee = self._create_partner("Employee", parent_id=firm.id)
        person = self._create_partner("Person", country_id=self.belgium.id)
        self.assertEqual(self._get_assigned(person), consumers)
        self.assertFalse(self._get_assigned(firm))
        self.assertFalse(self._get_assigned(employee))

        everybody = self._create_hours()

        self.assertEqual(self._get_assigned(person), consumers)
        self.assertEqual(self._get_assigned(firm), everybody)
        self.assertEqual(self._get_assigned(employee), everybody)

    def test_a_profile_for_everybody_is_for_consumers_too(self):
        everybody = self._create_hours()
        person = self._create_partner("Person", country_id=self.belgium.id)

        self.assertEqual(self._get_assigned(person), everybody)

    def test_many_people_in_one_statement(self):
        self.french.active = True
        people = self._create_partners(3)
        people[0].country_id = self.france
        people[1].country_id = self.belgium
        self.company.country_id = self.belgium
        expression = self.Hours._get_assignment_sql(SQL("wanted.partner_id"))

        rows = self.env.execute_query(
            SQL(
                "SELECT wanted.partner_id, %s FROM unnest(%s || NULL::int) AS wanted (partner_id)",
                expression,
                people.ids,
            )
        )

        expected = {people[0].id: self.french.id, people[1].id: None, people[2].id: None}
        self.assertEqual(dict(rows), {**expected, None: None})

    # === WHEN === #

    def test_closed_profiles_are_those_on_and_outside_their_hours(self):
        self.french.active = True
        belgian = self._create_hours()
        night = datetime(2026, 11, 25, 22, 0)

        self.assertFalse(self.Hours._get_closed(OPEN))
        self.assertEqual(self.Hours.with_user(self.caller)._get_closed(LUNCH), self.french)
        self.assertEqual(self.Hours._get_closed(night), self.french + belgian)
        belgian.active = False
        self.assertEqual(self.Hours._get_closed(night), self.french)

    def test_when_a_profile_opens_next(self):
        for now, opening in (
            (OPEN, OPEN),
            (LUNCH, datetime(2026, 11, 25, 13, 0)),
            (datetime(2026, 12, 24, 19, 0), datetime(2026, 12, 28, 9, 0)),
        ):
            with self.subTest(now):
                self.assertEqual(self.french._get_next_opening(now), opening)

    def test_when_somebody_may_be_called_next(self):
        days = [datetime(2026, 11, day, 9, 0) for day in (2, 3, 4, 5)]
        for name, now, attempts, refusals, expected in (
            ("now", OPEN, days[:3], [], None),
            ("closed", LUNCH, [], [], ("closed_now", datetime(2026, 11, 25, 13, 0))),
            ("four calls", OPEN, days, [], ("too_many_attempts", datetime(2026, 12, 2, 9, 0))),
            ("refused", OPEN, [], days, ("refused_recently", datetime(2027, 1, 5, 9, 0))),
        ):
            with self.subTest(name):
                found = self.french._get_next_moment(now, attempts, refusals)
                self.assertEqual(found, expected)

    # === WHAT MANAGERS WRITE === #

    def test_hours_that_cannot_be_followed_are_refused(self):
        overlapping = [
            Command.create({"hour_from": 9, "hour_to": 13}),
            Command.create({"hour_from": 12, "hour_to": 18}),
        ]
        holiday = {"name": "Never", "month": "2", "day": 30}
        for message, values in (
            ("choose a day", dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), False)),
            ("add the hours", {"slot_ids": []}),
            ("between 0:00 and 24:00", {"slot_ids": [Command.create({"hour_to": 24.5})]}),
            ("end after", {"slot_ids": [Command.create({"hour_from": 9, "hour_to": 9})]}),
            ("overlap", {"slot_ids": overlapping}),
            ("never comes", {"holiday_ids": [Command.create(holiday)]}),
            ("not negative", {"max_attempts": -1}),
            ("one day at least", {"max_attempts": 1, "window_days": 0}),
        ):
            with (
                self.subTest(message),
                self.assertRaisesRegex(ValidationError, message),
                self.cr.savepoint(),
            ):
                self._create_hours(**values)

    def test_slots_changed_by_themselves_are_checked_too(self):
        hours = self._create_hours()
        slot = hours.slot_ids
        with self.assertRaisesRegex(ValidationError, "overlap"), self.cr.savepoint():
            slot.copy({"hour_from": 17})
        with self.assertRaisesRegex(ValidationError, "end after"), self.cr.savepoint():
            slot.hour_to = 8
        with self.assertRaisesRegex(UserError, "add the hours"), self.cr.savepoint():
            slot.unlink()
        with self.assertRaisesRegex(ValidationError, "add the hours"), self.cr.savepoint():
            hours.slot_ids = [Command.clear()]

    def test_slots_may_change_places_and_be_replaced(self):
        first, second = self.french.slot_ids
        self.french.slot_ids = [
            Command.update(first.id, {"hour_from": 14, "hour_to": 20}),
            Command.update(second.id, {"hour_from": 10, "hour_to": 13}),
        ]
        self.assertEqual(self.french._get_profile().slots, ((840, 1200), (600, 780)))

        self.french.slot_ids = [
            Command.delete(first.id),
            Command.delete(second.id),
            Command.create({"hour_from": 9.5, "hour_to": 24}),
        ]
        self.assertEqual(self.french.slot_ids.mapped("display_name"), ["9:30–24:00"])

    def test_one_profile_is_on_for_a_country_and_its_people(self):
        self._create_hours()
        self._create_hours(applies_to="consumer")
        self._create_hours(active=False)

        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._create_hours()

    def test_a_copy_is_complete_and_off(self):
        self.french.active = True
        copied = self.french.copy()

        self.assertEqual(copied.name, "France: calls to consumers (copy)")
        self.assertFalse(copied.active)
        self.assertEqual(copied._get_profile(), self.french._get_profile())

    def test_a_manager_makes_calling_hours_in_the_form(self):
        with Form(self.Hours.with_user(self.manager)) as form:
            form.name = "Belgium"
            form.country_id = self.belgium
            form.tz = "Europe/Brussels"
            form.max_attempts = 2
            form.window_days = 7
            with form.slot_ids.new() as slot:
                slot.hour_from = 9
                slot.hour_to = 12
            with form.holiday_ids.new() as holiday:
                holiday.name = "Good Friday"
                holiday.kind = "easter"
                holiday.easter_days = -2
        profile = form.record._get_profile()

        self.assertEqual(profile.slots, ((540, 720),))
        self.assertEqual(profile.easter_days, {-2})
        self.assertEqual((profile.max_attempts, profile.window_days), (2, 7))

    def test_the_list_shows_what_is_off_and_switches_it_on(self):
        action = self.env.ref("crm_campaign.crm_campaign_calling_hours_action")
        menu = self.env.ref("crm_campaign.crm_campaign_calling_hours_menu")
        Hours = self.Hours.with_user(self.manager).with_context(active_test=False)

        self.assertEqual(action.context, "{'active_test': False}")
        self.assertEqual(menu.action, action)
        self.assertIn(self.french, Hours.search([]))
        self.french.with_user(self.manager).active = True
        self.assertEqual(self.Hours.search([]), self.french)

    def test_callers_and_marketing_users_read_only(self):
        for user in (self.caller, self.marketer):
            with self.subTest(user.login):
                hours = self.french.with_user(user)
                self.assertEqual(hours.slot_ids.mapped("hour_from"), [10, 14])
                for record in (hours, hours.slot_ids, hours.holiday_ids):
                    with self.assertRaises(AccessError):
                        record.write({})
