# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..letters import LabelFormat, LetterError, build_labels

# Labels printed at a time: rows read and forgotten.
CHUNK = 2000


class CrmCampaignLabelSheet(models.Model):
    """A sheet of labels to print on: how many, how large, where. Lengths in millimetres."""

    _name = "crm.campaign.label.sheet"
    _description = "Sheet of Labels"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    page_width = fields.Float(string="Sheet Width", required=True, default=210)
    page_height = fields.Float(string="Sheet Height", required=True, default=297)
    rows = fields.Integer(required=True, default=7)
    columns = fields.Integer(required=True, default=3)
    label_width = fields.Float(required=True)
    label_height = fields.Float(required=True)
    margin_left = fields.Float(string="Left Margin", required=True)
    margin_top = fields.Float(string="Top Margin", required=True)
    pitch_x = fields.Float(
        string="Step to the Right",
        required=True,
        help="From the left edge of a label to that of the next one.",
    )
    pitch_y = fields.Float(
        string="Step Down",
        required=True,
        help="From the upper edge of a label to that of the next one.",
    )
    label_count = fields.Integer(string="Labels", compute="_compute_label_count")

    @api.depends("rows", "columns")
    def _compute_label_count(self):
        for sheet in self:
            sheet.label_count = sheet.rows * sheet.columns

    @api.constrains(
        "page_width",
        "page_height",
        "rows",
        "columns",
        "label_width",
        "label_height",
        "margin_left",
        "margin_top",
        "pitch_x",
        "pitch_y",
    )
    def _check_fit(self):
        for sheet in self:
            right = sheet.margin_left + (sheet.columns - 1) * sheet.pitch_x + sheet.label_width
            bottom = sheet.margin_top + (sheet.rows - 1) * sheet.pitch_y + sheet.label_height
            # 10 mm is the least that a line needs with its margins; a tenth is for rounding.
            fits = right <= sheet.page_width + 0.1 and bottom <= sheet.page_height + 0.1
            overlaps = (sheet.columns > 1 and sheet.pitch_x < sheet.label_width) or (
                sheet.rows > 1 and sheet.pitch_y < sheet.label_height
            )
            small = min(sheet.label_width, sheet.label_height) < 10
            negative = min(sheet.margin_left, sheet.margin_top) < 0
            if min(sheet.rows, sheet.columns) < 1 or not fits or overlaps or small or negative:
                raise ValidationError(
                    self.env._(
                        "The labels of “%(name)s” do not fit on the sheet: check their sizes.",
                        name=sheet.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _print(self, execution, first=1):
        """Print the addresses of the included people of an execution.

        :param int first: label of the first sheet on which to begin, counted from 1
        :rtype: bytes
        :raise ValidationError: an address cannot be printed, or ``first`` is on no sheet
        """
        self.ensure_one()
        if not 1 <= first <= self.label_count:
            raise ValidationError(
                self.env._("A sheet has labels 1 to %(count)s.", count=self.label_count)
            )
        try:
            return build_labels(self._read_addresses(execution), self._get_format(), first)
        except LetterError as error:
            raise ValidationError(self.env["crm.campaign.channel.post"]._explain(error)) from error

    def _read_addresses(self, execution):
        """Give the lines of each label, in the order of the letters."""
        Recipient = self.env["crm.campaign.recipient"]
        ids = [
            recipient_id
            for (recipient_id,) in self.env.execute_query(
                SQL(
                    "SELECT id FROM crm_campaign_recipient WHERE execution_id = %s"
                    " AND exclusion IS NULL AND state != 'withdrawn'"
                    " AND postal_address IS NOT NULL ORDER BY id",
                    execution.id,
                )
            )
        ]
        for start in range(0, len(ids), CHUNK):
            for recipient in Recipient.browse(ids[start : start + CHUNK]):
                yield self.env["crm.campaign.channel.post"]._get_address_lines(recipient)
            self.env.invalidate_all()

    def _get_format(self):
        """Give the sheet as the layout wants it.

        :rtype: letters.LabelFormat
        """
        return LabelFormat(
            page_width=self.page_width,
            page_height=self.page_height,
            rows=self.rows,
            columns=self.columns,
            width=self.label_width,
            height=self.label_height,
            left=self.margin_left,
            top=self.margin_top,
            pitch_x=self.pitch_x,
            pitch_y=self.pitch_y,
        )
