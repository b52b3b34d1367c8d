# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common_task import CrmCampaignTaskCase

RUN = datetime(2027, 1, 4, 8, 0)
TYPE = "crm_campaign.crm_campaign_task_type_"


@tagged("post_install", "-at_install")
class TestTaskSafety(CrmCampaignTaskCase):
    """What a task may not be used for, and what it may not break."""

    def _rows(self, task, user=None):
        Recipient = self.env["crm.campaign.recipient"].with_user(user or self.env.user)
        return Recipient.search([("execution_id.task_id", "=", task.id)])

    def _lead(self, name, user, **vals):
        return self.env["crm.lead"].create({"name": name, "user_id": user.id, **vals})

    def _give_id(self, lead, record):
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET id=%s WHERE id=%s", (record.id, lead.id))
        self.env.invalidate_all()

    def _shared(self, **vals):
        vals = {
            "name": "T",
            "member_ids": [Command.link(self.marketer.id)],
            **self._get_schedule_vals(),
            **vals,
        }
        return self.env["crm.campaign.task"].with_user(self.manager).create(vals)

    def _meeting(self, user, **vals):
        guest = self._create_partner("Guest", "guest@test.example.com")
        self.env["calendar.event"].with_user(user).with_context(
            allowed_company_ids=user.company_id.ids
        ).create(
            {
                "name": "Takeover talks",
                "start": "2027-01-05 10:00",
                "stop": "2027-01-05 11:00",
                "partner_ids": [Command.set((guest | user.partner_id).ids)],
                **vals,
            }
        )
        self.env.invalidate_all()
        return guest

    def test_another_type_afterwards_tells_nothing_of_other_records(self):
        lead, person = (
            self._lead("Secret deal", self.manager, expected_revenue=9),
            self._create_partner("X", "x@test.example.com"),
        )
        self._give_id(lead, person)
        task = self._create_task(enabled=False)
        task.action_run_now()
        task.write({"type_id": self.env.ref(TYPE + "lead_stage").id, "target_id": False})
        self.env.invalidate_all()
        self.assertNotEqual(self._rows(task, self.marketer).about_name, "Secret deal")

    def test_merge_fields_tell_nothing_that_the_responsible_may_not_read(self):
        admin = self.env.ref("base.user_admin")
        self.env.cr.execute("UPDATE res_users SET totp_secret='TOPSECRET' WHERE id=%s", (admin.id,))
        admin.partner_id.write({"email": "admin@test.example.com", "customer_since": "2027-01-04"})
        task_type = (
            self.env["crm.campaign.task.type"]
            .with_user(self.manager)
            .create(
                {
                    "name": "T",
                    "date_path": "customer_since",
                    "slot_ids": [Command.create({"slot": "code", "path": "user_ids.totp_secret"})],
                }
            )
        )
        task = self._create_task(
            type_id=task_type.id,
            target_id=self._create_target(domain=f"[('id','=',{admin.partner_id.id})]").id,
        )
        self._run_at(RUN)
        self.assertNotEqual(self._rows(task, self.marketer).about_code, "TOPSECRET")

    def test_a_member_changes_nothing_of_a_task_that_is_on(self):
        self.manager.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self._lead("Boss lead", self.manager, email_from="boss@test.example.com")
        nobody = self._create_target(record_kind="lead", domain="[('name','=','nobody')]")
        mine = self._create_target(record_kind="lead", domain="[('name','=','Boss lead')]")
        task = self._enable(
            self._shared(target_id=nobody.id, template_id=self._create_template().id)
        )

        with self.assertRaisesRegex(UserError, "or a marketing manager may switch"):
            task.with_user(self.marketer).target_id = mine

    def test_an_event_that_cannot_be_noted_holds_nobody_up(self):
        other = self.env["res.company"].create({"name": "Second"})
        first, second = self.env["crm.stage"].search([], limit=2)
        target = self._create_target(record_kind="lead", domain="[]")
        self._create_task(
            target_id=target.id,
            type_id=self.env.ref(TYPE + "lead_stage").id,
            stage_id=second.id,
            date_start=date(2020, 1, 1),
        )
        lead = self._lead("L", self.other_marketer, stage_id=first.id)
        self.marketer.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.env.flush_all()

        lead.with_user(self.other_marketer).stage_id = second

        self.assertEqual(lead.stage_id, second)
        event = self.env["crm.campaign.task.event"].search([("source_id", "=", lead.id)])
        self.assertEqual((event.person_id, event.is_visible), (lead.id, False))

    def test_a_task_that_lacks_everything_holds_up_no_other(self):
        self._create_partners(1)
        bad, good = self._create_task(), self._create_task()
        with self.assertRaisesRegex(UserError, "Missing: Target"):
            bad.target_id = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_task SET target_id = NULL WHERE id = %s", (bad.id,)
        )
        self.env.invalidate_all()

        with mute_logger("odoo.sql_db"):
            self._run_at(RUN)

        self.assertTrue(good.execution_ids)
        self.assertEqual((bad.status, bad.enabled), ("error", False))

    def test_a_target_of_another_kind_reaches_no_stranger(self):
        target = self._create_target(domain="[('active','=',True)]")
        guest = self._meeting(self.marketer)
        self._give_id(
            self._lead("Stranger", self.marketer, email_from="stranger@test.example.com"), guest
        )
        task = self._create_task(
            target_id=target.id, type_id=self.env.ref(TYPE + "meeting_reminder").id
        )
        target.record_kind = "lead"
        self._run_at(RUN)
        self.assertNotIn("stranger@test.example.com", self._rows(task).mapped("email"))

    def test_who_was_reached_before_is_found_by_a_hash(self):
        self._create_partners(3000)
        task = self._create_task(repeat_rule="once")
        self._run_at(RUN)
        self.env.cr.execute(
            "ANALYZE crm_campaign_recipient; ANALYZE crm_campaign_execution;"
            " SET LOCAL work_mem = '64kB'"
        )
        execution = task._get_departure_execution()
        plan = "\n".join(
            row[0] for row in self.env.execute_query(SQL("EXPLAIN %s", execution._get_frozen_sql()))
        )
        self.assertNotRegex(plan, r"\(SubPlan \d+\)\.col1|ANY \(.*[^d] SubPlan")

    def test_private_meetings_stay_private(self):
        self._meeting(self.manager, privacy="private")
        task = self._create_task(type_id=self.env.ref(TYPE + "meeting_reminder").id)
        self._run_at(RUN)
        self.assertNotIn("Takeover talks", self._rows(task, self.marketer).mapped("about_name"))

    def test_meetings_of_another_company_are_not_ours(self):
        self._meeting(self.foreign_manager)
        task = self._create_task(type_id=self.env.ref(TYPE + "meeting_reminder").id)
        self._run_at(RUN)
        self.assertFalse(self._rows(task).filtered(lambda row: not row.exclusion))

    def test_everybody_is_not_anybody_s_to_change(self):
        target = self.env.ref("crm_campaign.crm_campaign_target_all_partners").with_user(
            self.marketer
        )
        with self.assertRaises(AccessError):
            target.domain = "[('id', '=', 1)]"

    def test_a_member_opens_a_task_whose_target_is_hidden(self):
        private = (
            self.env["crm.campaign.target"]
            .with_user(self.manager)
            .create({"name": "P", "visibility": "user"})
        )
        task = self._shared(target_id=private.id)
        self.env.flush_all()
        self.env.invalidate_all()

        (row,) = task.with_user(self.marketer).web_read(
            {"name": {}, "target_id": {"fields": {"display_name": {}}}, "res_model": {}}
        )

        self.assertEqual((row["name"], row["res_model"]), ("T", "res.partner"))

    def test_another_hour_on_the_day_of_a_run_makes_no_second_one(self):
        self._create_partner("B", "b@test.example.com", customer_since="2026-12-28")
        task = self._create_task(type_id=self.env.ref(TYPE + "became_customer").id)
        self._run_at(RUN)
        with freeze_time(datetime(2027, 1, 4, 9, 0)):
            task.time_of_day = 17.0
        self._run_at(datetime(2027, 1, 4, 16, 0))
        self.assertEqual(len(self._rows(task).filtered(lambda row: not row.exclusion)), 1)

    def test_todos_for_two_leads_of_one_customer_are_two(self):
        self.manager.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        customer = self._create_partner("Customer", category_id=False)
        first = self._lead("First", self.marketer, partner_id=customer.id)
        target = self._create_target(
            record_kind="lead", domain=f"[('partner_id', '=', {customer.id})]"
        )
        self._enable(
            self._shared(
                kind="colleague",
                activity_type_id=self.env.ref("mail.mail_activity_data_call").id,
                target_id=target.id,
                repeat_rule="once",
            )
        )
        self._run_at(RUN)
        second = self._lead("Second", self.marketer, partner_id=customer.id)

        self._run_at(datetime(2027, 1, 5, 8, 0))

        self.assertEqual(len(first.activity_ids), 1)
        self.assertEqual(len(second.activity_ids), 1)

    def test_a_code_is_forgotten_once_it_arrived(self):
        (person,) = self._create_partners(1)
        task = self._create_task(type_id=self.env.ref(TYPE + "signature_code").id)
        with freeze_time(RUN):
            self.env["crm.campaign.task"]._fire(
                TYPE + "signature_code", person, {"code": "1234", "name": "Contract"}
            )
        self._run_at(RUN)
        self.assertEqual(self._rows(task).about_code, "1234")

        self._send()

        self.assertEqual(self._rows(task).about_texts, {"name": "Contract"})

    def test_nothing_leaves_in_the_name_of_who_is_gone(self):
        self._create_partners(1)
        task = self._create_task()
        self.env.flush_all()
        self.marketer.active = False

        self._run_at(RUN)

        self.assertEqual(task.status, "error")
        self.assertIn("its responsible, is archived", task.error_message)
