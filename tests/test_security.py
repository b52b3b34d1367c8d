# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase

MODELS = (
    "crm.campaign",
    "crm.campaign.action",
    "crm.campaign.action.todo",
    "crm.campaign.attendee",
    "crm.campaign.budget.line",
    "crm.campaign.call",
    "crm.campaign.call.attempt",
    "crm.campaign.call.outcome",
    "crm.campaign.caller",
    "crm.campaign.calling.hours",
    "crm.campaign.calling.hours.holiday",
    "crm.campaign.calling.hours.slot",
    "crm.campaign.consent",
    "crm.campaign.execution",
    "crm.campaign.label.sheet",
    "crm.campaign.operation",
    "crm.campaign.planning",
    "crm.campaign.purpose",
    "crm.campaign.recipient",
    "crm.campaign.report",
    "crm.campaign.response",
    "crm.campaign.script",
    "crm.campaign.script.answer",
    "crm.campaign.script.field",
    "crm.campaign.script.path",
    "crm.campaign.script.question",
    "crm.campaign.script.result",
    "crm.campaign.target",
    "crm.campaign.target.import",
    "crm.campaign.target.import.line",
    "crm.campaign.target.member",
    "crm.campaign.task",
    "crm.campaign.task.event",
    "crm.campaign.task.period",
    "crm.campaign.task.type",
    "crm.campaign.task.type.slot",
    "crm.campaign.template",
    "crm.campaign.unit.cost",
    "crm.campaign.total",
)
# Settings, the same for every company, and what nobody but administrators reads.
SHARED_MODELS = (
    "crm.campaign.call.outcome",
    "crm.campaign.calling.hours",
    "crm.campaign.calling.hours.holiday",
    "crm.campaign.calling.hours.slot",
    "crm.campaign.label.sheet",
    "crm.campaign.purpose",
    "crm.campaign.script.field",
    "crm.campaign.task.event",
    "crm.campaign.task.type",
    "crm.campaign.task.type.slot",
)
# Rights on a model, for roles that have any: r(ead), w(rite), c(reate), u(nlink).
CALLER_RIGHTS = {
    "crm.campaign.call": "rw",
    "crm.campaign.call.attempt": "r",
    "crm.campaign.call.outcome": "r",
    "crm.campaign.calling.hours": "r",
    "crm.campaign.calling.hours.holiday": "r",
    "crm.campaign.calling.hours.slot": "r",
    "crm.campaign.script": "r",
    "crm.campaign.script.answer": "r",
    "crm.campaign.script.path": "r",
    "crm.campaign.script.question": "r",
    "crm.campaign.script.result": "r",
}
USER_RIGHTS = {
    **CALLER_RIGHTS,
    "crm.campaign": "rwcu",
    "crm.campaign.action": "rwcu",
    "crm.campaign.action.todo": "r",
    "crm.campaign.attendee": "rwcu",
    "crm.campaign.budget.line": "rwcu",
    "crm.campaign.consent": "rc",
    "crm.campaign.execution": "r",
    "crm.campaign.label.sheet": "r",
    "crm.campaign.operation": "rwcu",
    "crm.campaign.planning": "rw",
    "crm.campaign.purpose": "r",
    "crm.campaign.recipient": "r",
    "crm.campaign.report": "r",
    "crm.campaign.response": "rwcu",
    "crm.campaign.script.field": "r",
    "crm.campaign.target": "rwcu",
    "crm.campaign.target.import": "rwcu",
    "crm.campaign.target.import.line": "r",
    "crm.campaign.target.member": "ru",
    "crm.campaign.task": "rwcu",
    "crm.campaign.task.event": "",
    "crm.campaign.task.period": "rwcu",
    "crm.campaign.task.type": "r",
    "crm.campaign.task.type.slot": "r",
    "crm.campaign.template": "rwcu",
    "crm.campaign.unit.cost": "r",
    "crm.campaign.total": "r",
}
MANAGER_RIGHTS = {
    **USER_RIGHTS,
    "crm.campaign.call.outcome": "rwcu",
    "crm.campaign.calling.hours": "rwcu",
    "crm.campaign.calling.hours.holiday": "rwcu",
    "crm.campaign.calling.hours.slot": "rwcu",
    "crm.campaign.caller": "rw",
    "crm.campaign.label.sheet": "rwcu",
    "crm.campaign.purpose": "rwcu",
    "crm.campaign.script": "rwcu",
    "crm.campaign.script.path": "rwcu",
    "crm.campaign.script.question": "rwcu",
    "crm.campaign.task.type": "rwcu",
    "crm.campaign.task.type.slot": "rwcu",
    "crm.campaign.unit.cost": "rwcu",
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestSecurity(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain_user = cls.env["res.users"].create(
            {"name": "Plain", "login": "campaign_plain", "group_ids": [(6, 0, [])]}
        )
        cls.plain_user.group_ids = cls.env.ref("base.group_user")
        cls.partner = cls._create_partners(1)
        cls.operation = cls._create_operation()
        cls.execution = cls._dispatch(cls.operation)
        cls.recipient = cls.env["crm.campaign.recipient"].search(
            [("execution_id", "=", cls.execution.id)]
        )
        cls.records = {
            "crm.campaign": cls.operation.campaign_id,
            "crm.campaign.execution": cls.execution,
            "crm.campaign.operation": cls.operation,
            "crm.campaign.purpose": cls.purpose,
            "crm.campaign.recipient": cls.recipient,
            "crm.campaign.target": cls.operation.target_id,
            "crm.campaign.task": cls.env["crm.campaign.task"]
            .with_user(cls.marketer)
            .create({"name": "Birthdays"}),
            "crm.campaign.template": cls.operation.template_id,
        }

    def test_rights_of_each_role_on_each_model(self):
        matrix = (
            (self.plain_user, {}),
            (self.caller, CALLER_RIGHTS),
            (self.marketer, USER_RIGHTS),
            (self.manager, MANAGER_RIGHTS),
        )
        for user, rights in matrix:
            for model in MODELS:
                expected = rights.get(model, "")
                for letter, operation in OPERATIONS.items():
                    with self.subTest(f"{user.login} {operation} {model}"):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, letter in expected)

    def test_every_model_has_a_rule_for_companies(self):
        for model in MODELS:
            if model in SHARED_MODELS:
                continue
            with self.subTest(model):
                rules = self.env["ir.rule"].search(
                    [("model_id.model", "=", model), ("groups", "=", False)]
                )
                self.assertEqual(len(rules), 1)
                self.assertIn("company", rules.domain_force)

    def test_who_sees_the_records_of_a_marketing_user(self):
        shared = {"crm.campaign.target", "crm.campaign.template", "crm.campaign.purpose"}
        for model, record in self.records.items():
            for user, visible in (
                (self.marketer, True),
                (self.other_marketer, model in shared),
                (self.manager, True),
                (self.foreign_manager, model == "crm.campaign.purpose"),
            ):
                with self.subTest(f"{user.login} sees {model}"):
                    found = self.env[model].with_user(user).search([("id", "=", record.id)])
                    self.assertEqual(bool(found), visible)

    def test_sharing_a_campaign_shares_what_it_holds(self):
        self.operation.campaign_id.member_ids = self.other_marketer

        for model in ("crm.campaign", "crm.campaign.operation", "crm.campaign.recipient"):
            with self.subTest(model):
                record = self.records[model].with_user(self.other_marketer)
                record.check_access("read")
        self.operation.with_user(self.other_marketer).name = "Ours"
        self.assertEqual(self.operation.name, "Ours")

    def test_targets_and_templates_of_others_are_read_and_not_changed(self):
        for model in ("crm.campaign.target", "crm.campaign.template"):
            with self.subTest(model):
                record = self.records[model].with_user(self.other_marketer)
                self.assertTrue(record.name)
                with self.assertRaises(AccessError):
                    record.name = "Mine"

    def test_a_caller_can_do_nothing_with_campaigns(self):
        operation = self.operation.with_user(self.caller)
        attempts = {
            "read a campaign": lambda: self.operation.campaign_id.with_user(self.caller).title,
            "search recipients": lambda: self.recipient.with_user(self.caller).search([]),
            "read a recipient": lambda: self.recipient.with_user(self.caller).email,
            "dispatch": operation.action_dispatch,
            "suspend": operation.action_suspend,
            "resume": operation.action_resume,
            "cancel": operation.action_cancel,
            "retry": operation.action_retry,
            "decide": self.recipient.with_user(self.caller).action_send_again,
            "export": self.execution.with_user(self.caller).action_refresh,
            "target": lambda: self.operation.target_id.with_user(self.caller).targeted_count,
            "write on a template": lambda: self.operation.template_id.with_user(self.caller).write(
                {"subject": "x"}
            ),
            "create": lambda: (
                self.env["crm.campaign"].with_user(self.caller).create({"title": "x"})
            ),
        }
        for name, attempt in attempts.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self.env.invalidate_all()
                attempt()
        self.assertEqual(self.operation.state, "running")

    def test_who_does_not_own_an_operation_cannot_run_it(self):
        operation = self.operation.with_user(self.other_marketer)
        for name in ("action_dispatch", "action_suspend", "action_cancel", "action_retry"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(operation, name)()

    def test_a_member_cannot_borrow_the_rights_of_the_responsible(self):
        self._create_partner("Somebody", "somebody@test.example.com")
        operation = self._create_operation()
        operation.campaign_id.member_ids = self.other_marketer

        with self.assertRaisesRegex(UserError, "may dispatch"):
            operation.with_user(self.other_marketer).action_dispatch()
        self.assertFalse(operation.execution_ids)
        operation.with_user(self.manager).action_dispatch()
        self.assertEqual(operation.state, "running")

    def test_nobody_joins_a_campaign_without_rights_on_it(self):
        campaign = self._create_campaign(title="Secret")
        Operation = self.env["crm.campaign.operation"].with_user(self.other_marketer)

        with self.assertRaises(AccessError):
            Operation.create({"name": "Mine", "campaign_id": campaign.id, "budget": 5000})
        own = Operation.create(
            {
                "name": "Mine",
                "campaign_id": self.env["crm.campaign"]
                .with_user(self.other_marketer)
                .create({"title": "Mine"})
                .id,
            }
        )
        with self.assertRaises(AccessError):
            own.campaign_id = campaign.id

    def test_a_campaign_is_not_taken_over_through_the_hosts_campaign(self):
        utm_campaign = self.operation.campaign_id.utm_campaign_id
        for user in (self.plain_user, self.caller, self.other_marketer, self.foreign_manager):
            for values in ({"user_id": user.id}, {"title": "Mine"}, {"active": False}):
                with self.subTest(f"{user.login} {values}"), self.assertRaises(AccessError):
                    utm_campaign.with_user(user).write(values)
        self.operation.campaign_id.with_user(self.marketer).title = "Renamed"
        self.assertEqual(utm_campaign.title, "Renamed")

    def test_the_responsible_of_an_operation_reads_its_campaign_and_no_more(self):
        campaign = self._create_campaign(title="Of somebody else")
        operation = self._create_operation(campaign_id=campaign.id)
        operation.with_user(self.manager).user_id = self.other_marketer

        self.assertEqual(campaign.with_user(self.other_marketer).title, "Of somebody else")
        with self.assertRaises(AccessError):
            campaign.with_user(self.other_marketer).title = "Mine"

    def test_states_are_not_written_by_hand(self):
        for user in (self.marketer, self.manager):
            with self.subTest(user.login), self.assertRaisesRegex(AccessError, "buttons only"):
                self.operation.with_user(user).write({"state": "suspended"})

    def test_executions_and_recipients_are_written_by_nobody(self):
        for user in (self.marketer, self.manager):
            for model in ("crm.campaign.execution", "crm.campaign.recipient"):
                with self.subTest(f"{user.login} {model}"), self.assertRaises(AccessError):
                    self.records[model].with_user(user).write({"state": "done"})

    def test_campaign_of_another_company_cannot_take_our_target(self):
        foreign = (
            self.env["crm.campaign"]
            .with_user(self.foreign_manager)
            .create({"title": "Theirs", "company_id": self.foreign_company.id})
        )

        with mute_logger("odoo.models"), self.assertRaises(Exception) as caught:
            self.env["crm.campaign.operation"].with_user(self.foreign_manager).create(
                {
                    "name": "Theirs",
                    "campaign_id": foreign.id,
                    "target_id": self.operation.target_id.id,
                }
            )
        self.assertIn(type(caught.exception).__name__, ("UserError", "AccessError"))

    def test_marketing_user_has_no_right_on_the_hosts_mailings(self):
        for model in ("mailing.mailing", "mailing.trace"):
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(self.marketer).has_access("read"))

    def test_target_never_shows_more_than_its_user_may_see(self):
        self.partner.company_id = self.foreign_company
        target = self.operation.target_id.with_user(self.marketer)
        target.invalidate_recordset()

        self.assertEqual(target.targeted_count, 0)
        self.assertFalse(target.preview["rows"])

    def test_criteria_on_a_field_one_may_not_read_are_refused(self):
        with self.assertRaises(AccessError):
            self._create_target(domain="[('signup_type', '!=', False)]")
