# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged
from odoo.tools import SQL

from ..const import EXCLUSIONS
from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestChannelContract(CrmCampaignCase):
    """What every registered channel must obey, those of integrators included."""

    def _get_channels(self):
        selection = self.env["crm.campaign.operation"]._fields["channel"]
        codes = [code for code, _label in selection._description_selection(self.env)]
        return {code: self.env[f"crm.campaign.channel.{code}"] for code in codes}

    def test_every_channel_has_its_model(self):
        for code, channel in self._get_channels().items():
            with self.subTest(code):
                self.assertIsInstance(channel, self.registry["crm.campaign.channel"])
                self.assertIn(channel._address_column, self.env["crm.campaign.recipient"]._fields)

    def _get_codes(self, model):
        selection = self.env[model]._fields["channel"]._description_selection(self.env)
        return {code for code, _label in selection}

    def test_operations_and_executions_have_the_same_channels(self):
        # To-dos are made by automatic tasks only.
        expected = {*self._get_channels(), "activity"}

        self.assertEqual(self._get_codes("crm.campaign.execution"), expected)

    def test_every_channel_has_a_kind_of_template(self):
        kinds = {channel._get_template_channel() for channel in self._get_channels().values()}

        self.assertEqual(self._get_codes("crm.campaign.template"), kinds - {False})

    def test_every_channel_has_words_for_its_figures(self):
        for code, channel in self._get_channels().items():
            with self.subTest(code):
                words = channel._get_words()
                self.assertEqual(set(words), {"way", "pending", "sent", "back"})
                self.assertTrue(words["way"] and words["pending"] and words["sent"])

    def test_addresses_and_reasons_are_sql_that_runs(self):
        self._create_partners(1)
        execution = self._dispatch(self._create_operation())
        for code, channel in self._get_channels().items():
            with self.subTest(code):
                query = self.env["res.partner"]._search([("category_id", "=", self.tag.id)])
                address = channel._address_sql(query, self.env["res.partner"])
                reasons = channel._eligibility_sql(execution, query, address)
                self.assertLessEqual({code for code, _sql in reasons}, set(dict(EXCLUSIONS)))
                rows = self.env.execute_query(
                    query.select(
                        SQL("%s", address), *(SQL("%s", condition) for _code, condition in reasons)
                    )
                )
                self.assertEqual(len(rows), 1)

    def test_outcomes_come_lazily_and_in_order(self):
        partners = self._create_partners(3)
        execution = self._dispatch(self._create_operation())
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        self.assertEqual(len(recipients), len(partners))
        channel = execution._get_channel()

        payloads = channel._prepare_batch(execution, recipients)
        outcomes = list(channel._deliver(execution, payloads))

        self.assertEqual(list(payloads), recipients.ids)
        self.assertEqual(outcomes, [(id_, "sent", None) for id_ in recipients.ids])

    def test_one_recipient_that_cannot_be_prepared_never_blocks_the_others(self):
        good, bad = self._create_partners(2)
        bad.ref = "bad"
        template = self._create_template()
        template.with_user(
            self.env.ref("base.user_admin")
        ).body_html = "<p><t t-out=\"1 / (0 if object.partner_id.ref == 'bad' else 1)\"/></p>"

        execution = self._sent_execution(template_id=template.id)

        self.assertRecipients(
            execution,
            [{"partner": good, "state": "sent"}, {"partner": bad, "state": "failed"}],
        )
        self.assertIn("division by zero", self._get_recipient(execution, bad).failure_reason)
        self.assertEqual(execution.state, "done")
