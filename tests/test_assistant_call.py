# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_call import CallCase

STEPS = [
    *("welcome", "characteristics", "companies", "contacts", "result"),
    *("distribution", "script", "validation"),
]


@tagged("post_install", "-at_install")
class TestAssistantCall(CallCase):
    """The assistant of call campaigns, from its eight steps to the calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_user("campaign_caller_2", "caller")
        cls.campaign = cls._create_campaign()
        cls._create_callees(10)

    def _start(self, callers=None, days=2, **values):
        callers = self.caller | self.second if callers is None else callers
        values = {
            "operation_type": "call",
            "campaign_id": self.campaign.id,
            "name": "Spring Calls",
            "purpose_id": self.purpose.id,
            "call_start": self.today,
            "call_end": self.today + timedelta(days=days - 1),
            "call_method": "calendar",
            "contact_domain": repr([("category_id", "in", self.tag.ids)]),
            "caller_line_ids": [(0, 0, {"user_id": user.id}) for user in callers],
            **values,
        }
        Assistant = self.env["crm.campaign.operation.assistant"].with_user(self.marketer)
        return Assistant.create(values)

    def _calls(self):
        return self.env["crm.campaign.call"].search([("campaign_id", "=", self.campaign.id)])

    def test_eight_steps_and_calls_at_the_end(self):
        assistant = self._start()
        self.assertEqual(assistant._get_steps(), STEPS)
        for step in STEPS[:5]:
            self.assertEqual(assistant.step, step)
            assistant.action_next()
        with self.assertRaisesRegex(UserError, "Simulate first"):
            assistant.action_next()
        assistant.action_simulate_calls()
        self.assertFalse(self._calls(), "nothing is made by simulating")
        assistant.action_next()
        assistant.action_next()
        self.assertEqual(assistant.step, "validation")

        assistant.action_validate()

        calls = self._calls()
        self.assertEqual(len(calls), 10)
        self.assertEqual(calls.operation_id.state, "running")
        self.assertEqual(calls.operation_id.call_subject, "Call")
        counts = self.env["crm.campaign.call"]._read_group(
            [("id", "in", calls.ids)], ["user_id", "date_planned:day"], ["__count"]
        )
        self.assertEqual(
            [(user.name, count) for user, _day, count in counts],
            [
                *(("Campaign Caller", 3), ("Campaign Caller", 2)),
                *(("Campaign Caller 2", 3), ("Campaign Caller 2", 2)),
            ],
        )
        self.assertFalse(assistant.exists())

    def test_what_a_simulation_shows(self):
        assistant = self._start()
        line = assistant.caller_line_ids[0]
        self.assertEqual((line.objective, line.overdue_count, line.assignable), (25, 0, 25.0))
        assistant.action_simulate_calls()
        self.assertEqual(assistant.simulated_count, 10)
        self.assertEqual(
            (line.assigned_count, line.last_day, line.daily_average, line.days_worked),
            (5, self.today + timedelta(days=1), 2.5, 2),
        )
        days = [self.today.isoformat(), (self.today + timedelta(days=1)).isoformat()]
        self.assertEqual(
            assistant.chart,
            {
                "days": days,
                "end": days[1],
                "series": [
                    {"name": "Campaign Caller", "counts": [3, 2]},
                    {"name": "Campaign Caller 2", "counts": [3, 2]},
                ],
            },
        )
        self.assertFalse(assistant.notices)

    def test_any_change_asks_for_another_simulation(self):
        changes = (
            lambda assistant: assistant.write({"call_method": "availability"}),
            lambda assistant: assistant.write({"contact_source": "all"}),
            lambda assistant: assistant.caller_line_ids[0].unlink(),
            lambda assistant: assistant.caller_line_ids[0].write({"percentage": 10}),
            lambda assistant: assistant.action_empty(),
        )
        for number, change in enumerate(changes):
            with self.subTest(number):
                assistant = self._start()
                assistant.action_simulate_calls()
                self.assertTrue(assistant.simulation)
                change(assistant)
                self.assertFalse(assistant.simulation)
                with self.assertRaisesRegex(UserError, "Simulate first"):
                    assistant._check_step_distribution()

    def test_percentages_by_hand(self):
        cases = (
            ((60, 30), (0, 0), (5, 5)),
            ((70, 30), (70, 30), (7, 3)),
            ((60, 60), (60, 40), (6, 4)),
        )
        for entered, kept, assigned in cases:
            with self.subTest(entered):
                assistant = self._start()
                for line, percentage in zip(assistant.caller_line_ids, entered, strict=True):
                    line.percentage = percentage
                assistant.action_simulate_calls()
                lines = assistant.caller_line_ids
                self.assertEqual(tuple(lines.mapped("percentage")), kept)
                self.assertEqual(tuple(lines.mapped("assigned_count")), assigned)

    def test_the_last_percentage_entered_is_cut(self):
        assistant = self._start(step="distribution")
        with Form(assistant) as form:
            with form.caller_line_ids.edit(1) as line:
                line.percentage = 80
            with form.caller_line_ids.edit(0) as line:
                line.percentage = 50
        self.assertEqual(assistant.caller_line_ids.mapped("percentage"), [20, 80])

    def test_own_accounts_first(self):
        people = self.env["res.partner"].search([("category_id", "in", self.tag.ids)])
        people[:4].user_id = self.second
        assistant = self._start(call_method="account")
        assistant.action_simulate_calls()
        lines = assistant.caller_line_ids
        self.assertEqual(lines.mapped("own_count"), [0, 4])
        self.assertEqual(lines.mapped("assigned_count"), [3, 7])
        assistant.action_validate()
        calls = self._calls()
        mine = calls.filtered(lambda call: call.partner_id in people[:4])
        self.assertEqual(mine.user_id, self.second)

    def test_bad_input(self):
        cases = (
            ({"callers": self.env["res.users"]}, "Choose who calls"),
            ({"call_start": self.today + timedelta(days=9)}, "ends before it starts"),
            ({"call_reserve": 120, "call_method": "availability"}, "between 0 and 100 %"),
            ({"call_objective": -1}, "negative"),
        )
        for values, message in cases:
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._start(**values).action_simulate_calls()
        assistant = self._start()
        assistant.caller_line_ids[0].percentage = -1
        with self.assertRaisesRegex(UserError, "A percentage is a number"):
            assistant.action_simulate_calls()

    def test_nobody_works(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        with self.assertRaisesRegex(UserError, "None of the callers works in this period"):
            self._start().action_simulate_calls()

    def test_who_is_on_leave_for_the_whole_period_gets_none_and_is_named(self):
        resource = self.env["resource.resource"].create(
            {
                "name": "Caller",
                "user_id": self.caller.id,
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": resource.id,
                "date_from": fields.Datetime.now() - timedelta(days=2),
                "date_to": fields.Datetime.now() + timedelta(days=5),
            }
        )
        assistant = self._start()
        assistant.action_simulate_calls()
        self.assertEqual(assistant.caller_line_ids.mapped("assigned_count"), [0, 10])
        self.assertEqual(assistant.notices, ["Campaign Caller does not work in this period."])

    def test_a_caller_archived_after_the_simulation(self):
        assistant = self._start()
        assistant.action_simulate_calls()
        self.second.active = False
        with self.assertRaisesRegex(UserError, "Campaign Caller 2 does not work here any more"):
            assistant.action_validate()
        self.assertFalse(self._calls())

    def test_contacts_without_phone_are_counted_and_removed(self):
        self._create_partner("Silent")
        assistant = self._start(step="result")
        self.assertEqual(
            [(lack["code"], lack["count"]) for lack in assistant.lacks], [("phone", 1)]
        )
        assistant.with_context(lack="phone").action_remove_lacking()
        self.assertEqual(assistant.lacks[0]["count"], 0)

    def test_overload_and_calls_after_the_end_are_told(self):
        assistant = self._start(callers=self.caller, days=1, call_objective=4)
        assistant.action_simulate_calls()
        day = self.today.strftime("%m/%d/%Y")
        self.assertEqual(
            assistant.notices,
            [f"Campaign Caller has 6 call(s) more than the objective on {day}."],
        )
        assistant.write({"call_method": "availability", "call_reserve": 25})
        assistant.action_simulate_calls()
        last = self.today + timedelta(days=2)
        self.assertEqual(
            assistant.notices,
            [
                "7 call(s) of Campaign Caller come after the end, the last one on "
                f"{last.strftime('%m/%d/%Y')}."
            ],
        )

    def test_all_callers_or_telemarketers_only(self):
        self.second.campaign_is_telemarketer = True
        self.second.campaign_daily_objective = 50
        assistant = self._start(callers=self.env["res.users"])
        self.assertIn(self.caller, assistant.candidate_ids)
        assistant.callers_from = "telemarketers"
        assistant.action_add_callers()
        self.assertEqual(assistant.caller_line_ids.user_id, self.second)
        self.assertEqual(assistant.caller_line_ids.objective, 50)
        assistant.action_remove_callers()
        self.assertFalse(assistant.caller_line_ids)

    def test_the_calls_of_an_operation_that_exists_are_distributed(self):
        operation = self._create_call_operation(name="Copy")
        operation.sudo().call_plan = False
        action = operation.action_distribute()
        assistant = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(assistant._get_steps(), ["distribution", "script", "validation"])
        self.assertEqual(assistant.caller_line_ids.user_id, self.caller)
        assistant = assistant.with_user(self.marketer)
        assistant.action_simulate_calls()
        assistant.action_validate()
        self.assertEqual((operation.call_count, operation.state), (10, "running"))

    def test_abandoning_leaves_nothing(self):
        count = self.env["crm.campaign.operation"].search_count([])
        assistant = self._start()
        assistant.action_simulate_calls()
        assistant.action_abandon()
        self.assertEqual(self.env["crm.campaign.operation"].search_count([]), count)
        self.assertFalse(self._calls())
        self.assertFalse(self.env["crm.campaign.operation.assistant.caller"].search([]))

    def test_a_mailing_has_no_step_of_calls(self):
        Assistant = self.env["crm.campaign.operation.assistant"].with_user(self.marketer)
        steps = Assistant.create({"name": "Mailing"})._get_steps()
        self.assertEqual(len(steps), 8)
        self.assertNotIn("distribution", steps)

    def test_a_period_that_is_over(self):
        assistant = self._start(call_start=date(2026, 1, 5), call_end=date(2026, 1, 9))
        with self.assertRaisesRegex(UserError, "over already"):
            assistant._check_step_characteristics()
