# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from .common import CrmCampaignCase


class ActionCase(CrmCampaignCase):
    """Three contacts of two companies: Ada and Bob of Red, Cy of Blue; salespeople of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What an administrator automated, such as the demo data: the host would make everything.
        cls.env["base.automation"].search([]).active = False
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.red, cls.blue = (
            cls._create_partner(name, is_company=True, category_id=False, zip=zip_, city=city)
            for name, zip_, city in (("Red", "35000", "Rennes"), ("Blue", "44000", "Nantes"))
        )
        cls.red.user_id = cls.other_marketer
        cls.ada = cls._create_partner(
            "Ada", "ada@test.example.com", parent_id=cls.red.id, user_id=cls.marketer.id
        )
        cls.bob = cls._create_partner("Bob", parent_id=cls.red.id, user_id=False)
        cls.cy = cls._create_partner("Cy", parent_id=cls.blue.id, user_id=False)
        cls.people = cls.ada | cls.bob | cls.cy

    @classmethod
    def _prepare_line(cls, **values):
        """Prepare a line: a call for the marketer."""
        return {
            "kind": "todo",
            "summary": "Offer the check-up",
            "activity_type_id": cls.call.id,
            "assignee_rule": "user",
            "user_id": cls.marketer.id,
            **values,
        }

    @classmethod
    def _create_action(cls, *lines, **values):
        """Create a mass action of the marketer on the tagged people, not departed yet."""
        return cls._create_operation(
            **{
                "name": "Check-up",
                "operation_type": "mass_action",
                "channel": "action",
                "template_id": values.get("template_id") or cls._create_template().id,
                "action_ids": [(0, 0, cls._prepare_line(**line)) for line in (lines or ({},))],
                **values,
            }
        )

    @classmethod
    def _act(cls, *lines, **values):
        """Return a mass action that has just departed."""
        operation = cls._create_action(*lines, **values)
        operation.action_dispatch()
        return operation

    def _get_activities(self, records=None):
        records = self.people if records is None else records
        return self.env["mail.activity"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)], order="res_id"
        )

    def _find_told(self, user):
        """Return the messages that a user was sent, oldest first."""
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids)], order="id"
        )
