# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import formatLang


class CrmCampaignOperation(models.Model):
    """What came of an operation, in few words, whatever it does: for lists of all kinds."""

    _inherit = "crm.campaign.operation"

    result_words = fields.Char(string="Result", compute="_compute_result_words")

    # === COMPUTE METHODS === #

    @api.depends("operation_type")
    def _compute_result_words(self):
        for operation in self:
            figures = operation._get_result_figures()
            operation.result_words = " · ".join(words for words, number in figures if number)

    def _get_result_figures(self):
        """Give what counts for an operation of its type. Extended by integrators.

        :return: words, and the number without which they are left out
        :rtype: list[tuple[str, int]]
        """
        prepare = {
            "mailing": self._get_mailing_figures,
            "call": self._get_call_figures,
            "trade_show": self._get_show_figures,
            "mass_action": self._get_action_figures,
        }
        return prepare.get(self.operation_type, self._get_response_figures)()

    def _get_mailing_figures(self):
        sent, opened = self._count(self.sent_count), self._count(self.opened_count)
        return [
            (self.env._("Sent: %(sent)s", sent=sent), self.sent_count),
            (self.env._("Opened: %(opened)s", opened=opened), self.opened_count),
        ]

    def _get_call_figures(self):
        words = self.env._(
            "Reached: %(reached)s of %(calls)s",
            reached=self._count(self.call_reached_count),
            calls=self._count(self.call_count),
        )
        return [(words, self.call_count)]

    def _get_show_figures(self):
        words = self.env._(
            "Present: %(present)s of %(people)s",
            present=self._count(self.attendee_present_count),
            people=self._count(self.attendee_count),
        )
        return [(words, self.attendee_count)]

    def _get_action_figures(self):
        done, created = self.todo_done_count, self.todo_created_count
        words = self.env._(
            "Done: %(done)s of %(todos)s", done=self._count(done), todos=self._count(created)
        )
        leads = self._count(self.obtained_lead_count)
        return [
            (words, created),
            (self.env._("Leads: %(leads)s", leads=leads), self.obtained_lead_count),
        ]

    def _get_response_figures(self):
        responses = self._count(self.response_count)
        words = self.env._("Responses: %(responses)s", responses=responses)
        return [(words, self.response_count)]

    def _count(self, number):
        """Write a whole number as the user reads it."""
        return formatLang(self.env, number, digits=0)
