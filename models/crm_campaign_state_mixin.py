# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.exceptions import AccessError, UserError


class CrmCampaignStateMixin(models.AbstractModel):
    """A record whose ``state`` moves only along declared transitions.

    The model that inherits declares ``_state_transitions``, a dict of state -> states that may
    follow, and its first key is the state of a new record. Every write of ``state`` passes here,
    from a button, an import or a remote call alike.
    """

    _name = "crm.campaign.state.mixin"
    _description = "Campaign State Machine"

    _state_transitions = {}

    @api.model_create_multi
    def create(self, vals_list):
        initial = next(iter(self._state_transitions))
        if any(vals.get("state", initial) != initial for vals in vals_list):
            raise UserError(
                self.env._(
                    "A new record starts in state “%(state)s”.",
                    state=self._get_state_label(initial),
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals:
            if not self.env.su:
                raise AccessError(self.env._("The state changes by the buttons only."))
            self._assert_transition(vals["state"])
        return super().write(vals)

    @api.model
    def _get_state_label(self, state):
        """Return the label of a state in the user's language."""
        return dict(self._fields["state"]._description_selection(self.env)).get(state, state)

    def _can_become(self, state):
        """Tell whether every record of self may go to ``state``.

        :rtype: bool
        """
        return all(state in self._state_transitions[record.state] for record in self)

    def _move(self, state):
        """Go to ``state``; unlike a plain write, a record that is there already is refused.

        :raise UserError: a record may not go there from where it is
        """
        self.check_access("write")
        self._assert_transition(state, stay=False)
        # Superuser: a state is written here and by the jobs only; the right was checked just now.
        self.sudo().state = state

    def _assert_transition(self, state, stay=True):
        """Raise when a record may not go to ``state``.

        :param bool stay: allow a record that is in that state already
        :raise UserError: names the first record, its state and the one asked for
        """
        for record in self:
            if stay and record.state == state:
                continue
            if not record._can_become(state):
                raise UserError(
                    self.env._(
                        "“%(name)s” is in state “%(current)s”: it cannot go to “%(asked)s”.",
                        name=record.display_name,
                        current=self._get_state_label(record.state),
                        asked=self._get_state_label(state),
                    )
                )
