# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_call import CallCase

# A Monday, and the days that follow; every day is worked.
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 9, day) for day in (7, 8, 9, 10))
NOON = datetime(2026, 9, 7, 12)


@tagged("post_install", "-at_install")
class TestCallPlan(CallCase):
    """What callers see of their days, and many calls that change hands or days at once."""

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(NOON))
        super().setUpClass()
        cls.second = cls._create_user("campaign_caller_2", "caller")
        cls.third = cls._create_user("campaign_caller_3", "caller")
        for user in cls.caller | cls.second | cls.third:
            user.tz = "Europe/Paris"

    def _ask(self, calls, user=None, **values):
        """Return the assistant for some calls, as a user (the marketer)."""
        user = user or self.marketer
        action = calls.with_user(user).action_reassign()
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        wizard.write(values)
        return wizard

    def _confirm(self, wizard):
        """Confirm, and return what the user is told."""
        message = wizard.action_confirm()["params"]["message"]
        self.env.invalidate_all()
        return message

    def _record(self, call, outcome, **values):
        call.with_user(call.user_id or self.caller).record_outcome(
            self._get_outcome(outcome).id, values
        )

    def _count(self, calls):
        """Count calls by caller's name and day of the month."""
        counts = {}
        for call in calls:
            key = (call.user_id.name, call.date_planned.day)
            counts[key] = counts.get(key, 0) + 1
        return counts

    # === MY CALLS === #
    def test_a_mere_caller_finds_the_calls_in_the_app(self):
        Menu = self.env["ir.ui.menu"].with_user(self.caller)
        menus = Menu.load_menus(False)
        names = {menu["xmlid"] for menu in menus.values() if menu.get("xmlid")}
        self.assertIn("crm_campaign.crm_campaign_call_menu_my", names)
        hosts = {name for name in names if name.startswith("crm.")}
        self.assertEqual(hosts, {"crm.crm_menu_root"}, "nothing of the host's own pipeline")
        self.assertNotIn("crm_campaign.crm_campaign_menu_marketing", names)
        action = self.env.ref("crm_campaign.crm_campaign_call_action_my").with_user(self.caller)
        views = (
            self.env["crm.campaign.call"]
            .with_user(self.caller)
            .get_views(
                [(view.view_id.id, view.view_mode) for view in action.sudo().view_ids]
                + [(action.sudo().search_view_id.id, "search")]
            )
        )
        self.assertEqual(list(views["views"]), ["list", "kanban", "calendar", "form", "search"])

    def test_my_calls_are_ones_own_and_those_of_anybody(self):
        calls = self._create_calls(4)
        calls[1].user_id = False
        calls[2].user_id = self.second
        Call = self.env["crm.campaign.call"]
        cases = (
            (self.caller, calls[0] + calls[1] + calls[3]),
            (self.second, calls[2]),
            (self.manager, Call),
        )
        for user, expected in cases:
            with self.subTest(user.login):
                self.assertEqual(Call.with_user(user).search([("is_mine", "=", True)]), expected)
                self.assertEqual(calls.with_user(user).sudo().filtered("is_mine"), expected)
        self.assertEqual(Call.with_user(self.manager).search([("is_mine", "=", False)]), calls)

    def test_the_figures_of_the_day(self):
        calls = self._create_calls(6)
        calls[0].date_planned = date(2026, 9, 4)
        calls[1].date_planned = TUESDAY
        self._record(calls[2], "interested")
        self._record(calls[3], "callback", callback_at=datetime(2026, 9, 7, 15))
        Call = self.env["crm.campaign.call"].with_user(self.caller)
        self.assertEqual(Call.get_my_figures(), {"todo": 3, "overdue": 1, "promised": 1, "done": 1})
        none = {"todo": 0, "overdue": 0, "promised": 0, "done": 0}
        self.assertEqual(Call.with_user(self.second).get_my_figures(), none)

    def test_rows_show_to_a_caller_who_may_not_read_the_operation(self):
        call = self._create_calls(1).with_user(self.caller)
        row = call.web_read({"operation_id": {"fields": {"display_name": {}}}, "subject": {}})[0]
        self.assertEqual(row["operation_id"]["display_name"], "Spring Calls")
        groups = call.formatted_read_group([], ["operation_id"], ["__count"])
        self.assertEqual(groups[0]["operation_id"][1], "Spring Calls")

    # === MANY AT ONCE === #
    def test_to_another_day(self):
        calls = self._create_calls(3)
        wizard = self._ask(calls, day=THURSDAY)
        self.assertIn("10", wizard.preview)
        self.assertEqual(self._confirm(wizard), "3 call(s) moved.")
        self.assertEqual(self._count(calls), {("Campaign Caller", 10): 3})
        self.assertEqual(set(calls.mapped("due_at")), {datetime(2026, 9, 9, 22)})

    def test_by_some_days(self):
        calls = self._create_calls(4, days=2)
        self._confirm(self._ask(calls, move_rule="shift", shift_days=2))
        self.assertEqual(
            self._count(calls), {("Campaign Caller", 9): 2, ("Campaign Caller", 10): 2}
        )

    def test_to_one_caller_on_the_same_days(self):
        self.second.tz = "America/New_York"
        calls = self._create_calls(4, days=2)
        self._confirm(self._ask(calls, mode="give", user_id=self.second.id))
        self.assertEqual(
            self._count(calls), {("Campaign Caller 2", 7): 2, ("Campaign Caller 2", 8): 2}
        )
        self.assertEqual(
            set(calls.mapped("due_at")), {datetime(2026, 9, 7, 4), datetime(2026, 9, 8, 4)}
        )

    def test_to_anybody(self):
        calls = self._create_calls(2)
        self._confirm(self._ask(calls, mode="anybody"))
        self.assertFalse(calls.user_id)
        taken = self.env["crm.campaign.call"].with_user(self.caller).take_next()
        self.assertEqual(taken["id"], calls[0].id)

    def test_over_callers_and_days_what_moves_does_not_count_where_it_was(self):
        calls = self._create_calls(20)
        wizard = self._ask(
            calls,
            mode="spread",
            caller_ids=[(6, 0, (self.caller | self.second).ids)],
            date_start=TUESDAY,
            date_end=WEDNESDAY,
        )
        self.assertFalse(wizard.problem)
        self._confirm(wizard)
        self.assertEqual(
            self._count(calls),
            {
                ("Campaign Caller", 8): 5,
                ("Campaign Caller", 9): 5,
                ("Campaign Caller 2", 8): 5,
                ("Campaign Caller 2", 9): 5,
            },
        )

    def test_by_account_calls_go_to_the_salesperson(self):
        calls = self._create_calls(4)
        calls[2].partner_id.user_id = self.second
        self._confirm(
            self._ask(
                calls,
                mode="spread",
                method="account",
                caller_ids=[(6, 0, (self.caller | self.second).ids)],
                date_start=TUESDAY,
                date_end=TUESDAY,
            )
        )
        self.assertEqual(calls[2].user_id, self.second)

    def test_only_open_calls_move_and_none_that_is_on_a_screen(self):
        calls = self._create_calls(4)
        self._record(calls[0], "interested")
        calls[1].write({"taken_by_id": self.caller.id, "taken_at": NOON})
        message = self._confirm(self._ask(calls, mode="give", user_id=self.second.id))
        self.assertIn("2 call(s) moved. 2 call(s) stay as they are", message)
        self.assertEqual(calls.mapped("user_id.name"), ["Campaign Caller", "Campaign Caller 2"])
        self.assertEqual((calls[2] + calls[3]).user_id, self.second)

    def test_a_promise_keeps_its_moment_unless_its_day_changes(self):
        calls = self._create_calls(2)
        promised = datetime(2026, 9, 8, 8, 30)
        self._record(calls[0], "callback", callback_at=promised)
        self._record(calls[1], "no_answer")
        due = [promised, datetime(2026, 9, 7, 16)]
        self.assertEqual(calls.mapped("due_at"), due)
        self._confirm(self._ask(calls, mode="give", user_id=self.second.id))
        self.assertEqual(calls.mapped("due_at"), due)
        wizard = self._ask(calls[0], day=THURSDAY)
        self.assertIn("1 promised call(s) go to another day", wizard.preview)
        self._confirm(wizard)
        self.assertEqual(calls[0].due_at, datetime(2026, 9, 9, 22))
        self._confirm(self._ask(calls[0], day=TUESDAY))
        self.assertEqual(calls[0].due_at, promised)

    def test_what_is_missing_is_said_before_anything_happens(self):
        calls = self._create_calls(1)
        cases = (
            ({"day": False}, "Choose a day."),
            ({"day": date(2026, 9, 6)}, "The day is in the past."),
            ({"mode": "give"}, "Choose who calls."),
            ({"mode": "spread"}, "Choose who calls."),
            ({"mode": "absence"}, "Choose who is absent."),
        )
        for values, message in cases:
            with self.subTest(values):
                wizard = self._ask(calls, **values)
                self.assertEqual(wizard.problem, message)
                with self.assertRaisesRegex(UserError, message):
                    wizard.action_confirm()
        self.assertEqual(calls.date_planned, MONDAY)

    def test_many_calls_take_as_many_queries_as_few(self):
        calls = self._create_calls(60)
        counts = []
        for some in (calls[5:10], calls[:5], calls):
            wizard = self._ask(some, day=THURSDAY)
            wizard.read(["selection"])
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            wizard.action_confirm()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # === RIGHTS === #
    def test_a_caller_moves_own_calls_and_gives_none_away(self):
        calls = self._create_calls(3)
        calls[2].user_id = False
        mine = calls[:2]
        message = self._confirm(self._ask(calls, user=self.caller, day=TUESDAY))
        self.assertIn("2 call(s) moved. 1 call(s) stay", message)
        self.assertEqual(set(mine.mapped("date_planned")), {TUESDAY})
        self.assertEqual(calls[2].date_planned, MONDAY)
        for mode in ("give", "spread", "anybody", "absence"):
            with self.subTest(mode), self.assertRaisesRegex(AccessError, "Only marketing users"):
                self._ask(mine, user=self.caller, mode=mode).action_confirm()

    def test_calls_of_others_operations_stay(self):
        calls = self._create_calls(2)
        for user in (self.other_marketer, self.foreign_manager):
            with self.subTest(user.login):
                wizard = self._ask(calls, user=user, mode="give", user_id=self.second.id)
                self.assertIn("0 call(s) moved. 2 call(s) stay", self._confirm(wizard))
        calls.user_id = self.other_marketer
        wizard = self._ask(calls, user=self.other_marketer, mode="anybody")
        self.assertIn("0 call(s) moved", self._confirm(wizard))
        self._confirm(self._ask(calls, user=self.manager, mode="give", user_id=self.second.id))
        self.assertEqual(calls.user_id, self.second)

    # === ABSENCE === #
    def test_calls_of_an_absent_caller_go_to_the_others_on_these_days(self):
        callers = self.caller | self.second
        calls = self._create_calls(12, callers=callers, days=3)
        before = {(name, day): 2 for name in callers.mapped("name") for day in (7, 8, 9)}
        self.assertEqual(self._count(calls), before)
        wizard = (
            self.env["crm.campaign.call.reassign"]
            .with_user(self.marketer)
            .create(
                {
                    "mode": "absence",
                    "absent_user_id": self.caller.id,
                    "absent_from": TUESDAY,
                    "absent_until": WEDNESDAY,
                }
            )
        )
        self.assertFalse(wizard.problem)
        self.assertEqual(self._confirm(wizard), "4 call(s) moved.")
        self.assertEqual(
            self._count(calls),
            {
                ("Campaign Caller", 7): 2,
                ("Campaign Caller 2", 7): 2,
                ("Campaign Caller 2", 8): 4,
                ("Campaign Caller 2", 9): 4,
            },
        )

    def test_who_is_back_in_time_takes_part(self):
        calls = self._create_calls(4, days=2)
        self._confirm(
            self.env["crm.campaign.call.reassign"]
            .with_user(self.marketer)
            .create({"mode": "absence", "absent_user_id": self.caller.id})
        )
        self.assertEqual(self._count(calls), {("Campaign Caller", 8): 4})

    def test_an_operation_without_anybody_else_keeps_its_calls_and_says_so(self):
        calls = self._create_calls(2)
        wizard = (
            self.env["crm.campaign.call.reassign"]
            .with_user(self.marketer)
            .create({"mode": "absence", "absent_user_id": self.caller.id, "absent_until": False})
        )
        self.assertIn("“Spring Calls”: 2 call(s) stay. None of the callers works", wizard.preview)
        self.assertIn("0 call(s) moved. 2 call(s) stay", self._confirm(wizard))
        self.assertEqual(calls.user_id, self.caller)

    def test_operations_of_an_absent_caller_are_shared_one_after_the_other(self):
        callers = self.caller | self.second | self.third
        calls = self._create_calls(6, callers=callers, call_method="availability")
        operation = self._create_call_operation(
            name="Trade Fair", callers=callers, call_method="availability"
        )
        calls |= self._dispatch(operation).operation_id.call_ids
        self._confirm(
            self.env["crm.campaign.call.reassign"]
            .with_user(self.marketer)
            .create({"mode": "absence", "absent_user_id": self.caller.id})
        )
        self.assertEqual(
            self._count(calls), {("Campaign Caller 2", 7): 6, ("Campaign Caller 3", 7): 6}
        )

    # === OPERATION === #
    def test_the_figures_of_an_operation_open_the_calls_they_count(self):
        calls = self._create_calls(3)
        self._record(calls[0], "interested")
        operation = calls.operation_id.with_user(self.marketer)
        action = operation.with_context(calls_filter="open").action_view_calls()
        self.assertEqual(action["context"], {"search_default_open": 1})
        self.assertEqual(
            self.env["crm.campaign.call"].with_user(self.marketer).search(action["domain"]), calls
        )

    # === WINDOW === #
    def test_the_window_shows_at_once_what_will_happen(self):
        calls = self._create_calls(4)
        wizard = self._ask(calls)
        with Form(wizard) as form:
            form.mode = "spread"
            self.assertEqual(form.problem, "Choose who calls.")
            form.caller_ids.add(self.second)
            self.assertFalse(form.problem)
            self.assertIn("Campaign Caller 2", form.preview)
        self.assertEqual(calls.user_id, self.caller)
        absence = self.env["crm.campaign.call.reassign"].with_user(self.marketer)
        with Form(absence.with_context(default_mode="absence")) as form:
            form.absent_user_id = self.caller
            self.assertIn("4 call(s) stay", form.preview)
