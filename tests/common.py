# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.modules.module import get_module_path
from odoo.tests import TransactionCase

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.mail.tests.common import mail_new_test_user

# The mail server of the tests is a program of its own, shared with the demo and the benchmarks.
sys.path.append(str(Path(get_module_path("crm_campaign")) / "dev"))
from fill import fill  # noqa: E402,F401
from smtp_sink import SmtpSink, read_messages  # noqa: E402,F401


def start_sink(test):
    """Start a real SMTP server for the time of a test.

    :rtype: SmtpSink
    """
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    sink = SmtpSink(folder.name)
    sink.start()
    test.addCleanup(sink.stop)
    return sink


class CrmCampaignMixin:
    """Users, factories and assertions for every test of the addon.

    Usable with TransactionCase and HttpCase. Users: ``caller``, ``marketer``, ``other_marketer``,
    ``manager`` (of the main company) and ``foreign_manager`` (of another company).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True, lang="en_US"))
        cls.company = cls.env.ref("base.main_company")
        cls.foreign_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.caller = cls._create_user("campaign_caller", "caller")
        cls.marketer = cls._create_user("campaign_marketer", "user")
        cls.other_marketer = cls._create_user("campaign_other", "user")
        cls.manager = cls._create_user("campaign_manager", "manager")
        cls.foreign_manager = cls._create_user(
            "campaign_foreign", "manager", company=cls.foreign_company
        )
        cls.purpose = cls.env.ref("crm_campaign.crm_campaign_purpose_marketing")
        cls.tag = cls.env["res.partner.category"].create({"name": "Campaign Test"})

    @classmethod
    def _create_user(cls, login, role, company=None):
        company = company or cls.company
        return mail_new_test_user(
            cls.env,
            login=login,
            name=login.replace("_", " ").title(),
            email=f"{login}@campaign.example.com",
            groups=f"base.group_user,crm_campaign.crm_campaign_group_{role}",
            lang="en_US",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def _create_partner(cls, name, email=None, **values):
        values.setdefault("category_id", [(4, cls.tag.id)])
        return cls.env["res.partner"].create({"name": name, "email": email, **values})

    @classmethod
    def _create_partners(cls, count):
        """Create people with distinct addresses person1@…, person2@…"""
        return cls.env["res.partner"].create(
            [
                {
                    "name": f"Person {number}",
                    "email": f"person{number}@test.example.com",
                    "category_id": [(4, cls.tag.id)],
                }
                for number in range(1, count + 1)
            ]
        )

    @classmethod
    def _create_campaign(cls, **values):
        values = {"title": "Spring", "user_id": cls.marketer.id, **values}
        return cls.env["crm.campaign"].with_user(cls.marketer).create(values).sudo(False)

    @classmethod
    def _create_target(cls, **values):
        values = {
            "name": "Tagged People",
            "domain": f"[('category_id', 'in', [{cls.tag.id}])]",
            **values,
        }
        return cls.env["crm.campaign.target"].with_user(cls.marketer).create(values)

    @classmethod
    def _create_template(cls, **values):
        values = {
            "name": "Offer",
            "purpose_id": cls.purpose.id,
            "subject": "Hello {{ object.partner_id.name }}",
            "body_html": '<p>Dear <t t-out="object.partner_id.name">customer</t>, '
            '<a href="https://www.example.com/offer">see our offer</a>.</p>',
            **values,
        }
        return cls.env["crm.campaign.template"].with_user(cls.marketer).create(values)

    @classmethod
    def _create_operation(cls, **values):
        """Create a complete operation of the marketer, in state "draft"."""
        values = {
            "name": "Newsletter",
            "campaign_id": values.get("campaign_id") or cls._create_campaign().id,
            "target_id": values.get("target_id") or cls._create_target().id,
            "template_id": values.get("template_id") or cls._create_template().id,
            **values,
        }
        return cls.env["crm.campaign.operation"].with_user(cls.marketer).create(values)

    @classmethod
    def _dispatch(cls, operation):
        """Depart now; return the execution, with frozen recipients of which none was sent."""
        action = operation.action_dispatch()
        return cls.env["crm.campaign.execution"].browse(action["res_id"])

    def _send(self):
        """Run the sender job in the transaction of the test."""
        with self.enter_registry_test_mode():
            self.env.ref("crm_campaign.ir_cron_send_1").method_direct_trigger()
        self.env.invalidate_all()

    def _sent_execution(self, **values):
        """Return an execution whose messages were all accepted (nothing leaves in tests)."""
        execution = self._dispatch(self._create_operation(**values))
        self._send()
        return execution

    def _age(self, execution):
        """Have the messages of an execution leave an hour earlier."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET sent_at = sent_at - interval '1 hour'"
            " WHERE execution_id = %s",
            (execution.id,),
        )
        self.env.invalidate_all()

    def _age_events(self):
        """Have what visitors did happen a minute earlier, so that nothing more comes of it."""
        self.env.cr.execute("UPDATE crm_campaign_event SET moment = moment - interval '1 minute'")

    def _judge(self):
        """Judge what visitors did, as the job does once nothing more comes."""
        self._age_events()
        self.env["crm.campaign.event"]._judge_settled()
        self.env.invalidate_all()

    def _get_previewed(self, target):
        """Return the records that the preview of a target shows."""
        return self.env[target.res_model].browse(row["id"] for row in target.preview["rows"])

    def _get_recipient(self, execution, partner):
        return self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id), ("partner_id", "=", partner.id)]
        )

    def assertRecipients(self, execution, expected):
        """Compare the recipients of an execution with ``[{"partner": record, field: value}, …]``.

        Every recipient must be expected; only the fields that are named are compared.
        """
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        by_partner = {recipient.partner_id: recipient for recipient in recipients}
        self.assertEqual(len(recipients), len(expected), "number of recipients")
        for values in expected:
            partner = values["partner"]
            self.assertIn(partner, by_partner, partner.name)
            for name, value in values.items():
                if name != "partner":
                    actual = by_partner[partner][name]
                    self.assertEqual(actual, value, f"{partner.name}: {name}")

    def assertFigures(self, execution, **expected):
        """Compare the stored counters, named without ``_count``."""
        execution._refresh_counters()
        actual = {name: execution[f"{name}_count"] for name in expected}
        self.assertEqual(actual, expected)


class CrmCampaignCase(CrmCampaignMixin, TransactionCase):
    """Base of the tests that need no browser."""


def real_smtp():
    """Let the host really connect, which it refuses to do while it runs tests."""
    return patch.object(IrMail_Server, "_disable_send", classmethod(lambda cls: False))
