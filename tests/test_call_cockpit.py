# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_call import CallMixin
from .common_script import ScriptCase


class CockpitCase(CallMixin, ScriptCase):
    """The screen of a caller, as the server sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_user("campaign_caller_2", "caller")
        cls.salesman = cls._create_user("campaign_salesman", "caller")
        cls.salesman.group_ids += cls.env.ref("sales_team.group_sale_salesman")
        cls.Call = cls.env["crm.campaign.call"].with_user(cls.caller)

    def _end(self, call, name, **values):
        return call.with_user(self.caller).record_outcome(self._get_outcome(name).id, values)


@tagged("post_install", "-at_install")
class TestCallCockpit(CockpitCase):
    """Whom one calls, and what comes of a call."""

    # === OPENING === #
    def test_opening_gives_outcomes_by_key_and_the_call_under_way(self):
        calls = self._create_calls(2)
        opened = self.Call.open_cockpit()
        first = opened["outcomes"][0]
        self.assertEqual((first["name"], first["key"]), ("Interested", "1"))
        self.assertEqual([row["key"] for row in opened["outcomes"]], list("123456789"))
        self.assertEqual(
            [row["name"] for row in opened["outcomes"] if row["asks_callback"]], ["Call Back"]
        )
        self.assertFalse(opened["current"])
        taken = self.Call.take_next()
        self.assertEqual(self.Call.open_cockpit()["current"], taken)
        self.assertFalse(self.Call.open_cockpit(calls.operation_id.id + 1)["current"])
        calls[0].with_user(self.caller).put_back()
        self.assertFalse(self.Call.open_cockpit()["current"])

    # === CARD === #
    def test_card_tells_whom_one_calls(self):
        france = self.env.ref("base.fr")
        firm = self._create_partner(
            "Firm", is_company=True, phone="+33199000099", category_id=False
        )
        call = self._create_calls(
            1,
            call_subject="Spring",
        )
        call.partner_id.write(
            {
                "parent_id": firm.id,
                "function": "Buyer",
                "email": "buyer@test.example.com",
                "street": "1 rue Haute",
                "zip": "75001",
                "city": "Paris",
                "country_id": france.id,
                "tz": "Asia/Tokyo",
            }
        )
        call.recipient_id.company_partner_id = firm
        card = call.with_user(self.caller).get_card()
        self.assertEqual(
            {name: card["contact"][name] for name in ("name", "function", "company", "email")},
            {
                "name": "Callee 1",
                "function": "Buyer",
                "company": "Firm",
                "email": "buyer@test.example.com",
            },
        )
        self.assertEqual(card["contact"]["address"], "1 rue Haute, 75001 Paris, France")
        self.assertEqual(card["contact"]["time_zone"], "Europe/Paris", "not who entered it")
        self.assertEqual(
            card["contact"]["phones"],
            [
                {"number": "+33199000001", "tel": "+33199000001", "is_company": False},
                {"number": "+33199000099", "tel": "+33199000099", "is_company": True},
            ],
        )
        self.assertEqual([tag["name"] for tag in card["contact"]["tags"]], ["Campaign Test"])
        self.assertEqual((card["call"]["subject"], card["script"]), ("Spring", False))
        self.assertEqual(card["operation"]["name"], "Spring Calls")

    def test_a_time_zone_that_is_not_sure_is_not_told(self):
        call = self._create_calls(1)
        partner = call.partner_id
        zones = []
        for code, zone in (("us", "Europe/Paris"), ("us", "America/Denver")):
            partner.write({"country_id": self.env.ref(f"base.{code}").id, "tz": zone})
            zones.append(call.with_user(self.caller).get_card()["contact"]["time_zone"])
        partner.country_id = False
        zones.append(call.with_user(self.caller).get_card()["contact"]["time_zone"])
        self.assertEqual(zones, [False, "America/Denver", False])

    def test_card_without_contact_tells_what_is_left(self):
        call = self._create_calls(1)
        call.recipient_id.partner_id = False
        card = call.with_user(self.caller).get_card()
        self.assertEqual(card["contact"]["name"], "+33199000001")
        self.assertEqual((card["communications"], card["opportunities"]), ([], []))

    def test_history_holds_attempts_of_other_calls_to_the_contact(self):
        call = self._create_calls(1)
        other = self._dispatch(self._create_call_operation(name="Other")).operation_id.call_ids
        self._end(call, "no_answer", note="Rang for long")
        other.with_user(self.caller).skip("Lunch time there")
        rows = call.with_user(self.caller).get_card()["attempts"]
        self.assertEqual(
            [(row["outcome"], row["note"], row["operation"]) for row in rows],
            [("Passed over", "Lunch time there", "Other"), ("No Answer", "Rang for long", "")],
        )
        self.assertEqual({row["user"] for row in rows}, {"Campaign Caller"})

    def test_history_holds_what_the_company_wrote_and_nothing_of_others(self):
        call = self._create_calls(1)
        call.partner_id.email = "callee@test.example.com"
        self._sent_execution(name="Newsletter")
        rows = call.with_user(self.caller).get_card()["communications"]
        self.assertEqual(
            [(row["title"], row["icon"]) for row in rows], [("Hello …", "fa-envelope")]
        )
        self.assertEqual(rows[0]["state"], "Sent")

    def test_opportunities_are_those_that_the_caller_may_see(self):
        call = self._create_calls(1, callers=self.caller | self.salesman)
        Lead = self.env["crm.lead"]
        values = {"partner_id": call.partner_id.id, "type": "opportunity", "expected_revenue": 500}
        leads = Lead.create(
            [
                {"name": "Mine", "user_id": self.salesman.id, **values},
                {"name": "Somebody else's", "user_id": self.manager.id, **values},
                {"name": "Called", "user_id": self.manager.id, **values},
            ]
        )
        call.write({"lead_id": leads[2].id, "user_id": False})
        by_caller = call.with_user(self.caller).get_card()
        self.assertEqual(
            [(row["name"], row["amount"], row["may_open"]) for row in by_caller["opportunities"]],
            [("Called", "", False)],
        )
        self.assertEqual(by_caller["lead"]["may_open"], False)
        by_salesman = call.with_user(self.salesman).get_card()["opportunities"]
        self.assertEqual([row["name"] for row in by_salesman], ["Mine"])
        self.assertIn("500", by_salesman[0]["amount"])

    def test_a_long_history_takes_no_more_queries(self):
        calls = self._create_calls(2)
        counts = []
        for call in calls:
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call.with_user(self.caller).get_card()
            counts.append(self.env.cr.sql_log_count - before)
            for _number in range(6):
                calls[1].with_user(self.caller).skip("Later")
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_the_card_is_ones_own(self):
        call = self._create_calls(1)
        for user in (self.second, self.other_marketer, self.foreign_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                call.with_user(user).get_card()
        for user in (self.marketer, self.manager):
            self.assertEqual(call.with_user(user).get_card()["contact"]["name"], "Callee 1")
        methods = (
            ("answer_question", (1, "x")),
            ("create_lead", ()),
            ("get_appointment_context", ()),
            ("note_appointment", (1,)),
            ("put_back", ()),
            ("take", ()),
        )
        for name, arguments in methods:
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(call.with_user(self.second), name)(*arguments)

    # === TAKING ONE === #
    def test_a_call_of_the_plan_is_taken_before_its_turn(self):
        calls = self._create_calls(2)
        calls[1].date_planned = self.today + timedelta(days=3)
        taken = calls[1].with_user(self.caller).take()
        self.assertEqual(taken, {"id": calls[1].id, "phone": "+33199000002"})
        self.assertEqual(self.Call.open_cockpit()["current"], taken)

    def test_what_cannot_be_taken_says_why(self):
        calls = self._create_calls(4, callers=self.caller | self.second)
        calls.user_id = False
        calls[0].with_user(self.second).take()
        with self.assertRaisesRegex(UserError, "“Callee 1” is with Campaign Caller 2 right now"):
            calls[0].with_user(self.caller).take()
        self._end(calls[1], "interested")
        with self.assertRaisesRegex(UserError, "was ended by Campaign Caller"):
            calls[1].with_user(self.caller).take()
        self.env["phone.blacklist"]._add([calls[2].phone])
        self.env.flush_all()
        self.assertFalse(calls[2].with_user(self.caller).take())
        self.assertEqual(calls[2].state, "cancelled")
        calls.operation_id.with_user(self.marketer).action_suspend()
        with self.assertRaisesRegex(UserError, "the operation is suspended"):
            calls[3].with_user(self.caller).take()

    # === LEAD AND APPOINTMENT === #
    def test_a_call_makes_one_lead_for_the_responsible(self):
        call = self._create_calls(1)
        mine = call.with_user(self.caller)
        made = mine.create_lead(" Wants a quote ")
        lead = call.lead_id
        self.assertEqual(
            made, {"id": lead.id, "name": lead.name, "may_open": False, "created": True}
        )
        self.assertEqual(lead.name, "Spring Calls: Callee 1")
        self.assertEqual((lead.partner_id, lead.user_id), (call.partner_id, self.marketer))
        self.assertEqual(lead.campaign_id, call.campaign_id.utm_campaign_id)
        self.assertEqual((lead.medium_id.name, lead.phone), ("Phone", "+33199000001"))
        self.assertIn("Wants a quote", lead.description)
        self.assertEqual(mine.create_lead("Again")["created"], False)
        self.env["crm.campaign.total"]._rebuild_leads(call.campaign_id)
        self.assertEqual(call.campaign_id.lead_count, 1)
        self.assertEqual(mine.get_card()["lead"]["name"], "Spring Calls: Callee 1")

    def test_a_caller_who_sells_keeps_the_lead(self):
        call = self._create_calls(1, callers=self.salesman)
        self.assertTrue(call.with_user(self.salesman).create_lead()["may_open"])
        self.assertEqual(call.lead_id.user_id, self.salesman)
        self.assertFalse(call.lead_id.description)

    def test_an_appointment_is_linked_to_the_call_and_its_opportunity(self):
        call = self._create_calls(1)
        mine = call.with_user(self.caller)
        mine.create_lead()
        call.lead_id.type = "opportunity"
        context = mine.get_appointment_context()
        people = self.caller.partner_id | call.partner_id
        self.assertEqual(
            context,
            {"default_name": "Spring Calls: Callee 1", "default_partner_ids": people.ids},
        )
        start = fields.Datetime.now() + timedelta(days=1)
        Event = self.env["calendar.event"].with_user(self.caller).with_context(**context)
        event = Event.create({"start": start, "stop": start + timedelta(hours=1)})
        mine.note_appointment(event.id)
        mine.note_appointment(event.id)
        self.assertEqual(call.appointment_ids, event.sudo())
        self.assertEqual(event.sudo().opportunity_id, call.lead_id)
        self.assertEqual(len(call.lead_id.message_ids.filtered("body")), 1)
        with self.assertRaises(AccessError):
            self._create_calls_of_second().note_appointment(event.id)

    def _create_calls_of_second(self):
        operation = self._create_call_operation(name="Second", callers=self.second)
        self._dispatch(operation)
        return operation.call_ids[:1].with_user(self.second)

    def test_a_salesperson_opens_the_appointment_with_the_opportunity(self):
        call = self._create_calls(1, callers=self.salesman)
        mine = call.with_user(self.salesman)
        mine.create_lead()
        call.lead_id.type = "opportunity"
        context = mine.get_appointment_context()
        self.assertEqual(context["default_opportunity_id"], call.lead_id.id)


@tagged("post_install", "-at_install")
class TestCallScript(CockpitCase):
    """The script beside the call."""

    def _create_scripted_call(self, **values):
        script = self._create_script(
            ("yes_no", [{"kind": "yes", "to": 2}, {"kind": "no", "to": 3}]),
            ("number", [{"kind": "ge", "low_number": 10, "to": 3}]),
            ("text", [{"kind": "next"}]),
        )
        call = self._create_calls(1, script_id=script.id, **values)
        self.questions = script.question_ids
        return call

    def _answer(self, call, number, value):
        question = self.questions[number - 1]
        progress = call.with_user(self.caller).answer_question(question.id, value)
        numbers = {question.id: question.number for question in self.questions}
        progress["way"] = [numbers[id_] for id_ in progress["way"]]
        progress["next_id"] = numbers.get(progress["next_id"], False)
        return progress

    def test_the_card_holds_the_script_and_where_one_stands(self):
        call = self._create_scripted_call()
        script = call.with_user(self.caller).get_card()["script"]
        self.assertEqual(
            script["questions"][0],
            {
                "id": self.questions[0].id,
                "number": 1,
                "text": "Question 1?",
                "hint": "",
                "type": "yes_no",
                "choices": [],
            },
        )
        self.assertEqual((script["way"], script["outcome"]), ([], "question"))
        self.assertEqual(script["next_id"], self.questions[0].id)

    def test_answers_are_stored_at_once_and_lead_on(self):
        call = self._create_scripted_call()
        first = self._answer(call, 1, True)
        self.assertEqual((first["way"], first["next_id"]), ([1], 2))
        self.assertEqual(first["answers"][0]["text"], "Yes")
        second = self._answer(call, 2, "12,5")
        self.assertEqual((second["way"], second["next_id"]), ([1, 2], 3))
        self.assertEqual([row["value"] for row in second["answers"]], ["12.5", True])
        last = self._answer(call, 3, "Call in May")
        self.assertEqual((last["outcome"], last["next_id"]), ("quit", False))
        self.assertEqual(len(call.answer_ids), 3)
        self.assertEqual(call.answer_ids.user_id, self.caller)

    def test_nothing_foreseen_ends_the_script_and_says_so(self):
        call = self._create_scripted_call()
        self._answer(call, 1, True)
        self.assertEqual(self._answer(call, 2, "3")["outcome"], "no_match")

    def test_a_call_that_is_resumed_goes_on_where_it_stopped(self):
        call = self._create_scripted_call(callers=self.caller | self.second)
        self._answer(call, 1, True)
        self._end(call, "callback", callback_at=fields.Datetime.now(), callback_by="anyone")
        script = call.with_user(self.second).get_card()["script"]
        self.assertEqual(script["way"], [self.questions[0].id])
        self.assertEqual(script["next_id"], self.questions[1].id)

    def test_a_corrected_answer_takes_away_what_it_no_longer_leads_to(self):
        call = self._create_scripted_call()
        self._answer(call, 1, True)
        self._answer(call, 2, "12")
        self._answer(call, 3, "Call in May")
        stored = call.answer_ids.filtered(lambda answer: answer.question_id.number == 3)
        corrected = self._answer(call, 1, False)
        self.assertEqual((corrected["way"], corrected["next_id"]), ([1, 3], 3))
        self.assertEqual(call.answer_ids.question_id.mapped("number"), [1, 3])
        self.assertTrue(stored.exists(), "still on the way")

    def test_the_same_answer_again_is_not_another_one(self):
        call = self._create_scripted_call()
        self._answer(call, 1, True)
        answer = call.answer_ids
        self._answer(call, 1, True)
        self.assertEqual(call.answer_ids, answer)

    def test_wrong_answers_are_refused_and_nothing_is_stored(self):
        call = self._create_scripted_call()
        cases = (
            (1, None, "needs an answer"),
            (1, "maybe", "Question 1 asks for yes or no"),
            (2, "many", "Question 2 asks for a number"),
        )
        for number, value, message in cases:
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self._answer(call, number, value)
        self.assertFalse(call.answer_ids)
        foreign = self._create_script(("text", [{"kind": "next"}]))
        with self.assertRaisesRegex(UserError, "not one of the script"):
            call.with_user(self.caller).answer_question(foreign.question_ids.id, "x")

    def test_an_answer_to_a_call_that_is_over_is_refused(self):
        call = self._create_scripted_call()
        self._end(call, "interested")
        with self.assertRaisesRegex(UserError, "was ended by Campaign Caller"):
            self._answer(call, 1, True)

    def test_a_script_that_goes_round_asks_again(self):
        script = self._create_script(
            ("yes_no", [{"kind": "yes", "to": 2}, {"kind": "no"}]),
            ("text", [{"kind": "next", "to": 1}]),
        )
        call = self._create_calls(1, script_id=script.id)
        self.questions = script.question_ids
        self._answer(call, 1, True)
        self.assertEqual(self._answer(call, 2, "One")["next_id"], 1)
        self.assertEqual(self._answer(call, 1, False)["outcome"], "quit")

    def test_an_answer_is_written_to_the_contact_of_the_call(self):
        permitted = self._permit("res.partner", "function")
        script = self._create_script(
            (
                "text",
                [{"kind": "next"}],
                {"write_kind": "contact", "write_field_id": permitted.id},
            )
        )
        call = self._create_calls(1, script_id=script.id)
        self.questions = script.question_ids
        self._answer(call, 1, "Head of purchases")
        self.assertEqual(call.partner_id.function, "Head of purchases")
