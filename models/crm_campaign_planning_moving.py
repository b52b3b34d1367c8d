# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import planning

MOVING_FIELDS = {"date_start", "date_stop", "is_all_day"}


class CrmCampaignPlanning(models.Model):
    """Moving what is planned: a date written on a row moves the operation behind it."""

    _inherit = "crm.campaign.planning"

    # === CRUD METHODS === #

    def write(self, vals):
        """Move the operations behind the rows, with the user's rights on them.

        A date without a time, as calendars send it, means that day at the time of the clock that
        the row has, in the time zone of the user. An end that is not given keeps the duration.

        :param dict vals: ``date_start`` and ``date_stop``, in UTC; ``is_all_day`` has no effect
        :raise UserError: a row that has started, a run, or another field
        """
        # Nothing of the row itself is written: this checks the right on it.
        done = super().write({})
        if set(vals) - MOVING_FIELDS:
            raise UserError(self.env._("Only dates are changed in the planning."))
        for row in self:
            row._assert_operation()
            row._move(vals)
        self.env.flush_all()
        self.invalidate_model()
        return done

    # === BUSINESS METHODS === #

    def _assert_operation(self):
        """Check that the row is an operation.

        :raise UserError: runs follow their task
        """
        if not self.operation_id:
            raise UserError(
                self.env._(
                    "“%(name)s” runs by itself: change the periodicity of the automatic task.",
                    name=self.name,
                )
            )

    def _move(self, vals):
        """Move the operation of one row; takes what ``write`` does."""
        if self.is_all_day:
            self.operation_id._move_to_day(fields.Date.to_date(vals.get("date_start")))
            return
        before = self.date_start, self.date_stop
        start = self._read_moment(vals.get("date_start"), self.date_start)
        if "date_stop" in vals or not self.date_start:
            stop = self._read_moment(vals.get("date_stop"), self.date_stop)
        else:
            stop = start + (self.date_stop - self.date_start)
        if not start or not stop or stop <= start:
            raise UserError(self.env._("“%(name)s” ends before it starts.", name=self.name))
        keeps = not before[0] or stop - start == before[1] - before[0]
        self.operation_id._move_to(start, stop, keeps_duration=keeps)

    @api.model
    def _read_moment(self, value, current):
        """Read a moment as ``write`` gets it.

        :param value: text or datetime; a date alone means that day at the time of ``current``
        :param datetime | bool current: moment of the row; what is not given stays
        :return: naive UTC
        :rtype: datetime | bool
        """
        if not value:
            return current
        if current and isinstance(value, str) and len(value) == len("2027-01-01"):
            zone = ZoneInfo(self.env.user.tz or "UTC")
            return planning.put_on_day(current, fields.Date.to_date(value), zone)
        return fields.Datetime.to_datetime(value)
