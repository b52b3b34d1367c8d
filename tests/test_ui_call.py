# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .common_call import CallMixin
from .test_ui import BrowserCase


@tagged("post_install", "-at_install")
class TestUiCall(CallMixin, BrowserCase):
    def _create_script(self):
        """Create two questions: yes leads to a number, which ends the script."""
        script = self.env["crm.campaign.script"].create({"name": "Tour survey"})
        questions = script.question_ids.create(
            [
                {"script_id": script.id, "name": "May we ask?", "answer_type": "yes_no"},
                {"script_id": script.id, "name": "How many?", "answer_type": "number"},
            ]
        )
        questions.path_ids.create(
            [
                {
                    "question_id": questions[0].id,
                    "kind": "yes",
                    "target_question_id": questions[1].id,
                },
                {"question_id": questions[0].id, "kind": "no"},
                {"question_id": questions[1].id, "kind": "next"},
            ]
        )
        script.start_question_id = questions[0]
        return script

    def test_a_caller_works_through_the_list_by_keys(self):
        calls = self._create_calls(3, script_id=self._create_script().id)

        self.start_tour(
            "/odoo/campaign-calls", "crm_campaign_call_cockpit", login="campaign_caller"
        )

        self.env.invalidate_all()
        self.assertEqual(calls.mapped("state"), ["done", "callback", "todo"])
        self.assertEqual((calls[0].note, calls[0].is_success), ("Wants a quote", True))
        self.assertEqual(calls[0].lead_id.user_id, self.marketer)
        self.assertEqual(calls[0].answer_ids.mapped("value"), ["12", "Yes"])
        self.assertEqual(calls[1].user_id, self.caller)
        self.assertEqual(calls[2].attempt_ids.mapped("note"), ["Lunch time there"])
        self.assertEqual(len(calls.attempt_ids), 3)
