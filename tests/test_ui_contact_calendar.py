# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_task import CrmCampaignTaskMixin
from .test_ui import BrowserCase


@tagged("post_install", "-at_install")
class TestUiContactCalendar(CrmCampaignTaskMixin, BrowserCase):
    def test_salesperson_opens_what_automatic_tasks_did_from_the_contact(self):
        self.salesman = self._create_user("seller", "caller")
        self.salesman.group_ids += self.env.ref("sales_team.group_sale_salesman")
        zoe = self._create_partner("Zoé", "zoe@test.example.com", user_id=self.salesman.id)
        self._dispatch(self._create_operation())
        self._run_now(self._create_task())
        self._run_now(
            self._create_task(
                kind="colleague",
                name="Unpaid Deposit",
                template_id=False,
                activity_type_id=self.env.ref("mail.mail_activity_data_call").id,
                todo_summary="Call {{ object.partner_id.name }}",
            )
        )

        self.start_tour(f"/odoo/contacts/{zoe.id}", "crm_campaign_contact_calendar", login="seller")

    def _run_now(self, task):
        """Make a run of today: a calendar shows the month in which the browser is."""
        moment = fields.Datetime.now() - timedelta(minutes=1)
        task.sudo()._create_run(moment)._depart()
