# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from base64 import b64encode
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmCampaignCase
from .test_target_import import ImportMixin


@tagged("post_install", "-at_install")
class TestTargetImportRights(ImportMixin, CrmCampaignCase):
    def test_creating_needs_the_right_to_create_contacts(self):
        no_rights = patch.object(
            self.registry["ir.model.access"],
            "check",
            autospec=True,
            side_effect=lambda access, model, mode="read", *args, **kwargs: (
                not (model == "res.partner" and mode == "create")
            ),
        )
        record = self._create_import("Nom\nNew\n", create_missing=True)
        with no_rights, self.assertRaisesRegex(UserError, "may not create contacts"):
            record.action_import()

    def test_only_who_may_change_the_target_imports(self):
        Import = self.env["crm.campaign.target.import"]
        values = {"target_id": self.target.id, "file": b64encode(b"Ref\nXC001\n")}
        for user in (self.other_marketer, self.foreign_manager, self.caller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                Import.with_user(user).create(values)
        record = Import.with_user(self.manager).create(values)
        record.action_import()
        self.assertEqual((record.state, record.user_id), ("done", self.manager))
        with self.assertRaises(AccessError):
            record.with_user(self.other_marketer).read(["state"])

    def test_a_file_is_not_taken_to_somebody_elses_target(self):
        other = self._create_target(name="Of the Manager", mode="import", domain="[]")
        other.sudo().user_id = self.manager
        record = self._create_import("Ref\nXC001\n")
        with self.assertRaises(AccessError):
            record.target_id = other
            record.action_import()

    def test_what_became_of_a_file_is_not_written_by_hand(self):
        record = self._create_import("Ref\nXC001\n")
        for values in ({"state": "queued"}, {"user_id": self.manager.id}, {"matched_count": 5}):
            with self.subTest(str(values)), self.assertRaisesRegex(AccessError, "by hand"):
                record.write(values)
        with self.assertRaisesRegex(AccessError, "by hand"):
            self._create_import("Ref\nXC001\n", user_id=self.manager.id)
