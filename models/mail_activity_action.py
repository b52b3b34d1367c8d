# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models

# What the follow-up shows of an activity.
FOLLOWED = {"user_id", "date_deadline", "summary", "note", "activity_type_id", "feedback"}
# A record that was merged into another one.
FOLLOWED |= {"res_id"}


class MailActivity(models.Model):
    """A to-do that a mass action made: its news go to the follow-up, in a statement a batch."""

    _inherit = "mail.activity"

    campaign_todo_id = fields.Many2one(
        "crm.campaign.action.todo", string="Mass Action", readonly=True, ondelete="set null"
    )

    # One activity a row, whoever puts it up again.
    _campaign_todo_uniq = models.UniqueIndex(
        "(campaign_todo_id) WHERE campaign_todo_id IS NOT NULL",
        "A to-do of a mass action is put up once.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS mail — done, reopened, or changed
        done = super().write(vals)
        if "active" in vals or FOLLOWED & set(vals):
            # Superuser: colleagues have no right on the follow-up of their to-dos.
            todos = self.sudo().campaign_todo_id
            if todos and FOLLOWED & set(vals):
                todos._follow_activities()
            if todos and "active" in vals:
                todos = todos.with_user(self.env.uid).sudo()
                todos._mark_open() if vals["active"] else todos._mark_done()
        return done

    def unlink(self):
        # EXTENDS mail — cancelled; what was suspended or done is no longer open there
        todos = self.sudo().campaign_todo_id
        done = super().unlink()
        todos._mark_cancelled()
        return done
