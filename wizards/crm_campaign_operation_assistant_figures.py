# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, formatLang


class CrmCampaignOperationAssistant(models.TransientModel):
    """What the list is now: how many, who lacks an address, the first of them."""

    _inherit = "crm.campaign.operation.assistant"

    selected_label = fields.Char(string="Selected", compute="_compute_selected_label")
    targeted_count = fields.Integer(string="Recipients", compute="_compute_figures")
    targeted_label = fields.Char(string="Number of Recipients", compute="_compute_figures")
    lacks = fields.Json(compute="_compute_figures")
    preview = fields.Json(compute="_compute_figures")
    criteria = fields.Text(string="Criteria in Words", compute="_compute_figures")

    # === COMPUTE METHODS === #

    @api.depends(
        *("step", "audience", "target_id", "company_source", "company_domain"),
        *("company_target_id", "contact_source", "contact_domain", "contact_target_id"),
    )
    def _compute_selected_label(self):
        """Count while the selection is made; empty where nothing can be counted."""
        for assistant in self:
            label = False
            if assistant.step in ("companies", "contacts"):
                target = assistant._get_selected_target()
                label = target and target._is_valid() and target.targeted_label
            assistant.selected_label = label

    @api.depends("step", "line_ids", "address_rule", "combination")
    def _compute_figures(self):
        """Count the list and who of it lacks an address; only where it is shown.

        ``lacks``: ``[{"code": channel, "label": what they lack, "count": int}, …]``.
        """
        for assistant in self:
            figures = {
                "targeted_count": 0,
                "targeted_label": False,
                "lacks": [],
                "preview": None,
                "criteria": False,
            }
            if assistant.step in ("result", "departure", "validation"):
                figures |= assistant._prepare_figures()
            assistant.update(figures)

    # === ACTION METHODS === #

    def action_remove_lacking(self):
        """Remove who lacks an address; context: ``lack``, the code of a channel."""
        self.ensure_one()
        self._change({"operator": "lacking", "lack": self.env.context.get("lack")})

    # === BUSINESS METHODS - FIGURES === #

    def _get_selected_target(self):
        """Return the target that the selection of this step alone would be, without making it.

        :return: ``crm.campaign.target``, or None as long as nothing is selected
        """
        kind = self.record_kind
        try:
            if self.step == "companies" and self.audience == "partner":
                domain, kind = self._get_side_domain("company"), "company"
            else:
                domain = self._get_selected_domain()
        except (ValueError, SyntaxError, TypeError):
            return None  # criteria that are being written
        values = {**self._prepare_target_vals(domain), "record_kind": kind}
        return self.env["crm.campaign.target"].new(values) if kind else None

    def _prepare_figures(self):
        """Work out the values of the computed figures; the later steps only remind of them.

        :rtype: dict
        """
        is_shown_whole = self.step == "result"
        target = self._get_target()
        people = target._get_people(self.user_id, self.company_id)
        query = people._search(target._get_targeted_domain())
        labels = self._get_lack_labels(people) if is_shown_whole else {}
        addresses = [self._get_address_sql(query, code) for code in labels]
        rows = target._query_within_time(
            query.select(
                SQL("count(*)"),
                *(SQL("count(*) FILTER (WHERE %s IS NULL)", address) for address in addresses),
            )
        )
        count, *lacks = rows[0] if rows else (target._count_some(query),)
        number = formatLang(self.env, count, digits=0)
        return {
            "targeted_count": count,
            "targeted_label": number if rows else self.env._("more than %s", number),
            "lacks": [
                {"code": code, "label": label, "count": lack}
                for (code, label), lack in zip(labels.items(), lacks)  # noqa: B905 - none in a hurry
            ],
            "preview": target._prepare_preview() if is_shown_whole else None,
            "criteria": target._describe(),
        }

    @api.model
    def _get_lack_labels(self, people):
        """Name what people may lack: the channels whose address a criterion can ask for.

        :return: code of a channel -> words
        :rtype: dict[str, str]
        """
        labels = {
            "post": self.env._("No postal address"),
            "email": self.env._("No email address"),
            "sms": self.env._("No phone number"),
            "fax": self.env._("No fax number"),
        }
        return {code: labels[code] for code in self._get_lack_domains(people) if code in labels}

    @api.model
    def _get_lack_domains(self, people):
        """Say as criteria that somebody has no address on a channel. Extended by integrators.

        The same as ``_address_sql`` of the channel being NULL.

        :param people: empty recordset of the records' model
        :return: code of a channel -> domain; without those that the model knows nothing of
        :rtype: dict[str, Domain]
        """
        names = {
            "post": ("street", "zip", "city"),
            "email": ("email_normalized",),
            "sms": ("phone_sanitized",),
            "fax": ("fax_sanitized",),
        }
        return {
            code: Domain.OR(Domain(name, "=", False) for name in required)
            for code, required in names.items()
            if all(name in people._fields for name in required)
        }

    def _get_lack_domain(self, code):
        """Say as a criterion that somebody has no address, by the rule of addresses.

        :raise UserError: no such address
        """
        lacking = self._get_lack_domains(self.env[self.res_model]).get(code)
        if lacking is None:
            raise UserError(self.env._("There is no such address: %s", code))
        if self.address_rule == "own" or self.record_kind != "contact":
            return lacking
        company = Domain("commercial_partner_id", "any", list(lacking))
        return company if self.address_rule == "company" else lacking & company

    def _get_address_sql(self, query, channel):
        """Give the address of a channel for the people of a query, by the rule of addresses."""
        execution = self.env["crm.campaign.execution"].new(
            {
                "channel": channel,
                "res_model": self.res_model,
                "address_rule": self.address_rule if self.record_kind == "contact" else "own",
            }
        )
        return execution._get_address_sql(query)
