# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models

# What happens -> triggers of the host's automation rules, one rule each.
TRIGGERS = {
    "create": ("on_create",),
    "set": ("on_create_or_write",),
    "archive": ("on_archive", "on_unlink"),
}


class CrmCampaignTask(models.Model):
    """Events come through automation rules of the host, which a task keeps in step with itself."""

    _inherit = "crm.campaign.task"

    automation_ids = fields.One2many(
        "base.automation", "campaign_task_id", string="Automation Rules"
    )

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS crm_campaign — the rules follow
        done = super().write(vals)
        if {"enabled", "active", "type_id", "stage_id", "name"} & set(vals):
            self._sync_automations()
        return done

    def unlink(self):
        # EXTENDS base — the rules go too, and with them what they patched
        self._drop_automations()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _sync_automations(self):
        """Make the automation rules anew that tasks need, and no other."""
        self._drop_automations()
        vals_list = [
            vals
            for task in self.sudo()
            if task.enabled and task.active and task.trigger == "event"
            for vals in task._prepare_automation_vals_list()
        ]
        if vals_list:
            # Superuser: rules that only note which event concerns which task.
            Automation = self.env["base.automation"].sudo()
            Automation.with_context(crm_campaign_task_sync=True).create(vals_list)

    def _drop_automations(self):
        """Delete the automation rules of tasks."""
        rules = self.sudo().with_context(active_test=False).automation_ids
        if rules:
            rules = rules.with_context(crm_campaign_task_sync=True)
            actions = rules.action_server_ids
            rules.unlink()
            actions.exists().unlink()

    def _prepare_automation_vals_list(self):
        """Prepare the automation rules that note the events of a task.

        :rtype: list[dict]
        """
        self.ensure_one()
        task_type = self.type_id
        model = self.env["ir.model"]._get(task_type._get_source_model())
        common = {
            "name": self.env._("Automatic task: %s", self.name),
            "model_id": model.id,
            "campaign_task_id": self.id,
        }
        return [
            {
                **common,
                "trigger": trigger,
                "action_server_ids": [(0, 0, self._prepare_action_vals(model))],
                **self._prepare_condition_vals(trigger, model),
            }
            for trigger in self._get_triggers()
        ]

    def _get_triggers(self):
        """Return the triggers of the automation rules of a task.

        :rtype: tuple[str]
        """
        if self.type_id.event == "set" and self.type_id.event_from:
            # What is created with the value never had the other one.
            return ("on_write",)
        return TRIGGERS[self.type_id.event]

    def _prepare_condition_vals(self, trigger, model):
        """Prepare when a rule applies.

        :param str trigger: trigger of the rule
        :param model: the record of the model in ``ir.model``
        :rtype: dict
        """
        if self.type_id.event == "set":
            return self._prepare_change_vals(model)
        if trigger == "on_unlink" and "active" in self.env[model.model]:
            # What was archived is deleted: it was told then.
            return {"filter_domain": repr([("active", "=", True)])}
        return {}

    def _prepare_change_vals(self, model):
        """Prepare what a rule needs to see that a field takes a value.

        :param model: the record of the model in ``ir.model``
        :rtype: dict
        """
        name = self.type_id.event_field
        value = self.stage_id.id if self.needs_stage else self.type_id.event_value
        origin = self.type_id.event_from
        before = (name, "=", origin) if origin else (name, "!=", value)
        field = self.env["ir.model.fields"]._get(model.model, name)
        return {
            "trigger_field_ids": [(6, 0, field.ids)],
            "filter_pre_domain": repr([before]),
            "filter_domain": repr([(name, "=", value)]),
        }

    def _prepare_action_vals(self, model):
        """Prepare what a rule does.

        :param model: the record of the model in ``ir.model``
        :rtype: dict
        """
        return {
            "name": self.env._("Automatic task: %s", self.name),
            "model_id": model.id,
            "state": "code",
            "usage": "base_automation",
            "code": f'env["crm.campaign.task"].browse({self.id})._note_event(records)',
        }
