# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_post import PostCase


@tagged("post_install", "-at_install")
class TestLabels(PostCase):
    """Labels of the people of an execution."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(23):
            cls._create_resident(f"Person {number}.", f"{number} rue A")
        cls.sheet = cls.env.ref("crm_campaign.crm_campaign_label_sheet_l7160")

    def test_as_many_labels_as_fit_on_a_sheet(self):
        execution = self._dispatch(self._create_mailing())
        sheets = {
            "crm_campaign_label_sheet_l7160": [21, 2],
            "crm_campaign_label_sheet_l7161": [18, 5],
            "crm_campaign_label_sheet_l7163": [14, 9],
        }
        for name, expected in sheets.items():
            with self.subTest(name):
                pages = self._read_labels(execution, self.env.ref(f"crm_campaign.{name}"))
                counts = [page.extract_text().count("75001 PARIS") for page in pages]
                self.assertEqual(counts, expected)

    def test_used_labels_of_the_first_sheet_are_skipped(self):
        execution = self._dispatch(self._create_mailing())

        pages = self._read_labels(execution, self.sheet, first=21)

        self.assertEqual([page.extract_text().count("PARIS") for page in pages], [1, 21, 1])

    def test_excluded_people_have_no_label(self):
        people = self.env["res.partner"].search([("category_id", "in", self.tag.ids)])
        people[:20].do_not_write = True

        execution = self._dispatch(self._create_mailing())

        pages = self._read_labels(execution, self.sheet)
        self.assertEqual([page.extract_text().count("PARIS") for page in pages], [3])

    def test_sheet_whose_labels_do_not_fit_is_refused(self):
        with self.assertRaisesRegex(UserError, "do not fit on the sheet"):
            self.sheet.rows = 8

    def test_wizard_opens_the_download(self):
        execution = self._dispatch(self._create_mailing())
        wizard = (
            self.env["crm.campaign.label.print"]
            .with_user(self.marketer)
            .create({"execution_id": execution.id, "sheet_id": self.sheet.id, "first": 3})
        )

        self.assertEqual(
            wizard.action_print()["url"],
            f"/crm_campaign/execution/{execution.id}/labels/{self.sheet.id}.pdf?first=3",
        )
