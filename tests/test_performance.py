# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestPerformance(CrmCampaignCase):
    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _freeze(self, people):
        self._create_partners(people)
        operation = self._create_operation()
        execution = self._dispatch(operation)
        self.env.cr.execute("DELETE FROM crm_campaign_recipient")
        queries = self._count_queries(execution._freeze_recipients)
        return execution, queries

    def test_freezing_takes_the_same_queries_for_10_and_for_100(self):
        _execution, few = self._freeze(10)
        self.env["res.partner"].search([("category_id", "=", self.tag.id)]).category_id = False
        execution, many = self._freeze(100)

        self.assertEqual(execution.env["crm.campaign.recipient"].search_count([]), 100)
        self.assertEqual(few, many)

    def test_preparing_a_batch_takes_the_same_queries_for_10_and_for_100(self):
        counts = []
        for people in (10, 100):
            self.env["res.partner"].search([("category_id", "=", self.tag.id)]).category_id = False
            self._create_partners(people)
            execution = self._dispatch(self._create_operation())
            recipients = self.env["crm.campaign.recipient"].search(
                [("execution_id", "=", execution.id)]
            )
            channel = execution._get_channel()
            counts.append(
                self._count_queries(
                    lambda e=execution, r=recipients, c=channel: c._prepare_batch(e, r)
                )
            )

        self.assertLessEqual(counts[1] - counts[0], 2)

    def test_counting_takes_the_same_queries_for_10_and_for_100(self):
        counts = []
        for people in (10, 100):
            self.env["res.partner"].search([("category_id", "=", self.tag.id)]).category_id = False
            self._create_partners(people)
            execution = self._dispatch(self._create_operation())
            counts.append(self._count_queries(execution._refresh_counters))

        self.assertEqual(counts[0], counts[1])
