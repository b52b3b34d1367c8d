# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from unittest.mock import patch

from odoo.tests import tagged

from .common import CrmCampaignCase
from .test_target_import import ImportMixin


@tagged("post_install", "-at_install")
class TestTargetImportJob(ImportMixin, CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._create_partners(5)

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_campaign.ir_cron_import").method_direct_trigger()
        self.env.invalidate_all()

    def _queue(self, content, **values):
        """Hand a file over as if it was big."""
        record = self._create_import(content, **values)
        Import = self.registry["crm.campaign.target.import"]
        with patch.object(Import, "_small_bytes", 0), patch.object(Import, "_small_lines", 1):
            record.action_import()
        return record

    def test_a_big_file_is_left_to_the_job(self):
        small = self._import("Mail\n" + "x@y.example\n" * 100)
        big = self._import("Mail\n" + "somebody@y.example\n" * 30_000)

        self.assertEqual((small.state, big.state), ("done", "queued"))
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("crm_campaign.ir_cron_import").id)]
        )
        self.assertTrue(triggers)

    def test_the_job_imports_and_tells_the_author(self):
        record = self._queue("Mail\nperson1@test.example.com\nnobody@test.example.com\n")
        self.assertEqual((record.state, self._get_people()), ("queued", []))

        self._run_job()

        self.assertEqual(record.state, "done")
        self.assertEqual(self._get_people(), ["Person 1"])
        message = self.target.message_ids[0]
        self.assertIn("1 recognised, 0 created, 0 ambiguous, 1 rejected", message.body)
        self.assertIn(self.marketer.partner_id, message.notified_partner_ids)

    def test_the_job_has_the_rights_of_the_author(self):
        self.people[0].company_id = self.foreign_company
        record = self._queue("Mail\nperson1@test.example.com\n")
        created = self._queue("Mail\nnew@test.example.com\n", create_missing=True)

        self._run_job()

        self.assertEqual(self._get_lines(record, "status"), [("rejected",)])
        [(partner,)] = self._get_lines(created, "res_id")
        self.assertEqual(self.env["res.partner"].browse(partner).create_uid, self.marketer)

    def test_who_lost_the_rights_imports_no_more(self):
        record = self._queue("Mail\nperson1@test.example.com\n")
        self.target.sudo().user_id = self.manager

        self._run_job()

        self.assertEqual(record.sudo().state, "failed")
        self.assertEqual(self._get_people(self.target.sudo()), [])

    def test_a_broken_file_never_holds_up_the_others(self):
        broken = self._queue("Nothing\nto be read\n")
        sound = self._queue("Mail\nperson1@test.example.com\n")

        self._run_job()

        self.assertEqual((broken.state, sound.state), ("failed", "done"))
        self.assertIn("No column is recognised", broken.error_message)

    def test_a_file_that_kills_the_job_is_given_up(self):
        record = self._queue("Mail\nperson1@test.example.com\n")
        record.sudo().attempt_count = 3

        self._run_job()

        self.assertEqual(record.state, "failed")
        self.assertIn("interrupted", record.error_message)
