# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api

from .common import CrmCampaignCase


class CrmCampaignTaskMixin:
    """Automatic tasks of the marketer, whose clock the tests hold.

    A task of ``_create_task`` is on since Sunday, 3 January 2027, and runs every day at 9:00 in
    Paris (8:00 UTC).
    """

    @classmethod
    def _get_schedule_vals(cls):
        return {"date_start": date(2027, 1, 4), "tz": "Europe/Paris"}

    @classmethod
    def _create_task(cls, enabled=True, **values):
        values = {
            "name": "Good Morning",
            "target_id": values.get("target_id") or cls._create_target().id,
            **cls._get_schedule_vals(),
            **values,
        }
        if "template_id" not in values:
            values["template_id"] = cls._create_template().id
        task = cls.env["crm.campaign.task"].with_user(cls.marketer).create(values)
        return cls._enable(task) if enabled else task

    @classmethod
    def _enable(cls, task):
        """Switch a task on, on 3 January 2027."""
        with freeze_time(datetime(2027, 1, 3, 12, 0)):
            task.enabled = True
        return task

    def _run_at(self, moment):
        """Run what is due at a moment (UTC), as the jobs do."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["crm.campaign.task"]._run_due(moment)
        self.env.invalidate_all()


class CrmCampaignTaskCase(CrmCampaignTaskMixin, CrmCampaignCase):
    """Base of the tests of automatic tasks."""
