# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestProof(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com")
        cls.operation = cls._create_operation(needs_proof=True)

    def _approve(self):
        self.operation.action_request_proof()
        self.operation.with_user(self.manager).action_approve_proof()

    def test_the_way_of_a_proof(self):
        self.operation.action_request_proof()
        self.assertEqual(self.operation.state, "proof")
        self.assertEqual(self.operation.proof_about, "Zoé <zoe@test.example.com>")
        self.assertEqual(self.operation.proof_subject, "Hello Zoé")
        self.assertIn("Dear Zoé", self.operation.proof_body)

        self.operation.with_user(self.manager).action_approve_proof()

        self.assertEqual(self.operation.state, "ready")
        self.assertEqual(self.operation.proof_user_id, self.manager)
        self.assertEqual(self._dispatch(self.operation).state, "running")

    def test_a_proof_leaves_nothing_but_the_sample(self):
        counts = [
            self.env[model].search_count([])
            for model in ("crm.campaign.execution", "crm.campaign.recipient", "mailing.mailing")
        ]

        self.operation.action_request_proof()

        self.assertEqual(
            [
                self.env[model].search_count([])
                for model in ("crm.campaign.execution", "crm.campaign.recipient", "mailing.mailing")
            ],
            counts,
        )
        self.assertFalse(self.operation.execution_ids)

    def test_a_required_proof_cannot_be_passed_by(self):
        with self.assertRaisesRegex(UserError, "needs the approval of a proof"):
            self.operation.action_ready()

    def test_a_dispatch_does_not_pass_a_required_proof_by(self):
        with self.assertRaisesRegex(UserError, "needs the approval of a proof"):
            self.operation.action_dispatch()

    def test_a_marketing_user_does_not_approve(self):
        self.operation.action_request_proof()

        with self.assertRaisesRegex(AccessError, "approved by a marketing manager"):
            self.operation.action_approve_proof()

    def test_a_named_approver_approves_alone(self):
        self.operation.with_user(self.manager).approver_id = self.other_marketer
        self.operation.with_user(self.manager).campaign_id.member_ids |= self.other_marketer
        self.operation.action_request_proof()
        self.assertFalse(self.operation.with_user(self.manager).may_approve)
        self.assertEqual(self.operation.activity_ids.user_id, self.other_marketer)

        self.operation.with_user(self.other_marketer).action_approve_proof()

        self.assertEqual(self.operation.state, "ready")
        self.assertFalse(self.operation.activity_ids)

    def test_a_user_does_not_choose_who_approves(self):
        with self.assertRaisesRegex(AccessError, "Choose a marketing manager"):
            self.operation.approver_id = self.marketer

    def test_a_user_does_not_get_rid_of_the_proof_that_the_company_asks_for(self):
        self.company.campaign_needs_proof = True
        operation = self._create_operation()
        self.assertTrue(operation.needs_proof)

        with self.assertRaisesRegex(AccessError, "without a proof"):
            operation.needs_proof = False

    def test_a_refusal_tells_why(self):
        self.operation.action_request_proof()
        manager = self.operation.with_user(self.manager)
        action = manager.action_refuse_proof()

        with Form(
            self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
        ) as form:
            form.reason = "Wrong price"
        form.record.action_confirm()

        self.assertEqual(self.operation.state, "to_test")
        self.assertIn("Wrong price", self.operation.activity_ids.note)
        self.assertEqual(self.operation.activity_ids.user_id, self.marketer)

    def test_a_change_voids_the_approval(self):
        for name, change in (
            ("template", lambda op: op.template_id.write({"subject": "Another subject"})),
            ("target", lambda op: op.target_id.write({"domain": "[('name', '=', 'Zoé')]"})),
            ("target by hand", lambda op: op.target_id._exclude_records(self.zoe)),
            ("sender", lambda op: op.write({"email_from": "other@test.example.com"})),
            (
                "another template",
                lambda op: op.write({"template_id": self._create_template(name="B").id}),
            ),
        ):
            with self.subTest(name):
                self._create_partner("Bob", f"bob{len(name)}@test.example.com")
                self.operation = self._create_operation(needs_proof=True)
                self._approve()
                change(self.operation)
                self.assertEqual(self.operation.state, "to_test")
                self.assertFalse(self.operation.is_proof_valid)

    def test_a_change_of_a_member_voids_the_approval_of_the_set(self):
        member = self._create_target(name="Member")
        other = self._create_target(name="Other", domain="[('name', '=', 'nobody')]")
        union = self._create_target(
            mode="set", set_operator="union", set_member_ids=[(6, 0, (member + other).ids)]
        )
        self.operation = self._create_operation(needs_proof=True, target_id=union.id)
        self._approve()

        other.domain = "[('name', '=', 'somebody')]"

        self.assertEqual(self.operation.state, "to_test")

    def test_what_is_no_content_voids_nothing(self):
        self._approve()

        self.operation.template_id.description = "For the spring"
        self.operation.target_id.name = "Another name"
        self.operation.budget = 500

        self.assertEqual(self.operation.state, "ready")

    def test_a_proof_needs_somebody_to_write_to(self):
        self.zoe.email = False

        with self.assertRaisesRegex(UserError, "Nobody would receive"):
            self.operation.action_request_proof()

    def test_operations_without_proof_leave_as_before(self):
        self.assertEqual(self._dispatch(self._create_operation()).state, "running")


@tagged("post_install", "-at_install")
class TestResume(CrmCampaignCase):
    def _suspended(self):
        self._create_partners(3)
        operation = self._create_operation()
        execution = self._dispatch(operation)
        operation.action_suspend()
        action = operation.action_ask_resume()
        wizard = self.env[action["res_model"]].with_user(self.marketer)
        return execution, wizard.with_context(**action["context"])

    def test_what_waited_is_sent_late(self):
        execution, wizard = self._suspended()
        wizard = wizard.create({})
        self.assertEqual(wizard.waiting_count, 3)

        wizard.action_confirm()
        self._send()

        self.assertFigures(execution, sent=3)

    def test_what_waited_is_given_up(self):
        execution, wizard = self._suspended()

        wizard.create({"decision": "skip"}).action_confirm()
        self._send()

        self.assertFigures(execution, sent=0, withdrawn=3)
        self.assertEqual(execution.state, "done")
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        self.assertEqual(
            set(recipients.mapped("failure_reason")), {"Given up when the operation was resumed"}
        )
