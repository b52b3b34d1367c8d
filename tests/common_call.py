# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase

from .common import CrmCampaignMixin


class CallMixin(CrmCampaignMixin):
    """Call campaigns: people with phone numbers, an operation, its calls.

    Every day is worked (see ``setUpClass``), so that what is planned for today can be called.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Every Day",
                "company_id": cls.company.id,
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 8,
                            "hour_to": 18,
                            "day_period": "morning",
                        },
                    )
                    for day in range(7)
                ],
            }
        )

    @classmethod
    def _create_callees(cls, count, **values):
        """Create people with distinct numbers +33 1 99 00 00 01, …02…"""
        return cls.env["res.partner"].create(
            [
                {
                    "name": f"Callee {number}",
                    "phone": f"+331990{number:05d}",
                    "category_id": [(4, cls.tag.id)],
                    **values,
                }
                for number in range(1, count + 1)
            ]
        )

    @classmethod
    def _create_call_operation(cls, **values):
        """Create a call campaign of the marketer whose calls are distributed from today on."""
        days = values.pop("days", 1)
        start = fields.Datetime.now()
        callers = values.pop("callers", cls.caller)
        operation = cls._create_operation(
            **{
                "name": "Spring Calls",
                "operation_type": "call",
                "channel": "phone",
                "template_id": False,
                "purpose_id": cls.purpose.id,
                "caller_ids": [(6, 0, callers.ids)],
                "date_start": start,
                "date_end": start + timedelta(days=days - 1),
                "call_objective": 25,
                "call_method": "calendar",
                **values,
            }
        )
        operation._plan_calls()
        return operation

    @classmethod
    def _create_calls(cls, count=3, **values):
        """Return calls of the caller that are due today.

        :return: calls, as superuser, in the order of their people
        """
        cls._create_callees(count)
        execution = cls._dispatch(cls._create_call_operation(**values))
        return cls.env["crm.campaign.call"].search(
            [("operation_id", "=", execution.operation_id.id)], order="id"
        )

    @classmethod
    def _get_outcome(cls, name):
        return cls.env.ref(f"crm_campaign.crm_campaign_call_outcome_{name}")


class CallCase(CallMixin, TransactionCase):
    """Calls inside one transaction."""
