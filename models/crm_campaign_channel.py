# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models

from ..allowance import Limit


class CrmCampaignChannel(models.AbstractModel):
    """The contract of a channel. One AbstractModel ``crm.campaign.channel.<code>`` per channel.

    An integrator adds a channel with a ``selection_add`` on the field ``channel`` of operation,
    execution and template, and one model that inherits this one; nothing else knows channels.
    Called in this order: ``_check_departure``, ``_address_sql`` and ``_eligibility_sql``
    (freezing), ``_prepare_execution`` (once), ``_prepare_translation`` (once a language), then for
    each claimed batch ``_prepare_batch`` and ``_deliver``, ``_finish_execution`` (once), and
    ``_retry`` when a user asks for it.
    """

    _name = "crm.campaign.channel"
    _description = "Campaign Channel"

    # Column of crm.campaign.recipient that holds the address of this channel.
    _address_column = None
    # Fields of crm.campaign.operation that a departure by this channel needs.
    _departure_fields = ()
    # Which templates it takes: a value of ``channel`` of templates. None = those of its own code,
    # False = it takes none.
    _template_channel = None
    # Way of contact for which consent is asked (const.CONSENT_CHANNELS); None = none is asked.
    _consent_channel = None
    # Recipients claimed at a time; suspending takes effect after at most one such batch. None = as
    # many as the execution says.
    _batch_size = None
    # Whether what was interrupted may be delivered again without asking anybody, because nothing
    # leaves this database. No recipient's fate is ever unknown then.
    _repeatable = False
    # State in which those who are in wait: "pending" rows are taken by the senders.
    _waiting_state = "pending"
    # Whether something must be wrong with the channel when nobody at all was reached.
    _fails_as_a_whole = True
    # Whether it can be known that a message was opened.
    _knows_openings = False
    # Whether people are written to or called: what counts when somebody is contacted too often.
    _reaches_people = True
    # Whether each recipient gets the translation of the template in their language.
    _is_multilingual = False

    @api.model
    def _get_template_channel(self):
        """Return which templates the channel takes, as a value of ``channel`` of templates.

        :return: False = it takes none
        :rtype: str | bool
        """
        if self._template_channel is None:
            return self._name.removeprefix("crm.campaign.channel.")
        return self._template_channel

    @api.model
    def _get_words(self):
        """Name what happens in a run of the channel, for its form. Extended by integrators.

        :return: ``way`` (title of the figures from the target on), ``pending``, ``sent`` (names
            of two figures) and ``back`` (title of what came back; empty = nothing does)
        :rtype: dict[str, str]
        """
        return {
            "way": self.env._("From the Target to the Inbox"),
            "pending": self.env._("To Send"),
            "sent": self.env._("Sends"),
            "back": self.env._("What Came Back"),
        }

    @api.model
    def _check_departure(self, operation):
        """Check, while the user waits, that the channel can deliver the operation.

        :param operation: record to depart, complete otherwise
        :raise UserError: what is missing, in the user's language
        """

    @api.model
    def _address_sql(self, query, People):
        """Give the address that freezing copies.

        :param odoo.tools.query.Query query: query over the targeted people; joins may be added
        :param People: empty recordset of the model that the query reads
        :return: SQL expression over the query; NULL = no address. Equal addresses are duplicates,
            so it must be normalised.
        :rtype: odoo.tools.SQL
        """
        raise NotImplementedError

    @api.model
    def _addressee_sql(self, query, People):
        """Tell apart the people who share an address and may all be written to there.

        :param odoo.tools.query.Query query: query over the targeted people; joins may be added
        :param People: empty recordset of the model that the query reads
        :return: SQL expression over the query; None = an address is written to once
        :rtype: odoo.tools.SQL | None
        """
        return

    @api.model
    def _eligibility_sql(self, execution, query, address):
        """Give the channel's own reasons to leave a person out.

        Evaluated at freezing and again when each message leaves.

        :param execution: the execution
        :param odoo.tools.query.Query query: query over the people; joins may be added
        :param odoo.tools.SQL address: address, as ``_address_sql`` gives it or as it was frozen
        :return: pairs of an exclusion reason (a value of ``exclusion`` of recipients) and the SQL
            condition of it; the order does not matter; may be empty
        :rtype: list[tuple[str, odoo.tools.SQL]]
        """
        return []

    @api.model
    def _prepare_execution(self, execution):
        """Freeze the content, once, right after the recipients: nothing is sent yet.

        :raise UserError: the content cannot be sent at all; the departure is undone
        """

    @api.model
    def _prepare_translation(self, execution, template):
        """Prepare what is frozen of one translation of the template, by multilingual channels.

        :param template: the translation; its ``language`` is the one of some recipients
        :return: what of the content of an execution is another one; see ``_get_content``
        :rtype: dict[str, str]
        """
        return {}

    @api.model
    def _render_sample(self, execution, recipient):
        """Render what one recipient would get, for a proof; nothing is kept nor sent.

        :return: ``{"about": who it is for, "subject": text, "body": HTML}``, and where the result
            is a document rather than a page ``"file": bytes`` and ``"file_name"``
        :rtype: dict[str, str | bytes]
        """
        raise NotImplementedError

    @api.model
    def _prepare_batch(self, execution, recipients):
        """Make ready what will be handed over for a claimed batch.

        Committed by the caller before the first message leaves. One recipient that cannot be
        prepared never blocks the others: its payload says so, and ``_deliver`` reports it failed.

        :param recipients: claimed rows, in order
        :return: recipient id -> payload for ``_deliver``, in the order of ``recipients``
        :rtype: dict[int, object]
        """
        raise NotImplementedError

    @api.model
    def _count_parts(self, payloads):
        """Count the parts of the messages of a batch, on channels that cost by the part.

        :param dict payloads: as ``_prepare_batch`` returned it
        :return: recipient id -> parts, noted on the recipient when its message is taken in hand
        :rtype: dict[int, int]
        """
        return {}

    @api.model
    def _deliver(self, execution, payloads):
        """Hand the messages over, lazily.

        A generator: each outcome is journaled before the next one is drawn, so a message may be
        handed over only when its outcome is asked for, and in the order of ``payloads``.

        :param dict payloads: as ``_prepare_batch`` returned it
        :return: iterator of ``(recipient id, state, reason)``; state is ``sent``, ``delivered``,
            ``failed``, ``deferred`` (refused for now: tried again later, until it failed) or
            ``unknown`` (handed over, but the answer was lost); reason is a text for the user or
            None
        :rtype: Iterator[tuple[int, str, str | None]]
        :raise ChannelUnavailable: nothing can be delivered for now, and no message is in the hands
            of the other side; what was not reported goes back to the queue
        """
        raise NotImplementedError

    @api.model
    def _get_limits(self, execution):
        """Give the limits on messages per hour that hold for an execution.

        :return: limits (see ``allowance.py``); may be empty
        :rtype: list[Limit]
        """
        operation = execution.operation_id
        if self._repeatable or operation.hourly_limit <= 0:
            return []
        return [Limit("operation_id", operation.id, operation.hourly_limit)]

    @api.model
    def _finish_execution(self, execution):
        """Tidy up when every recipient has its fate; may run again after a retry."""

    @api.model
    def _retry(self, recipients):
        """Put failed recipients back in the queue.

        :param recipients: failed rows of one execution; may be empty
        """
        recipients._requeue_failed()
