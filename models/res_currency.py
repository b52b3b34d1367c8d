# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models


class ResCurrency(models.Model):
    """The host converts a currency of which no rate is known one to one: budgets refuse that."""

    _inherit = "res.currency"

    def _filter_without_rate(self, company):
        """Return those of self, but for the company's own, of which no rate is known there.

        :param company: whose rates count, with those of all companies
        :rtype: res.currency
        """
        others = self - company.currency_id
        if not others:
            return others
        # Superuser: whether there is a rate, nothing of it is shown.
        known = (
            self.env["res.currency.rate"]
            .sudo()
            ._read_group(
                [
                    ("currency_id", "in", others.ids),
                    ("company_id", "in", [False, company.root_id.id]),
                ],
                ["currency_id"],
            )
        )
        return others.filtered(lambda currency: currency not in {pair[0] for pair in known})
