# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.exceptions import ValidationError


class ResCurrency(models.Model):
    """The host converts a currency of which no rate is known one to one: budgets refuse that."""

    _inherit = "res.currency"

    def _assert_convertible(self, company, name):
        """Refuse amounts that would be converted as if two currencies were worth the same.

        :param company: as of ``_filter_without_rate``
        :param str name: what the amounts are of
        :raise ValidationError: names the first currency without a rate
        """
        if missing := self._filter_without_rate(company):
            raise ValidationError(
                self.env._(
                    "“%(name)s”: no exchange rate of %(currency)s is known. Enter one, or choose "
                    "another currency.",
                    name=name,
                    currency=missing[0].name,
                )
            )

    def _filter_without_rate(self, company):
        """Return those of self between which nothing can be converted; none if self is only one.

        :param company: whose rates count, with those of all companies; its currency needs none
        :rtype: res.currency
        """
        others = self - company.currency_id if len(self) > 1 else self[:0]
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
        return others - self.browse().union(*(currency for (currency,) in known))
