# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from ast import literal_eval
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from ..tools.domain_expression import check_expression


class CrmCampaignTarget(models.Model):
    """Saved filter: the favourites of the host's search, followed when they change.

    Whoever makes the target must be able to read the filter, and lends it to all who may use the
    target. ``uid`` and the dates in it are those of the user who evaluates.
    """

    _inherit = "crm.campaign.target"

    mode = fields.Selection(
        selection_add=[("filter", "Saved Filter")], ondelete={"filter": "cascade"}
    )
    filter_id = fields.Many2one(
        "ir.filters",
        string="Favorite",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="A favorite search of the host. When it changes, so does the target.",
    )
    filter_domain = fields.Text(string="Criteria of the Favorite", compute="_compute_filter_domain")

    # === COMPUTE METHODS === #

    @api.depends("filter_id.domain", "filter_id.model_id")
    @api.depends_context("uid")
    def _compute_filter_domain(self):
        for target in self:
            try:
                target.filter_domain = target._get_filter_sudo().domain
            except (UserError, AccessError):
                target.filter_domain = False

    # === CONSTRAINTS === #

    @api.constrains("mode", "filter_id", "record_kind")
    def _check_filter(self):
        # As the author, whom the host's rules on filters must let read it.
        for target in self.sudo(False):
            if target.mode == "filter":
                self.env["ir.filters"].sudo(False).browse(target.filter_id.id).check_access("read")
                target._assert_domain()

    # === BUSINESS METHODS === #

    def _get_criteria_domain(self):
        # EXTENDS crm_campaign — what the filter says now
        if self.mode != "filter":
            return super()._get_criteria_domain()
        return Domain(self._evaluate_filter(self._get_filter_sudo().domain))

    @api.model
    def _get_definition_fields(self):
        # EXTENDS crm_campaign — follow the filter
        owners = ("", "set_first_id.", "set_member_ids.")
        paths = [f"{owner}filter_id.domain" for owner in owners]
        return [*super()._get_definition_fields(), "filter_id.model_id", *paths]

    def _get_definition(self):
        # EXTENDS crm_campaign — with what the filter says
        definition = super()._get_definition()
        return (definition, self.sudo().filter_id.domain) if self.mode == "filter" else definition

    def _describe_criteria(self):
        # EXTENDS crm_campaign — the filter and what it says
        if self.mode != "filter":
            return super()._describe_criteria()
        try:
            words = self._describe_domain(self._get_criteria_domain())
        except (UserError, AccessError, ValueError):
            return f"{self._describe_kind()}{self.env._('Saved filter that cannot be used')}"
        return f"{self._describe_kind()}“{self._get_filter_sudo().name}” · {words}"

    def _get_filter_sudo(self):
        """Return the filter, lent by the author of the target.

        :raise ValidationError: there is none, or it filters records of another model
        :raise AccessError: it was just chosen in a form by a user who may not read it
        """
        # Superuser: the filter belongs to the definition, which its author could read
        favorite_sudo = self.sudo().filter_id._origin
        if favorite_sudo != self._origin.sudo().filter_id:
            favorite_sudo.sudo(False).check_access("read")
        if not favorite_sudo or favorite_sudo.model_id != self.res_model:
            raise ValidationError(
                self.env._(
                    "Target “%(name)s” needs a saved filter on the records of its kind.",
                    name=self.name or "",
                )
            )
        return favorite_sudo

    def _evaluate_filter(self, text):
        """Give the value of a filter's domain, for the current user.

        :rtype: list
        :raise ValueError: the text is more than a domain
        """
        try:
            return literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            names = self._get_filter_names()
            check_expression(text, set(names))
            return safe_eval(text.strip(), names)

    def _get_filter_names(self):
        """Return the names that the host's web client offers to filters, and their values."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        local_type = type("datetime", (_LocalDatetime,), {"zone": zone})
        return {
            "uid": self.env.uid,
            "allowed_company_ids": self.env.companies.ids,
            "current_company_id": self.env.company.id,
            "context_today": lambda: fields.Date.context_today(self),
            "relativedelta": relativedelta,
            "datetime": SimpleNamespace(
                datetime=local_type, date=date, time=time, timedelta=timedelta
            ),
            "time": SimpleNamespace(strftime=lambda fmt: local_type.now().strftime(fmt)),
        }


class _LocalDatetime(datetime):
    """A moment on the user's clock, as in the web client."""

    zone = pytz.utc

    @classmethod
    def now(cls):
        return cls.fromtimestamp(datetime.now().timestamp(), cls.zone).replace(tzinfo=None)

    def to_utc(self):
        """Convert from the user's time zone, the way the host writes moments in filters."""
        return self.zone.localize(self).astimezone(pytz.utc).replace(tzinfo=None)
