# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
from pathlib import Path

from odoo.modules.module import get_module_path
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import CrmCampaignCase

ROW = re.compile(r"^\| `([\w.]+)` \|[^|]+\| (\S+) \| (\S+) \| (\S+) \|", re.MULTILINE)
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
# Models without a row: what nobody but the jobs and administrators opens, what users see of others,
# and questions that are gone once they are answered.
UNTOLD = {
    *("crm.campaign.batch", "crm.campaign.claim", "crm.campaign.communication"),
    *("crm.campaign.deferral", "crm.campaign.event", "crm.campaign.page.visit"),
    *("crm.campaign.piece", "crm.campaign.recount", "crm.campaign.scanner"),
    *("crm.campaign.template.column", "crm.campaign.window"),
}


@tagged("post_install", "-at_install")
class TestDocsRights(CrmCampaignCase):
    """The table of rights in the documentation, and the code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        text = Path(get_module_path("crm_campaign"), "docs", "rights.md").read_text()
        cls.rows = {model: rights for model, *rights in ROW.findall(text)}
        cls.users = (cls.caller, cls.marketer, cls.manager)

    def _get_rights(self, user, model):
        records = self.env[model].with_user(user)
        letters = (letter for letter, name in OPERATIONS.items() if records.has_access(name))
        return "".join(letters) or "–"

    def test_the_table_says_what_each_role_may(self):
        self.assertEqual(self.rows["crm.campaign"], ["–", "rwcd", "rwcd"])
        for model, rights in self.rows.items():
            with self.subTest(model):
                self.assertEqual([self._get_rights(user, model) for user in self.users], rights)

    def test_every_model_that_users_open_has_a_row(self):
        models = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("crm.campaign") and not model._transient and not model._abstract
        }
        self.assertEqual(models - set(self.rows) - UNTOLD, set())

    def test_portal_and_public_users_see_nothing(self):
        portal = mail_new_test_user(self.env, "campaign_portal", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for model in (*self.rows, *UNTOLD):
            for user in (portal, public):
                with self.subTest(model, user=user.login):
                    self.assertEqual(self._get_rights(user, model), "–")
