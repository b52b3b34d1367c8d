# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# States in which a proof is waiting for approval, or was approved.
PROOF_STATES = ("proof", "ready")


class CrmCampaignOperation(models.Model):
    """The proof: a rendered sample that somebody approves before anything leaves.

    An approval is of a content and of a definition of who: it holds a digest of both. Whoever
    changes one of them afterwards, here, in the template or in the target, voids it.
    """

    _inherit = "crm.campaign.operation"

    needs_proof = fields.Boolean(
        string="Proof Required",
        default=lambda self: self.env.company.campaign_needs_proof,
        tracking=True,
        help="A sample must be approved before the operation may leave.",
    )
    approver_id = fields.Many2one(
        "res.users",
        domain=[("share", "=", False)],
        tracking=True,
        help="Who approves the proof. Empty: any marketing manager.",
    )
    may_approve = fields.Boolean(compute="_compute_may_approve")
    is_proof_valid = fields.Boolean(compute="_compute_is_proof_valid")
    proof_about = fields.Char(string="Sample For", readonly=True, copy=False)
    proof_subject = fields.Char(readonly=True, copy=False)
    proof_body = fields.Html(readonly=True, copy=False, sanitize=False)
    proof_file = fields.Binary(readonly=True, copy=False)
    proof_file_name = fields.Char(readonly=True, copy=False, export_string_translation=False)
    proof_user_id = fields.Many2one(
        "res.users", string="Approved By", readonly=True, copy=False, tracking=True
    )
    proof_date = fields.Datetime(string="Approved On", readonly=True, copy=False)
    proof_digest = fields.Char(readonly=True, copy=False, export_string_translation=False)

    # === COMPUTE METHODS === #

    @api.depends("approver_id", "state")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        is_manager = self.env.user.has_group("crm_campaign.crm_campaign_group_manager")
        for operation in self:
            operation.may_approve = operation.state == "proof" and (
                operation.approver_id == self.env.user if operation.approver_id else is_manager
            )

    @api.depends("proof_digest", "needs_proof", "state")
    def _compute_is_proof_valid(self):
        for operation in self:
            operation.is_proof_valid = bool(operation.proof_digest) and (
                operation.proof_digest == operation._get_proof_digest()
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        operations = super().create(vals_list)
        for operation, vals in zip(operations, vals_list, strict=True):
            operation._assert_may_choose_proof(vals)
        return operations

    def write(self, vals):
        for operation in self:
            operation._assert_may_choose_proof(vals)
        done = super().write(vals)
        if self._get_frozen_fields() & set(vals):
            self._void_changed_proofs()
        return done

    # === ACTION METHODS === #

    def action_request_proof(self):
        """Make the sample and ask for its approval."""
        for operation in self:
            operation._assert_may_dispatch()
            if operation.state == "draft":
                operation._move("to_test")
            operation._assert_complete()
            operation._move("proofing")
            operation._make_proof()
            operation._move("proof")
            operation._ask_approval()

    def action_approve_proof(self):
        """Approve the sample: the operation may leave, as long as nothing of it changes."""
        for operation in self:
            operation._assert_may_approve()
            operation.sudo().write(
                {
                    "proof_digest": operation._get_proof_digest(),
                    "proof_user_id": self.env.uid,
                    "proof_date": fields.Datetime.now(),
                }
            )
            operation.sudo().state = "ready"
            operation.sudo().activity_feedback(["mail.mail_activity_data_todo"])
            operation._message_log(body=self.env._("Proof approved."))

    def action_refuse_proof(self):
        """Send the operation back to preparation; the assistant asks why."""
        self.ensure_one()
        self._assert_may_approve()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse the Proof"),
            "res_model": "crm.campaign.operation.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_operation_id": self.id},
        }

    def action_ready(self):
        # EXTENDS crm_campaign — a proof that is required cannot be passed by
        for operation in self.filtered("needs_proof"):
            raise UserError(
                self.env._("“%s” needs the approval of a proof before it is ready.", operation.name)
            )
        return super().action_ready()

    # === BUSINESS METHODS === #

    def _assert_complete(self):
        # EXTENDS crm_campaign — what leaves is what was approved
        done = super()._assert_complete()
        if self.needs_proof and self.state in ("ready", "running") and not self.is_proof_valid:
            raise UserError(
                self.env._(
                    "“%s” was changed since its proof was approved: ask for a new proof.", self.name
                )
            )
        return done

    def _assert_may_choose_proof(self, vals):
        """Refuse that users free themselves from an approval, or give it to whom they like.

        :raise AccessError: the user is no marketing manager
        """
        group = "crm_campaign.crm_campaign_group_manager"
        if self.env.su or self.env.user.has_group(group):
            return
        if not vals.get("needs_proof", True) and self.company_id.campaign_needs_proof:
            raise AccessError(
                self.env._("Only a marketing manager may let an operation leave without a proof.")
            )
        approver = self.env["res.users"].browse(vals.get("approver_id"))
        if approver and not approver.has_group(group):
            raise AccessError(self.env._("Choose a marketing manager as the approver."))

    def _assert_may_approve(self):
        """Check that the user is the one who approves.

        :raise AccessError: somebody else does
        """
        self.check_access("read")
        if self.state != "proof":
            raise UserError(self.env._("No proof of “%s” awaits approval.", self.name))
        if not self.may_approve:
            raise AccessError(
                self.env._(
                    "The proof of “%(name)s” is approved by %(user)s.",
                    name=self.name,
                    user=self.approver_id.name or self.env._("a marketing manager"),
                )
            )

    def _make_proof(self):
        """Render the message for the first person who would receive it; nothing else is kept.

        :raise UserError: nobody would receive anything
        """
        self.ensure_one()
        # Superuser: executions are made by departures only; this one is undone at once.
        vals = {**self._prepare_execution_vals(), "operation_id": self.id}
        savepoint = self.env.cr.savepoint()
        try:
            execution = self.env["crm.campaign.execution"].sudo().create(vals)
            recipient = execution._freeze_sample()
            if not recipient:
                raise UserError(self.env._("Nobody would receive “%s” now.", self.name))
            sample = self._get_channel()._render_sample(execution, recipient)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        self.sudo().write(
            {
                "proof_about": sample["about"],
                "proof_subject": sample["subject"],
                "proof_body": sample["body"],
                "proof_file": base64.b64encode(sample.get("file", b"")),
                "proof_file_name": sample.get("file_name"),
                "proof_user_id": False,
                "proof_date": False,
                "proof_digest": False,
            }
        )

    def _ask_approval(self):
        """Tell who approves that a proof is there; without a named approver, managers see it."""
        if self.approver_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.approver_id.id,
                summary=self.env._("Approve the proof"),
            )

    def _refuse_proof(self, reason):
        """Send the operation back to preparation.

        :param str reason: why, for whoever prepared it
        """
        self._assert_may_approve()
        self.sudo().state = "to_test"
        self.sudo().activity_feedback(["mail.mail_activity_data_todo"])
        self._message_log(body=self.env._("Proof refused: %s", reason))
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.user_id.id,
            summary=self.env._("Proof refused"),
            note=reason,
        )

    def _get_proof_digest(self):
        """Return a digest of what a proof stands for: the content, who sends it and to whom.

        :rtype: str
        """
        self.ensure_one()
        # Superuser: the digest says nothing; targets and templates may be hidden from who looks.
        operation = self.sudo().with_context(bin_size=False)
        template = operation.template_id
        parts = [
            operation.channel,
            operation.purpose_id.id,
            operation.email_from,
            operation.reply_to,
            operation.generic_title,
            operation.address_rule,
            template.id,
            *(str(template[name] or "") for name in template._get_content_fields()),
            operation.target_id._get_definition() if operation.target_id else None,
        ]
        return sha256(repr(parts).encode()).hexdigest()

    @api.model
    def _void_all_changed_proofs(self):
        """Void the approvals of what a template or a target that was just changed belongs to.

        Superuser: whoever may change them voids the approvals of others too.
        """
        self.sudo().search(
            [("state", "in", PROOF_STATES), ("needs_proof", "=", True)]
        )._void_changed_proofs()

    def _void_changed_proofs(self):
        """Send operations back to preparation whose content or target is not what was approved."""
        for operation in self.sudo().filtered(
            lambda op: op.needs_proof and op.state in PROOF_STATES and op.proof_digest
        ):
            if operation._get_proof_digest() != operation.proof_digest:
                operation.proof_digest = False
                operation.state = "to_test"
                operation._message_log(
                    body=self.env._("Changed after the approval of its proof: ask for a new one.")
                )
