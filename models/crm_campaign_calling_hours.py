# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get

from ..tools import calling_hours
from .crm_campaign_weekdays_mixin import WEEKDAYS

APPLIES_TO = [
    ("consumer", "Consumers"),
    ("everybody", "Everybody"),
]


class CrmCampaignCallingHours(models.Model):
    """When, and how often, people of a country may be called by telephone: its law, as data.

    Nothing is checked where no profile is on. A call takes the profile that applies to its contact
    when it is made (``_get_assignment_sql``); whether it may be offered is asked at each moment
    (``_get_closed`` for all of them, ``_get_next_moment`` for one person). The rules themselves are
    in ``tools/calling_hours.py``. The same for all companies; written by marketing managers.
    """

    _name = "crm.campaign.calling.hours"
    _description = "Calling Hours"
    _inherit = ["crm.campaign.weekdays.mixin"]
    _order = "country_id, applies_to, name, id"
    _default_weekdays = ("mon", "tue", "wed", "thu", "fri")

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(
        string="On",
        default=True,
        help="Calls are held to these hours and limits. One profile is on for a country and a kind "
        "of people.",
    )
    # Whom it is for
    country_id = fields.Many2one(
        "res.country",
        required=True,
        ondelete="restrict",
        index=True,
        help="Country of the contact, else of the contact's company, else of one's own company.",
    )
    applies_to = fields.Selection(
        APPLIES_TO,
        required=True,
        default="consumer",
        help="Consumers are people without a company. Where both are on in a country, consumers "
        "have their own profile and all others the one of everybody.",
    )
    needs_consent = fields.Boolean(
        string="Consent Needed",
        help="Only people who agreed to calls for the purpose of the operation are called. Service "
        "and legal purposes are excepted.",
    )
    # When
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self.env.context.get("tz") or self.env.user.tz or "UTC",
        help="The hours are those of this time zone, in summer and in winter.",
    )
    slot_ids = fields.One2many(
        "crm.campaign.calling.hours.slot", "calling_hours_id", string="Hours", copy=True
    )
    holiday_ids = fields.One2many(
        "crm.campaign.calling.hours.holiday",
        "calling_hours_id",
        string="Public Holidays",
        copy=True,
        help="Nobody is called on these days.",
    )
    # How often
    max_attempts = fields.Integer(
        string="Calls at Most",
        help="Calls to one person, answered or not, within the days beside. 0: no limit.",
    )
    window_days = fields.Integer(
        string="Within",
        default=30,
        help="Calendar days, the day of the call included.",
    )
    refusal_days = fields.Integer(
        string="After a Refusal",
        help="Whole days without a call after the day on which somebody refused. 0: none.",
    )
    sources = fields.Html(
        translate=True, help="The law behind these hours: what, of which date, and where it stands."
    )

    _country_uniq = models.UniqueIndex(
        "(country_id, applies_to) WHERE active",
        "Calling hours are on already for this country and these people. Switch the others off "
        "first.",
    )

    # === CONSTRAINTS === #

    @api.constrains(
        *WEEKDAYS, "tz", "slot_ids", "holiday_ids", "max_attempts", "window_days", "refusal_days"
    )
    def _check_profile(self):
        for hours in self:
            try:
                calling_hours.check(hours._get_profile())
            except ValueError as error:
                raise ValidationError(hours._get_fault(str(error))) from error

    def _get_fault(self, code):
        """Put what is wrong with the hours in words.

        :param str code: one of those of ``calling_hours.check``
        :rtype: str
        """
        faults = {
            "no_day": self.env._("choose a day of the week at least."),
            "no_slot": self.env._("add the hours of the day, from when until when."),
            "bad_slot": self.env._("hours lie between 0:00 and 24:00, and end after they begin."),
            "overlap": self.env._("two of the hours of the day overlap."),
            "bad_holiday": self.env._("one of the public holidays is a day that never comes."),
            "too_many_holidays": self.env._("there are more than 50 public holidays."),
            "bad_limit": self.env._(
                "limits are not negative, and calls are counted over one day at least."
            ),
        }
        return self.env._("Calling hours “%(name)s”: %(fault)s", name=self.name, fault=faults[code])

    # === CRUD METHODS === #

    def write(self, vals):
        # Slots change one after the other; what they come to is checked once, in the end.
        changing = "slot_ids" in vals
        hours = self.with_context(crm_campaign_slots_change=True) if changing else self
        return super(CrmCampaignCallingHours, hours).write(vals)

    def copy_data(self, default=None):
        # EXTENDS base — a copy says so in its name, and is off: one is on for a country
        vals_list = super().copy_data(default)
        for hours, vals in zip(self, vals_list, strict=True):
            vals["active"] = (default or {}).get("active", False)
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", hours.name)
        return vals_list

    # === BUSINESS METHODS - WHICH PROFILE === #

    @api.model
    def _get_assignment_sql(self, partner):
        """Return which profile applies to a contact, of those that are on.

        The country is the contact's own, else that of the contact's company, else that of the
        current company. In it, consumers (no company, and part of none) have the profile of
        consumers, else the one of everybody; all others have the one of everybody.

        Made for ``INSERT … SELECT`` over many people: profiles are read once, here, and stand in
        the expression as numbers. It costs nothing where no profile is on.

        :param SQL partner: expression of the id of the contact, such as a column
        :return: expression of the id of the profile; NULL = none applies, or there is no contact
        :rtype: SQL
        """
        profiles = self._get_active()
        if not profiles:
            return SQL("NULL::int")
        branches = [
            self._get_branch_sql(country, of_country)
            for country, of_country in profiles.grouped("country_id").items()
        ]
        # Superuser: everybody is held to the rules, whatever one may read of the contact.
        Partner = self.env["res.partner"].sudo()
        return SQL(
            """(
                SELECT CASE COALESCE(
                           %(own_country)s,
                           (
                               SELECT %(company_country)s
                                 FROM res_partner calling_company
                                WHERE calling_company.id = %(commercial)s
                           ),
                           %(default)s
                       ) %(branches)s END
                  FROM res_partner calling_person
                 WHERE calling_person.id = %(partner)s
            )""",
            own_country=Partner._field_to_sql("calling_person", "country_id"),
            company_country=Partner._field_to_sql("calling_company", "country_id"),
            commercial=Partner._field_to_sql("calling_person", "commercial_partner_id"),
            default=self.env.company.sudo().country_id.id or SQL("NULL::int"),
            branches=SQL(" ").join(branches),
            partner=partner,
        )

    @api.model
    def _get_branch_sql(self, country, profiles):
        """Return which of the profiles of one country applies to ``calling_person``.

        :rtype: SQL
        """
        ids = {hours.applies_to: hours.id for hours in profiles}
        everybody = ids.get("everybody") or SQL("NULL::int")
        if "consumer" not in ids:
            return SQL("WHEN %s THEN %s", country.id, everybody)
        Partner = self.env["res.partner"].sudo()
        return SQL(
            "WHEN %s THEN CASE WHEN NOT COALESCE(%s, FALSE) AND COALESCE(%s, %s) = %s"
            " THEN %s ELSE %s END",
            country.id,
            Partner._field_to_sql("calling_person", "is_company"),
            Partner._field_to_sql("calling_person", "commercial_partner_id"),
            SQL.identifier("calling_person", "id"),
            SQL.identifier("calling_person", "id"),
            ids["consumer"],
            everybody,
        )

    @api.model
    def _get_active(self):
        """Return the profiles that are on, as superuser: callers are held to all of them."""
        return self.sudo().search([("active", "=", True)])

    # === BUSINESS METHODS - WHEN === #

    @api.model
    def _get_closed(self, now):
        """Return the profiles that are on and under which nobody may be called now.

        Made to leave calls out of a search: as many queries whatever the calls.

        :param datetime now: naive and in UTC
        :rtype: CrmCampaignCallingHours
        """
        return self._get_active().filtered(
            lambda hours: not calling_hours.is_open(now, hours._get_profile())
        )

    def _get_next_opening(self, now):
        """Return the first moment, now or later, within the hours.

        :param datetime now: naive and in UTC
        :return: naive and in UTC
        :rtype: datetime
        """
        return calling_hours.get_next_opening(now, self._get_profile())

    def _get_next_moment(self, now, attempts, refusals):
        """Tell whether one person may be called now, else why not, and when.

        Consent is not looked at.

        :param datetime now: naive and in UTC
        :param list[datetime] attempts: moments of earlier calls to the person, answered or not
        :param list[datetime] refusals: moments at which the person refused such calls
        :return: None = now; else a code and the first moment at which nothing stands against a
            call, naive and in UTC. Codes: ``closed_now``, ``too_many_attempts``,
            ``refused_recently``, see ``tools/calling_hours.py``
        :rtype: tuple[str, datetime] | None
        """
        return calling_hours.get_next_moment(now, self._get_profile(), attempts, refusals)

    def _get_profile(self):
        """Return the hours as ``tools/calling_hours.py`` knows them.

        :rtype: Profile
        """
        self.ensure_one()
        holidays = [holiday._get_rule() for holiday in self.holiday_ids]
        return calling_hours.Profile(
            weekdays=self._get_weekdays(),
            slots=tuple(slot._get_minutes() for slot in self.slot_ids),
            zone=self.tz,
            fixed_days=frozenset(rule for rule in holidays if isinstance(rule, tuple)),
            easter_days=frozenset(rule for rule in holidays if isinstance(rule, int)),
            max_attempts=self.max_attempts,
            window_days=self.window_days,
            refusal_days=self.refusal_days,
        )
