# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_assistant import AssistantCase


@tagged("post_install", "-at_install")
class TestAssistantAction(AssistantCase):
    """The assistant of mass actions: seven steps, a preview, and everything at once."""

    @classmethod
    def _start_action(cls, *lines, **values):
        lines = lines or ({},)
        common = {
            "summary": "Call them",
            "activity_type_id": cls.env.ref("mail.mail_activity_data_call").id,
            "assignee_rule": "user",
            "user_id": cls.marketer.id,
        }
        return cls._start(
            **{
                "operation_type": "mass_action",
                "name": "Check-up",
                "template_id": False,
                "action_line_ids": [(0, 0, {**common, **line}) for line in lines],
                **values,
            }
        )

    def test_it_has_seven_steps(self):
        steps = []
        assistant = self._start_action()
        while assistant.step != "validation":
            steps.append(assistant.step)
            assistant.action_next()

        self.assertEqual(
            steps, ["welcome", "characteristics", "companies", "contacts", "result", "actions"]
        )
        self.assertFalse(assistant.lacks)

    def test_the_preview_counts_and_makes_nothing(self):
        users = self.marketer | self.other_marketer
        assistant = self._start_action(
            {"assignee_rule": "turn", "user_id": False, "user_ids": [(6, 0, users.ids)]},
            {"kind": "lead", "activity_type_id": False, "summary": "Fleet"},
        )

        figures = assistant._get_action_figures()

        self.assertEqual((figures["records"], figures["leads"]), (4, 4))
        self.assertEqual(figures["assignees"], [(self.marketer, 2, 4), (self.other_marketer, 2, 0)])
        self.assertFalse(figures["left_out"])
        assistant.action_preview_actions()
        self.assertIn("Campaign Other", assistant.action_preview)
        self.assertFalse(self.env["crm.campaign.action.todo"].search([]) - self._get_older())
        assistant.action_line_ids[0].summary = "Something else"
        self.assertFalse(assistant.action_preview)

    def _get_older(self):
        return self.env["crm.campaign.action.todo"].search(
            [("campaign_id", "!=", self.campaign.id)]
        )

    def test_who_is_left_out_is_counted(self):
        self.ada.user_id = self.marketer
        assistant = self._start_action({"assignee_rule": "responsible", "user_id": False})

        figures = assistant._get_action_figures()

        self.assertEqual(figures["records"], 1)
        self.assertEqual(dict(figures["left_out"]), {"no_responsible": 3})

    def test_what_one_line_does_not_make_is_told(self):
        assistant = self._start_action(
            {"assignee_rule": "responsible", "user_id": False}, {"summary": "Write"}
        )
        assistant.action_preview_actions()

        line = assistant.action_line_ids[0]
        self.assertEqual(
            dict(assistant._get_action_figures()["missed"]), {(line, "no_responsible"): 4}
        )
        self.assertIn("is not made on 4 of them", assistant.action_preview)

    def test_leads_concerned_are_those_of_a_target_of_leads(self):
        self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "user_id": self.marketer.id,
                    "partner_id": self.ada.id,
                    "referred": "assist",
                }
                for number in range(3)
            ]
        )
        target = self._create_target(record_kind="lead", domain="[('referred', '=', 'assist')]")
        assistant = self._start_action(audience="target", target_id=target.id)

        figures = assistant._get_action_figures()

        self.assertEqual((figures["records"], figures["leads"]), (1, 3))

    def test_validating_makes_everything(self):
        assistant = self._start_action({"delay_days": 4, "reason": "Spring", "note": "Now"})

        operation = self._validate(assistant)

        self.assertEqual((operation.operation_type, operation.channel), ("mass_action", "action"))
        self.assertEqual(operation.state, "running")
        self.assertEqual(operation.todo_created_count, 4)
        line = operation.action_ids
        self.assertEqual((line.summary, line.delay_days, line.reason), ("Call them", 4, "Spring"))
        self.assertFalse(operation.template_id)

    def test_validating_needs_lines_that_are_complete(self):
        assistant = self._start_action({"user_id": False}, step="actions")
        with self.assertRaisesRegex(UserError, "choose the user"):
            assistant.action_next()
        assistant.action_line_ids.unlink()
        with self.assertRaisesRegex(UserError, "add an action"):
            assistant.action_next()

    def test_abandoning_leaves_nothing(self):
        assistant = self._start_action()
        lines = assistant.action_line_ids
        before = self.env["crm.campaign.operation"].search_count([])
        assistant.action_abandon()

        self.assertFalse(lines.exists())
        self.assertEqual(self.env["crm.campaign.operation"].search_count([]), before)
