# Part of crm_campaign. See LICENSE file for full copyright and licensing details.


class ChannelUnavailable(Exception):
    """The channel cannot deliver anything for now (server down, no route, no paper).

    Raised by ``_deliver`` of a channel only while no message is in the hands of the other side:
    the rows not yet reported go back to the queue and the execution stops with this message,
    which is shown to the user and must therefore be translated.
    """


class TooManyFailures(ChannelUnavailable):
    """So many messages in a row failed for the same cause that the operation is suspended."""


class TurnedAway(ChannelUnavailable):
    """The other side closed the session while it was offered a message, and said why.

    Some servers say so of one recipient: on a new session the others may well be taken.
    """
