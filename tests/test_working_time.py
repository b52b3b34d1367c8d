# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from psycopg2.errors import CheckViolation
from pytz import timezone, utc

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase

PARIS = "Europe/Paris"
NEW_YORK = "America/New_York"
LOS_ANGELES = "America/Los_Angeles"
AUCKLAND = "Pacific/Auckland"
OFFICE = [(day, hours) for day in range(5) for hours in ((9, 12), (13, 17))]
ALWAYS = [(day, (0, 24)) for day in range(7)]


class WorkingTimeCase(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = cls._create_calendar(OFFICE)
        cls.company.resource_calendar_id = cls.office
        cls.company.partner_id.tz = PARIS
        (cls.caller | cls.marketer).tz = PARIS

    @classmethod
    def _create_calendar(cls, hours, **values):
        """Create a schedule from (weekday, (from, to)); 0 = Monday."""
        attendances = [
            (0, 0, {"name": "Work", "dayofweek": str(day), "hour_from": start, "hour_to": end})
            for day, (start, end) in hours
        ]
        values = {"name": "Hours", "tz": PARIS, "company_id": cls.company.id, **values}
        return cls.env["resource.calendar"].create({**values, "attendance_ids": attendances})

    @classmethod
    def _employ(cls, user, calendar=None, **values):
        """Give a user a resource, as the HR app does; without a schedule it is fully flexible."""
        values = {"company_id": cls.company.id, "tz": user.tz, **values}
        values["calendar_id"] = calendar.id if calendar else False
        return cls.env["resource.resource"].create(
            {"name": user.name, "user_id": user.id, **values}
        )

    @classmethod
    def _take_off(cls, start, end, resource=None, zone=PARIS, **values):
        """Note time off of a resource, or of all, between two local moments."""
        moments = (timezone(zone).localize(datetime.fromisoformat(text)) for text in (start, end))
        start, end = (moment.astimezone(utc).replace(tzinfo=None) for moment in moments)
        values = {"company_id": cls.company.id, "date_from": start, "date_to": end, **values}
        leaves = cls.env["resource.calendar.leaves"].with_company(values.pop("company_id"))
        leave = leaves.create({"resource_id": resource and resource.id, **values})
        # The host finds it when it is first read, in the company of the reader.
        return leave.company_id

    def _get_days(self, user, start, end, company=None):
        found = self.env["crm.campaign.working.time"]._get_work_days(
            user, date.fromisoformat(start), date.fromisoformat(end), company or self.company
        )
        return found[user.id]

    def assertWorks(self, user, expected, start="2026-09-07", end="2026-09-20", company=None):
        """Compare the days of the month on which a user works; 7 September 2026 is a Monday."""
        days = self._get_days(user, start, end, company)
        self.assertEqual(" ".join(str(day.day) for day in days), expected)


@tagged("post_install", "-at_install")
class TestWorkingTime(WorkingTimeCase):
    # === SCHEDULES === #
    def test_without_a_resource_the_company_gives_the_schedule(self):
        self.assertWorks(self.caller, "7 8 9 10 11 14 15 16 17 18")
        self.assertWorks(self.caller, "11", "2026-09-11", "2026-09-13")
        self.assertWorks(self.caller, "", "2026-09-12", "2026-09-13")
        self.assertWorks(self.caller, "", "2026-09-11", "2026-09-10")

    def test_a_day_with_any_hour_counts(self):
        self._employ(self.caller, self._create_calendar([(0, (8, 12)), (5, (10, 10.5))]))

        self.assertWorks(self.caller, "7 12 14 19")

    def test_weeks_may_alternate(self):
        calendar = self._create_calendar([(0, (8, 12)), (1, (8, 12))])
        calendar.two_weeks_calendar = True
        for attendance, number in zip(calendar.attendance_ids, "01", strict=True):
            attendance.week_type = number
        self._employ(self.caller, calendar)

        # The host counts weeks from the year 1: that of 7 September is of the second kind.
        self.assertWorks(self.caller, "8 14")

    def test_only_the_resource_of_a_person_in_the_company_counts(self):
        calendar = self._create_calendar([(2, (8, 12))])
        other = self.foreign_company
        foreign = self._create_calendar([(3, (8, 12))], company_id=other.id)
        self._employ(self.caller, foreign, company_id=other.id)
        self._employ(self.caller, calendar, resource_type="material")
        self._employ(self.caller, calendar, active=False)
        self.assertWorks(self.caller, "7 8 9 10 11 14 15 16 17 18")
        self.assertWorks(self.caller, "10 17", company=other)

        self._employ(self.caller, calendar)
        self.assertWorks(self.caller, "9 16")
        self.assertWorks(self.caller, "10 17", company=other)

    def test_a_user_of_another_company_works_as_the_company_that_asks(self):
        self.foreign_manager.tz = PARIS

        self.assertWorks(self.foreign_manager, "7 8 9 10 11 14 15 16 17 18")

    # === TIME OFF === #
    def test_half_a_day_off_leaves_the_day(self):
        resource = self._employ(self.caller, self.office)
        self._take_off("2026-09-08 08:00", "2026-09-08 12:30", resource)
        self._take_off("2026-09-09 09:00", "2026-09-09 12:00", resource)
        self._take_off("2026-09-09 12:00", "2026-09-09 17:00", resource)
        self._take_off("2026-09-10 00:00", "2026-09-10 16:59:40", resource)

        self.assertWorks(self.caller, "7 8 11 14 15 16 17 18")

    def test_time_off_of_others_and_training_do_not_count(self):
        resource = self._employ(self.caller, self.office)
        other = self._employ(self.marketer, self.office)
        self._take_off("2026-09-01 00:00", "2026-09-30 23:59:59", other)
        self._take_off("2026-09-08 00:00", "2026-09-08 23:59:59", resource, time_type="other")

        self.assertWorks(self.caller, "7 8 9 10 11 14 15 16 17 18")
        self.assertWorks(self.marketer, "")

    def test_public_holidays_are_off_for_all_of_the_company(self):
        self._employ(self.marketer, self._create_calendar(ALWAYS))
        self._take_off("2026-09-08 00:00", "2026-09-08 23:59:59")
        self._take_off("2026-09-09 00:00", "2026-09-09 23:59:59", calendar_id=self.office.id)
        elsewhere = {"company_id": self.foreign_company.id}
        self._take_off("2026-09-10 00:00", "2026-09-10 23:59:59", **elsewhere)

        self.assertWorks(self.caller, "7 10 11", end="2026-09-13")
        self.assertWorks(self.marketer, "7 9 10 11 12 13", end="2026-09-13")

    # === FLEXIBLE HOURS === #
    def test_without_any_schedule_every_day_without_time_off_is_worked(self):
        self.company.resource_calendar_id = False
        resource = self._employ(self.marketer)
        self._take_off("2026-09-08 00:00", "2026-09-08 23:59:59")
        self._take_off("2026-09-10 09:00", "2026-09-10 12:00", resource)

        self.assertWorks(self.caller, "7 9 10 11 12 13", end="2026-09-13")
        self.assertWorks(self.marketer, "7 9 11 12 13", end="2026-09-13")

    def test_fully_flexible_people_keep_the_holidays_of_the_company(self):
        resource = self._employ(self.caller)
        self._take_off("2026-09-08 00:00", "2026-09-08 23:59:59", calendar_id=self.office.id)
        self._take_off("2026-09-11 00:00", "2026-09-12 23:59:59", resource)

        self.assertWorks(self.caller, "7 9 10 13", end="2026-09-13")

    def test_flexible_hours_are_those_of_the_first_days_of_weeks(self):
        values = {"flexible_hours": True, "full_time_required_hours": 32, "hours_per_day": 8}
        calendar = self._create_calendar([], **values)
        resource = self._employ(self.caller, calendar)
        self._take_off("2026-09-15 00:00", "2026-09-15 23:59:59", resource)
        self.marketer.tz = NEW_YORK
        self._employ(self.marketer, calendar)

        self.assertWorks(self.caller, "7 8 9 10 14 16 17")
        self.assertWorks(self.caller, "9 10 14 16 17", "2026-09-09", "2026-09-20")
        self.assertWorks(self.marketer, "7 8 9 10 14 15 16 17")

    # === TIME ZONES === #
    def test_a_holiday_may_cover_a_part_of_a_local_day(self):
        self._take_off("2026-09-08 00:00", "2026-09-08 23:59:59")
        for zone, expected in (
            (PARIS, "7 9 10"),
            (NEW_YORK, "7 9 10"),
            # There it lasts from 15:00 on the 7th to 15:00, and from 10:00 to 10:00 on the 9th.
            (LOS_ANGELES, "7 8 9 10"),
            (AUCKLAND, "7 8 9 10"),
            (False, "7 9 10"),
        ):
            with self.subTest(zone):
                self.caller.tz = zone
                self.assertWorks(self.caller, expected, end="2026-09-10")

    def test_nights_belong_to_both_days(self):
        self._employ(self.caller, self._create_calendar([(0, (22, 24)), (1, (0, 6))]))
        self.assertWorks(self.caller, "7 8 14 15")

        self._take_off("2026-09-08 00:00", "2026-09-08 23:59:59")
        self.assertWorks(self.caller, "7 14 15")

    def test_days_are_those_of_the_user_where_the_schedule_is_of_another_zone(self):
        self.caller.tz = AUCKLAND
        self._employ(self.caller, self.office, tz=PARIS)

        # 9:00 to 17:00 in Paris is 19:00 to 3:00.
        self.assertWorks(self.caller, "7 8 9 10 11 12", end="2026-09-13")
        self.assertWorks(self.caller, "12", "2026-09-12", "2026-09-13")

    def test_without_any_time_zone_days_are_in_utc(self):
        self.caller.tz = self.company.partner_id.tz = False
        self.company.resource_calendar_id = self._create_calendar([(0, (0, 1))])

        self.assertWorks(self.caller, "7 14")

    def test_days_that_are_longer_or_shorter(self):
        always = self._create_calendar(ALWAYS)
        self._employ(self.caller, always)
        resource = self._employ(self.marketer)
        for start, expected in (("2026-03-28", "28 30"), ("2026-10-24", "24 26")):
            off = f"{start[:8]}{int(start[8:]) + 1}"
            end = f"{start[:8]}{int(start[8:]) + 2}"
            self._take_off(f"{off} 00:00", f"{off} 23:59:59")
            self._take_off(f"{off} 00:00", f"{off} 23:59:59", resource)
            with self.subTest(start):
                self.assertWorks(self.caller, expected, start, end)
                self.assertWorks(self.marketer, expected, start, end)

    # === MANY === #
    def test_marketing_users_read_it_for_many_at_once(self):
        self._employ(self.caller, self._create_calendar([(4, (9, 12))]))
        model = self.env["crm.campaign.working.time"].with_user(self.marketer)
        users = self.caller | self.marketer
        friday = date(2026, 9, 11)
        bounds = (date(2026, 9, 10), friday)

        found = model._get_work_days(users, *bounds, self.company)
        self.assertEqual(found, {self.caller.id: [friday], self.marketer.id: list(bounds)})
        self.assertEqual(model._get_work_days(users[:0], *bounds, self.company), {})

    def _count_queries(self, users):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        bounds = (date(2026, 9, 1), date(2026, 10, 30))
        self.env["crm.campaign.working.time"]._get_work_days(users, *bounds, self.company)
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_depend_on_the_number_of_users(self):
        users = self.env["res.users"].create(
            [{"name": f"Caller {at}", "login": f"caller{at}", "tz": PARIS} for at in range(40)]
        )
        for at, user in enumerate(users[:36]):
            resource = self._employ(user, self.office if at % 4 else None)
            self._take_off("2026-09-08 00:00", "2026-09-10 23:59:59", resource)
        few = users[:2] | users[-1]

        self.assertEqual(self._count_queries(few), self._count_queries(users))


@tagged("post_install", "-at_install")
class TestCallers(CrmCampaignCase):
    def test_telemarketers_have_objectives_of_their_own(self):
        self.marketer.write({"campaign_is_telemarketer": True, "campaign_daily_objective": 40})
        self.manager.write({"campaign_is_telemarketer": True, "campaign_daily_objective": 0})
        self.caller.campaign_daily_objective = 60
        users = (self.manager | self.caller | self.marketer).with_user(self.other_marketer)

        self.assertEqual([user._get_call_objective(25) for user in users], [0, 25, 40])
        self.assertEqual(users._filter_telemarketers(), self.manager | self.marketer)
        self.assertFalse(users._filter_telemarketers().env.su)

    def test_a_new_telemarketer_has_an_objective(self):
        self.caller.campaign_is_telemarketer = True

        self.assertEqual(self.caller._get_call_objective(7), 25)

    @mute_logger("odoo.sql_db")
    def test_an_objective_below_0_is_refused(self):
        with self.assertRaises(CheckViolation), self.cr.savepoint():
            self.caller.campaign_daily_objective = -1

    def test_users_do_not_change_their_own_objective(self):
        for user in (self.caller, self.marketer, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                user.with_user(user).write({"campaign_daily_objective": 1})
        for user in (self.caller, self.marketer):
            with self.subTest(user.login), self.assertRaises(AccessError):
                user.with_user(user).read(["campaign_daily_objective"])

    # === THE LIST OF MANAGERS === #
    def _get_caller(self, user, by=None):
        return self.env["crm.campaign.caller"].with_user(by or self.manager).browse(user.id)

    def test_managers_say_who_telemarkets(self):
        caller = self._get_caller(self.caller)
        with Form(caller, "crm_campaign.crm_campaign_caller_view_list") as row:
            row.is_telemarketer = True
            row.daily_objective = 40

        self.assertTrue(self.caller.campaign_is_telemarketer)
        self.assertEqual(self.caller.campaign_daily_objective, 40)
        self.assertEqual(caller.search([("is_telemarketer", "=", True)]), caller)
        with self.assertRaises(AccessError):
            caller.write({"user_id": self.manager.id})

    def test_only_managers_of_the_company_of_internal_users_do(self):
        portal = self._create_user("campaign_portal", "caller")
        portal.group_ids = self.env.ref("base.group_portal")
        callers = self.env["crm.campaign.caller"]
        found = callers.with_user(self.manager).search([]).user_id
        self.assertIn(self.caller, found)
        self.assertNotIn(self.foreign_manager, found)
        self.assertNotIn(portal, found)

        for by in (self.caller, self.marketer, self.foreign_manager):
            for name in ("is_telemarketer", "daily_objective"):
                with self.subTest(by.login, field=name), self.assertRaises(AccessError):
                    self._get_caller(self.caller, by).write({name: 1})

    # === SETTINGS === #
    def test_settings_of_call_campaigns(self):
        company = self.foreign_company
        self.assertEqual(company.campaign_call_objective, 25)
        self.assertEqual(company.campaign_call_reserve, 20)
        self.assertEqual(company._get_call_subject(), "Call")

        settings = self.env["res.config.settings"].with_company(company).create({})
        settings.campaign_call_objective = 30
        settings.campaign_call_reserve = 12.5
        settings.campaign_call_subject = "Our autumn offer"
        settings.execute()

        self.assertEqual(company.campaign_call_objective, 30)
        self.assertEqual(company.campaign_call_reserve, 12.5)
        self.assertEqual(company._get_call_subject(), "Our autumn offer")
        company.campaign_call_subject = "  "
        self.assertEqual(company._get_call_subject(), "Call")
        self.assertEqual(self.company.campaign_call_objective, 25)

    @mute_logger("odoo.sql_db")
    def test_settings_that_are_refused(self):
        for values in (
            {"campaign_call_objective": -1},
            {"campaign_call_reserve": -0.5},
            {"campaign_call_reserve": 100.5},
        ):
            with self.subTest(values), self.assertRaises(CheckViolation), self.cr.savepoint():
                self.company.write(values)
