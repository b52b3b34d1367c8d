# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from .common import CrmCampaignCase


class AssistantCase(CrmCampaignCase):
    """Three companies and their contacts; Ada's address is empty, Cy's is no address at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.red, cls.blue, cls.green = (
            cls._create_partner(name, f"{name.lower()}@test.example.com", is_company=True)
            for name in ("Red", "Blue", "Green")
        )
        address = {"street": "1 Main Street", "zip": "35000", "city": "Rennes"}
        cls.red.write(address)
        cls.ada = cls._create_partner("Ada", parent_id=cls.red.id)
        cls.bob = cls._create_partner("Bob", "bob@test.example.com", parent_id=cls.red.id)
        cls.cy = cls._create_partner("Cy", "nowhere", parent_id=cls.blue.id, phone="+33612345678")
        cls.dan = cls._create_partner("Dan", "dan@test.example.com")
        cls.campaign = cls._create_campaign()
        cls.template = cls._create_template()
        cls.tagged = repr([("category_id", "in", cls.tag.ids)])

    @classmethod
    def _start(cls, **values):
        """Start an assistant of the marketer whose list is of the tagged contacts."""
        values = {
            "campaign_id": cls.campaign.id,
            "name": "Newsletter",
            "contact_domain": cls.tagged,
            "template_id": cls.template.id,
            **values,
        }
        return cls.env["crm.campaign.operation.assistant"].with_user(cls.marketer).create(values)

    def _get_people(self, assistant):
        target = assistant._get_target()
        return self.env["res.partner"].search(target._get_targeted_domain())

    def _validate(self, assistant):
        """Validate; return the operation."""
        assistant.action_validate()
        return self.env["crm.campaign.operation"].search([], order="id desc", limit=1)

    def _lacks(self, assistant):
        return {lack["code"]: lack["count"] for lack in assistant.lacks}
