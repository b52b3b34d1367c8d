# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import time
from struct import iter_unpack

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# A person in what ``people`` holds, as PostgreSQL's int4send writes it.
PERSON = ">i"
PERSON_SIZE = 4
# Findings that are told apart, and people who are kept for each.
MOST_FINDINGS = 200
SAMPLE_SIZE = 500


class CrmCampaignOperationCheck(models.TransientModel):
    """The messages of a departure, all of them, made and looked at before anything leaves.

    The page calls ``check_next`` again and again; each call makes the messages of some batches and
    undoes them. Who would receive is worked out once, in the database. What is found is counted by
    kind, with a sample of the people. Nothing else is kept.
    """

    _inherit = "crm.campaign.operation.check"

    # How long one call works, so that the page shows how far it is.
    _call_seconds = 2

    channel = fields.Selection(related="operation_id.channel")
    people = fields.Binary(attachment=False, groups=fields.NO_ACCESS)
    check_total = fields.Integer(readonly=True)
    check_done = fields.Integer(readonly=True)
    check_seconds = fields.Float(readonly=True)
    is_check_started = fields.Boolean(readonly=True)
    # [{"kind", "detail", "count", "ids"}, ...]; count 0 = in the content, whoever gets it
    findings = fields.Json(readonly=True)

    # === ACTION METHODS === #

    def check_next(self):
        """Check some more messages; called by the page until all are checked.

        :return: ``done`` and ``total`` (messages), ``pace`` (messages a second) and ``findings``
            (see ``_describe_findings``)
        :rtype: dict
        :raise UserError: the operation lacks what a departure needs
        """
        self.ensure_one()
        self.check_access("write")
        start = time.monotonic()
        if not self.is_check_started:
            self._start_check()
        if self.check_done < self.check_total:
            self._check_until(start + self._call_seconds)
        self.check_seconds += time.monotonic() - start
        return self.read_check()

    def read_check(self):
        """Return what was found so far; takes and returns what ``check_next`` does."""
        self.ensure_one()
        return {
            "done": self.check_done,
            "total": self.check_total,
            "pace": round(self.check_done / self.check_seconds) if self.check_seconds else 0,
            "findings": self._describe_findings(),
            "started": self.is_check_started,
        }

    def restart_check(self):
        """Check again from the beginning, e.g. after the template was changed."""
        self.ensure_one()
        self.write({"is_check_started": False, "check_done": 0, "check_seconds": 0})
        return self.check_next()

    def action_view_finding(self, index):
        """Open the people of a finding, the first ones when there are many.

        :param int index: place of the finding in ``findings``
        :rtype: dict
        """
        self.ensure_one()
        finding = self.findings[index]
        label = self._get_kinds()[finding["kind"]][1]
        return {
            "type": "ir.actions.act_window",
            "name": " · ".join(filter(None, [label, finding["detail"]])),
            "res_model": self.operation_id.target_id.res_model,
            "view_mode": "list,form",
            "views": [[False, "list"], [False, "form"]],
            "domain": [("id", "in", finding["ids"])],
            "context": {"active_test": False, "create": False},
        }

    # === BUSINESS METHODS - CHECK === #

    def _start_check(self):
        """Work out who would receive, and look at the content itself."""
        operation = self.operation_id
        execution = operation._get_departure_execution()
        if not operation.template_id:
            raise UserError(self.env._("Choose a template first."))
        self.flush_recordset()
        ((size,),) = self.env.execute_query(
            SQL(
                "UPDATE crm_campaign_operation_check SET people = (%s) WHERE id = %s"
                " RETURNING COALESCE(length(people), 0)",
                execution._get_included_sql(),
                self.id,
            )
        )
        self.is_check_started = True
        self.check_total = size // PERSON_SIZE
        self.findings = [
            self._new_finding(kind, detail)
            for kind, detail in execution._get_channel()._inspect_content(execution)
        ][:MOST_FINDINGS]

    def _check_until(self, deadline):
        """Make and undo messages, batch after batch.

        :param float deadline: moment of ``time.monotonic`` after which no other batch begins
        """
        operation = self.operation_id
        operation._assert_may_dispatch()
        tally = {(row["kind"], row["detail"]): dict(row) for row in self.findings or []}
        vals = {**operation._prepare_execution_vals(), "operation_id": operation.id}
        try:
            operation._assert_filled_in()
            with self.env["crm.campaign.execution"]._lend(vals) as execution:
                execution._get_channel()._prepare_execution(execution)
                # Superuser: as for departures; the template is checked, not shown.
                translations = execution.template_id.sudo().translation_ids
                execution._freeze_translations(translations.mapped("language"))
                done = self._check_batches(execution, tally, deadline)
        except UserError as error:
            # Not one message can be made.
            tally["blocked", ""] = self._new_finding("blocked", str(error))
            done = self.check_total
        self.write({"check_done": done, "findings": list(tally.values())})

    def _check_batches(self, execution, tally, deadline):
        """Make and undo the messages of at least one batch.

        :param execution: lent execution with its content
        :param dict tally: (kind, detail) -> finding; changed
        :return: how many messages are checked now
        :rtype: int
        """
        done, late = self.check_done, False
        while done < self.check_total and not late:
            person_ids = self._get_person_ids(done, execution._get_channel()._check_batch_size)
            for person_id, kind, detail in execution._inspect_people(person_ids):
                self._count(tally, kind, detail, person_id)
            done += len(person_ids)
            late = time.monotonic() > deadline
        return done

    def _get_person_ids(self, start, count):
        """Return some of the people who would receive.

        :param int start: how many are skipped
        :rtype: list[int]
        """
        ((people,),) = self.env.execute_query(
            SQL(
                "SELECT substring(people FROM %s FOR %s) FROM crm_campaign_operation_check"
                " WHERE id = %s",
                start * PERSON_SIZE + 1,
                count * PERSON_SIZE,
                self.id,
            )
        )
        return [person_id for (person_id,) in iter_unpack(PERSON, bytes(people))]

    @api.model
    def _new_finding(self, kind, detail):
        return {"kind": kind, "detail": detail, "count": 0, "ids": []}

    @api.model
    def _count(self, tally, kind, detail, person_id):
        """Count a finding; when there are too many different ones, the rest counts together.

        :param dict tally: (kind, detail) -> finding; changed
        """
        key = (kind, detail)
        if key not in tally and len(tally) >= MOST_FINDINGS:
            key = (kind, "…")
        finding = tally.setdefault(key, self._new_finding(*key))
        finding["count"] += 1
        if len(finding["ids"]) < SAMPLE_SIZE:
            finding["ids"].append(person_id)

    # === BUSINESS METHODS - WORDS === #

    @api.model
    def _get_kinds(self):
        """Give what may be found. Extended by integrators whose channels find something else.

        :return: kind -> level (``danger``, ``warning`` or ``info``) and label, worst first
        :rtype: dict[str, tuple[str, str]]
        """
        return {
            "blocked": ("danger", self.env._("Nothing can be sent")),
            "error": ("danger", self.env._("Cannot be made")),
            "no_subject": ("danger", self.env._("There is no subject")),
            "empty_subject": ("danger", self.env._("The subject is empty")),
            "empty_text": ("danger", self.env._("The text is empty")),
            "empty_field": ("warning", self.env._("Merge field without value nor fallback")),
            "bad_link": ("warning", self.env._("Link that leads nowhere")),
            "long_sms": ("warning", self.env._("More SMS than the text alone")),
            "bare_image": ("warning", self.env._("Image without alternative text")),
            "fallback": ("info", self.env._("Merge field without value: its fallback stands in")),
            "long_letter": ("info", self.env._("Letter of several pages")),
            "no_way_out": ("info", self.env._("The link to unsubscribe is added at the foot")),
        }

    def _describe_findings(self):
        """Put what was found in words, worst first, and most frequent first.

        :return: ``[{"index", "kind", "level", "label", "detail", "count", "person"}, …]``
        :rtype: list[dict]
        """
        kinds = self._get_kinds()
        order = list(kinds)
        rows = [
            {
                "index": index,
                "kind": finding["kind"],
                "level": kinds[finding["kind"]][0],
                "label": kinds[finding["kind"]][1],
                "detail": finding["detail"],
                "count": finding["count"],
                "person": self._name_first(finding),
            }
            for index, finding in enumerate(self.findings or [])
        ]
        return sorted(rows, key=lambda row: (order.index(row["kind"]), -row["count"]))

    def _name_first(self, finding):
        """Name the first person of an error, whose message says what is wrong with them."""
        if finding["kind"] != "error" or not finding["ids"]:
            return ""
        people = self.operation_id.target_id._get_people(self.env.user)
        return people.browse(finding["ids"][0]).exists().display_name or ""
