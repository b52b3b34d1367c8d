# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common_call import CallCase

# A Monday; jobs and callers agree that it is this day.
MONDAY = date(2026, 9, 7)
NOON = datetime(2026, 9, 7, 12)


@tagged("post_install", "-at_install")
class TestCallCalendar(CallCase):
    """The calls of a caller on a day are one all-day event in the host's calendar."""

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(NOON))
        super().setUpClass()
        cls.today = MONDAY
        cls.other_caller = cls._create_user("campaign_caller_2", "caller")

    def _refresh(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_campaign.ir_cron_call_days").method_direct_trigger()
        self.env.invalidate_all()

    def _get_blocks(self, user=None):
        return self.env["calendar.event"].search(
            [("campaign_call_user_id", "in", (user or self.env["res.users"].search([])).ids)],
            order="campaign_call_day",
        )

    def _get_text(self, block):
        return html2plaintext(block.description).strip()

    def _record(self, call, outcome):
        call.with_user(call.user_id).record_outcome(self._get_outcome(outcome).id)

    # === WHAT IS THERE === #
    def test_a_day_of_calls_is_one_event_and_none_per_call(self):
        self._create_calls(12)
        self._refresh()

        block = self._get_blocks()
        self.assertEqual(block.name, "12 calls: Spring Calls")
        self.assertEqual(self._get_text(block), "Done: 0. Left: 12.")
        self.assertTrue(block.allday)
        self.assertEqual((block.start_date, block.stop_date), (MONDAY, MONDAY))
        self.assertEqual(block.show_as, "free")
        self.assertEqual(block.user_id, self.caller)
        self.assertEqual(block.partner_ids, self.caller.partner_id)
        self.assertEqual(block.attendee_ids.mapped("state"), ["accepted"])
        self.assertFalse(block.alarm_ids)

    def test_three_callers_five_days_a_hundred_calls_make_fifteen_events(self):
        third = self._create_user("campaign_caller_3", "caller")
        callers = self.caller | self.other_caller | third
        before = self.env["calendar.event"].search_count([])
        calls = self._create_calls(100, callers=callers, days=5)
        self._refresh()

        self.assertEqual(len(calls), 100)
        self.assertEqual(self.env["calendar.event"].search_count([]) - before, 15)
        self.assertEqual(self._get_blocks().mapped("campaign_call_user_id"), callers)

    def test_several_operations_are_named_those_with_most_calls_first(self):
        self._create_calls(2)
        for name in ("Trade Fair", "Panel", "Other"):
            self._dispatch(self._create_call_operation(name=name))
        other = self.env["crm.campaign.call"].search([("operation_id.name", "=", "Other")])
        other[0].date_planned = date(2026, 9, 8)
        self._refresh()

        self.assertEqual(
            self._get_blocks().mapped("name"),
            ["7 calls: Panel, Spring Calls, Trade Fair…", "1 call: Other"],
        )

    def test_days_are_those_that_are_planned_whatever_the_time_zone(self):
        for zone in ("Pacific/Auckland", "America/Los_Angeles", "Europe/Paris"):
            with self.subTest(zone):
                self.caller.tz = zone
                calls = self.env["crm.campaign.call"].search([]) or self._create_calls(1)
                calls.date_planned = date(2026, 9, 9)
                self._refresh()
                block = self._get_blocks()
                self.assertEqual(block.with_context(tz=zone).start_date, date(2026, 9, 9))
                self.assertEqual(block.start, datetime(2026, 9, 9, 8))

    def test_from_yesterday_to_two_weeks_ahead(self):
        calls = self._create_calls(4)
        for call, days in zip(calls, (-2, -1, 14, 15), strict=True):
            call.date_planned = MONDAY + timedelta(days=days)
        self._refresh()

        days = [date(2026, 9, 6), date(2026, 9, 21)]
        self.assertEqual(self._get_blocks().mapped("campaign_call_day"), days)

    def test_calls_of_anybody_are_in_nobodys_calendar(self):
        self._create_calls(2).user_id = False
        self._refresh()
        self.assertFalse(self._get_blocks())

    # === WHAT CHANGES === #
    def test_calls_made_and_moved_show(self):
        calls = self._create_calls(3)
        self._refresh()
        block = self._get_blocks()
        self._record(calls[0], "interested")
        calls[1].user_id = self.other_caller
        self._refresh()

        self.assertEqual(self._get_blocks(self.caller), block)
        self.assertEqual(block.name, "2 calls: Spring Calls")
        self.assertEqual(self._get_text(block), "Done: 1. Left: 1.")
        self.assertEqual(self._get_blocks(self.other_caller).name, "1 call: Spring Calls")

    def test_no_event_without_calls_to_make(self):
        calls = self._create_calls(1)
        self._refresh()
        self._record(calls, "interested")
        self._refresh()
        self.assertFalse(self._get_blocks().with_context(active_test=False))

    def test_events_go_with_the_operation(self):
        calls = self._create_calls(2)
        self._refresh()
        calls.operation_id.with_user(self.marketer).action_cancel()
        self._refresh()
        self.assertFalse(self._get_blocks())

    def test_nothing_is_written_where_nothing_changed(self):
        self._create_calls(2)
        self._refresh()
        block = self._get_blocks()
        written = block.write_date
        self.env.flush_all()
        with freeze_time(NOON + timedelta(minutes=10)):
            self._refresh()
        self.assertEqual((self._get_blocks(), block.write_date), (block, written))

    def test_moved_by_hand_it_goes_back(self):
        self._create_calls(2)
        self._refresh()
        block = self._get_blocks()
        block.with_user(self.caller).write(
            {"start_date": date(2026, 9, 10), "stop_date": date(2026, 9, 10)}
        )
        self.assertEqual(block.start_date, date(2026, 9, 10))
        self._refresh()
        self.assertEqual((block.start_date, block.stop_date), (MONDAY, MONDAY))
        self.assertEqual(block.attendee_ids.mapped("state"), ["accepted"])

    def test_deleted_by_hand_it_stays_away_until_the_plan_changes(self):
        calls = self._create_calls(3)
        self._refresh()
        block = self._get_blocks()
        block.with_user(self.caller).unlink()
        self._record(calls[0], "interested")
        self._refresh()
        self.assertFalse(self._get_blocks())
        calls[1].date_planned = date(2026, 9, 8)
        self._refresh()
        self.assertEqual(
            self._get_blocks().mapped("name"), ["2 calls: Spring Calls", "1 call: Spring Calls"]
        )

    def test_it_opens_the_calls_of_the_day(self):
        calls = self._create_calls(2)
        self._refresh()
        action = self._get_blocks().with_user(self.caller).action_open_calendar_event()
        found = self.env[action["res_model"]].with_user(self.caller).search(action["domain"])
        self.assertEqual(found, calls)

    # === SILENCE AND SPEED === #
    def test_nobody_is_told_anything(self):
        calls = self._create_calls(4)
        models = ("mail.mail", "mail.message", "mail.notification", "mail.activity")
        counts = {model: self.env[model].search_count([]) for model in models}
        self._refresh()
        calls[0].user_id = self.other_caller
        self._refresh()
        calls.user_id = False
        self._refresh()
        for model in models:
            with self.subTest(model):
                self.assertEqual(self.env[model].search_count([]), counts[model])
        self.assertFalse(self.env["mail.followers"].search([("res_model", "=", "calendar.event")]))

    def _count_queries(self):
        Day = self.env["crm.campaign.call.day"]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        Day._refresh(self.caller.ids, MONDAY, MONDAY + timedelta(days=14))
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_as_many_queries_for_many_days_as_for_few(self):
        calls = self._create_calls(14)
        self._count_queries()
        made, changed = [], []
        for days in (2, 14):
            self._get_blocks().with_context(campaign_call_drop_blocks=True).unlink()
            for more, call in enumerate(calls):
                call.date_planned = MONDAY + timedelta(days=more % days)
            made.append(self._count_queries())
            self.assertEqual(len(self._get_blocks()), days)
            calls.operation_id.name = f"{days} Days"
            changed.append(self._count_queries())
        self.assertEqual(made[0], made[1])
        self.assertEqual(changed[0], changed[1])

    def test_what_makes_calls_wakes_the_job(self):
        cron = self.env.ref("crm_campaign.ir_cron_call_days")
        triggers = [("cron_id", "=", cron.id)]
        self.env["ir.cron.trigger"].search(triggers).unlink()
        self._create_calls(1)
        self.assertTrue(self.env["ir.cron.trigger"].search_count(triggers))
