# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
from difflib import get_close_matches

from odoo import api, models

PATH = re.compile(r"object(?:\.\w+)+")
# Fields of other addons that are worth a merge field where they are installed.
OPTIONAL_CLIENT_FIELDS = ("firstname", "lastname")


class CrmCampaignRecipient(models.Model):
    """The merge fields as people choose them: by family, and by name when they mistyped one."""

    _inherit = "crm.campaign.recipient"

    @api.model
    def _get_merge_field_families(self):
        """Name the families of merge fields, in the order of the palette.

        :return: family, as in ``_get_merge_fields`` -> label
        :rtype: dict[str, str]
        """
        return {
            "client": self.env._("Client"),
            "agency": self.env._("Company or Agency"),
            "campaign": self.env._("Campaign"),
            "settings": self.env._("Settings"),
        }

    @api.model
    def _get_merge_fields(self):
        # EXTENDS crm_campaign — names in two parts where the contacts have them, what Settings say
        merge_fields = super()._get_merge_fields()
        Partner = self.env["res.partner"]
        client = {
            f"object.partner_id.{name}": Partner._fields[name]._description_string(self.env)
            for name in OPTIONAL_CLIENT_FIELDS
            if name in Partner._fields
        }
        client |= {
            "object.partner_id.state_id.name": self.env._("State or Region"),
            "object.partner_id.vat": self.env._("Tax ID"),
            "object.partner_id.user_id.email": self.env._("Salesperson's Email"),
            "object.partner_id.user_id.phone": self.env._("Salesperson's Phone"),
        }
        families = {"client": client, "settings": self._get_settings_fields()}
        for family, fields in families.items():
            for expression, label in fields.items():
                merge_fields[expression] = {"family": family, "label": label}
        return merge_fields

    @api.model
    def _get_settings_fields(self):
        """Give the merge fields whose values somebody wrote in Settings or on the operation.

        :rtype: dict[str, str]
        """
        return {
            "object.operation_id.email_from": self.env._("Sender"),
            "object.operation_id.reply_to": self.env._("Reply Address"),
            "object.company_id.street2": self.env._("Our Street, Second Line"),
            "object.company_id.country_id.name": self.env._("Our Country"),
            "object.company_id.vat": self.env._("Our Tax ID"),
            "object.company_id.company_registry": self.env._("Our Company ID"),
            "object.company_id.social_facebook": self.env._("Our Facebook Page"),
            "object.company_id.social_linkedin": self.env._("Our LinkedIn Page"),
            "object.company_id.social_instagram": self.env._("Our Instagram Page"),
        }

    @api.model
    def get_merge_field_palette(self):
        """Give the merge fields by family, for the palette.

        :return: ``[{"family", "label", "fields": [{"expression", "label"}]}]``, no empty family
        :rtype: list[dict]
        """
        labels = self._get_merge_field_families()
        by_family = {family: [] for family in labels}
        for expression, info in self._get_merge_fields().items():
            by_family.setdefault(info["family"], []).append(
                {"expression": expression, "label": info["label"]}
            )
        return [
            {"family": family, "label": labels.get(family, family), "fields": fields}
            for family, fields in by_family.items()
            if fields
        ]

    @api.model
    def _find_nearest_merge_field(self, expression):
        """Find the merge field that somebody may have meant.

        :return: expression and label; None when nothing is near
        :rtype: tuple[str, str] | None
        """
        merge_fields = self._get_merge_fields()
        names = {}
        for known, info in merge_fields.items():
            names.setdefault(known.rpartition(".")[2], known)
            names[info["label"].lower()] = known
            names[known] = known
        wanted = expression.strip()
        candidates = (wanted, wanted.rpartition(".")[2], wanted.lower())
        for candidate in candidates:
            for match in get_close_matches(candidate, names, n=1, cutoff=0.7):
                return names[match], merge_fields[names[match]]["label"]
        return None

    @api.model
    def _is_unknown_path(self, expression):
        """Tell whether an expression names a field that does not exist, through records."""
        if not PATH.fullmatch(expression.strip()):
            return False
        model = self
        for name in expression.strip().split(".")[1:]:
            if model is None or (name not in model._fields and not hasattr(model, name)):
                return True
            field = model._fields.get(name)
            model = self.env[field.comodel_name] if field and field.comodel_name else None
        return False
