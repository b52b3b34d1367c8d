# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import SUPERUSER_ID, api, fields, models


class CrmCampaignTargetImport(models.Model):
    """Big files: a job handles them and tells their authors; and what is deleted in the end."""

    _inherit = "crm.campaign.target.import"

    # A job that was killed so often while it handled a file never will finish it
    _max_attempts = 3

    # === BUSINESS METHODS === #

    @api.model
    def _cron_import(self):
        """Handle the files that wait, oldest first; a broken one never holds up the others."""
        Cron = self.env["ir.cron"]
        waiting = self.search([("state", "=", "queued")], order="id")
        Cron._commit_progress(remaining=len(waiting))
        for import_id in waiting.ids:
            if self.browse(import_id)._begin_attempt():
                record = self.browse(import_id).try_lock_for_update()
                if record.state == "queued":
                    record._with_author_rights()._process()
            if not Cron._commit_progress(1):
                break

    def _begin_attempt(self):
        """Note that the job takes the file in hand, so that it is known should the job be killed.

        :rtype: bool
        """
        if self.try_lock_for_update().state != "queued":
            return False
        self.attempt_count += 1
        if self.attempt_count > self._max_attempts:
            author = self._with_author_rights()
            author._fail(author.env._("The job was interrupted each time: try a smaller file."))
            author._notify_author()
            return False
        self.env["ir.cron"]._commit_progress()
        return True

    def _with_author_rights(self):
        """Return self as its author sees it, in the company and the language of the import."""
        context = self.env["res.users"].with_user(self.user_id).context_get()
        return self.with_user(self.user_id).with_context(
            **context, allowed_company_ids=self.company_id.ids
        )

    def _notify_author(self):
        """Tell the author that the job is done with the file: now on the screen, and by message."""
        # Superuser: authors who lost their rights meanwhile are told so. The message comes from
        # the system, so that its reader gets it; it tells an author about the author's own file.
        record = self.with_user(SUPERUSER_ID)
        failed = record.state == "failed"
        summary = record._get_summary()
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "danger" if failed else "success",
                "title": record.target_id.name,
                "message": summary,
                "sticky": failed,
            },
        )
        record.target_id.with_context(mail_notify_force_send=False).message_post(
            body=summary,
            partner_ids=self.env.user.partner_id.ids,
        )

    def _get_summary(self):
        """Put in one sentence what became of the file."""
        if self.state == "failed":
            return self.env._(
                "“%(file)s” was not imported: %(error)s",
                file=self.file_name or "",
                error=self.error_message,
            )
        return self.env._(
            "“%(file)s” was imported: %(matched)s recognised, %(created)s created, %(ambiguous)s "
            "ambiguous, %(rejected)s rejected, %(duplicate)s repeated.",
            file=self.file_name or "",
            matched=self.matched_count,
            created=self.created_count,
            ambiguous=self.ambiguous_count,
            rejected=self.rejected_count,
            duplicate=self.duplicate_count,
        )

    @api.autovacuum
    def _gc_files(self):
        """Delete old files: they hold personal data, and the target has what it needs of them."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=self._retention_days)
        old = self.search([("create_date", "<", limit), ("file", "!=", False)], limit=100)
        old.write({"file": False})
        return len(old), len(old) == 100
