# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.language import choose_language, get_family

_logger = logging.getLogger(__name__)


class CrmCampaignTaskEvent(models.Model):
    """Something that happened, of which a task is to tell somebody within a minute.

    Inserted in the transaction in which it happens, so that it is told if and only if it did; taken
    by the next run of the task, which makes recipients of it and deletes it. What messages say of
    it is put in words at once, in the language of the person: it may be deleted right after.
    """

    _name = "crm.campaign.task.event"
    _description = "Event of an Automatic Task"
    _log_access = False

    task_id = fields.Many2one("crm.campaign.task", required=True, ondelete="cascade")
    # The record of the target's model, and what happened to whom
    person_id = fields.Integer(required=True)
    source_id = fields.Integer(required=True)
    texts = fields.Json()
    is_visible = fields.Boolean(help="The responsible may see what it is about.")
    moment = fields.Datetime(required=True)
    execution_id = fields.Integer()

    _task_idx = models.Index("(task_id) WHERE execution_id IS NULL")
    _execution_idx = models.Index("(execution_id) WHERE execution_id IS NOT NULL")


class CrmCampaignTask(models.Model):
    """Events: noted when they happen, run within a minute."""

    _inherit = "crm.campaign.task"

    # === BUSINESS METHODS === #

    def _note_event(self, records):
        """Note that something happened to records; called by the task's automation rules.

        :param records: records of the model that the type is about
        """
        # Superuser: whoever makes something happen need not know of the tasks that follow.
        task = self.sudo().exists()
        if not task.enabled or not records:
            return
        try:
            with self.env.cr.savepoint():
                task._queue(records.sudo().filtered_domain(task.type_id._get_source_domain()))
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - nobody's work fails because of a task
            _logger.warning("Automatic task %s cannot note an event", task.id, exc_info=True)
            task._tell_owner(self.env._("An event was not noted"), str(error))

    @api.model
    def _fire(self, code, people, texts=None):
        """Have the tasks of a type concern people now. To be called by other addons.

        :param str code: XML id of a type with trigger ``code``, such as
            ``crm_campaign.crm_campaign_task_type_signature_code``
        :param people: records of the type's kind
        :param dict | None texts: slot (``const.ABOUT_SLOTS``) -> text for the messages
        """
        task_type = self.env.ref(code)
        tasks = self.sudo().search([("type_id", "=", task_type.id), ("enabled", "=", True)])
        for task in tasks:
            task._queue(people.sudo(), texts or {})

    def _filter_company(self, records):
        """Keep the records of the task's company, and those of none."""
        path = self.type_id._get_company_path(records)
        if not path:
            return records
        return records.filtered(lambda record: record.mapped(path) <= self.company_id)

    def _queue(self, records, texts=None):
        """Insert what happened to records of the task's company, and wake the jobs.

        :param dict | None texts: what messages say; None = what the type says of each record
        """
        self.ensure_one()
        now = fields.Datetime.now()
        records = self._filter_company(records)
        if not self._is_open(self._get_day(now)):
            return
        seen = self._get_seen(records)
        visible = set(seen.ids)
        vals_list = [
            {
                "task_id": self.id,
                "person_id": person.id,
                "source_id": record.id,
                "texts": self._tell(record, person) if texts is None else texts,
                "is_visible": record.id in visible,
                "moment": now,
            }
            for record in records
            for person in self.type_id._get_people(record)
        ]
        if vals_list:
            self.env["crm.campaign.task.event"].sudo().create(vals_list)
            self._trigger_job()

    def _tell(self, record, person):
        """Put in words what messages say of a record, in the language that the person gets.

        :rtype: dict[str, str]
        """
        partner = person if person._name == "res.partner" else person.mapped("partner_id")[:1]
        main = self._get_main_language(partner)
        languages = self.template_id.translation_ids.mapped("language")
        lang = choose_language(partner.lang or main, languages, main) or main
        seen = self._get_seen(record)
        return self.type_id.slot_ids._get_texts(seen.with_context(lang=lang), self.tz)

    def _get_seen(self, records):
        """Return the records that the responsible may read, with their rights."""
        seen = records.with_user(self.user_id)
        if self.company_id not in self.user_id.company_ids:
            return seen.browse()
        return seen.with_context(allowed_company_ids=self.company_id.ids)._filtered_access("read")

    def _get_main_language(self, partner):
        """Return the language of the template's own text, as far as it is known.

        It counts as the company's, unless a pre-written text says in which it is written.

        :rtype: str
        """
        family = self.template_id.written_in
        main = self.company_id.partner_id.lang or self.env.lang
        installed = (code for code, _name in self.env["res.lang"].get_installed())
        codes = (main, partner.lang, *installed)
        return next((code for code in codes if code and get_family(code) == family), main)

    def _count_events(self):
        """Count the events that wait for a run.

        :rtype: int
        """
        waiting = [("task_id", "=", self.id), ("execution_id", "=", False)]
        return self.env["crm.campaign.task.event"].search_count(waiting)

    def _take_events(self, execution):
        """Hand the events that wait over to a run."""
        self.env["crm.campaign.task.event"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_task_event SET execution_id = %s"
                " WHERE task_id = %s AND execution_id IS NULL",
                execution.id,
                self.id,
            )
        )

    def _forget_events(self, execution=None):
        """Delete the events of a run, or those that wait."""
        self.env["crm.campaign.task.event"].flush_model()
        condition = (
            SQL("execution_id = %s", execution.id)
            if execution
            else SQL("task_id IN %s AND execution_id IS NULL", tuple(self.ids) or (0,))
        )
        self.env.cr.execute(SQL("DELETE FROM crm_campaign_task_event WHERE %s", condition))
        self.env["crm.campaign.task.event"].invalidate_model()

    @api.model
    def _trigger_job(self):
        """Wake the jobs that run tasks, also those awake: they may have looked already.

        Once a transaction, however much happens in it.
        """
        if self.env.cr.precommit.data.get("crm_campaign_tasks_woken"):
            return
        self.env.cr.precommit.data["crm_campaign_tasks_woken"] = True
        # Superuser: who makes something happen has no right on scheduled jobs.
        crons = self.env["ir.cron"].sudo()
        crons = crons.search(
            [("model_id.model", "=", self._name), ("code", "=", "model._cron_run()")]
        )
        for cron in crons:
            cron._trigger()
