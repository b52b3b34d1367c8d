# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCampaignTarget(models.Model):
    """Set operations: a target made of other targets of the same kind, at any depth.

    Its domain is composed from theirs, so the database evaluates the whole in one pass and record
    rules hold once for all. Members are definitions too: what they give is looked up at each use.
    """

    _inherit = "crm.campaign.target"

    mode = fields.Selection(
        selection_add=[("set", "Set Operation")], ondelete={"set": "cascade"}, tracking=True
    )
    set_operator = fields.Selection(
        [
            ("union", "Union: in one of them"),
            ("intersection", "Intersection: in all of them"),
            ("difference", "Difference: in the first, in none of the others"),
        ],
        string="Operation",
        default="union",
        tracking=True,
    )
    set_first_id = fields.Many2one(
        "crm.campaign.target",
        string="First Target",
        ondelete="restrict",
        index="btree_not_null",
        help="The target from which the others are taken away.",
    )
    set_member_ids = fields.Many2many(
        "crm.campaign.target",
        "crm_campaign_target_member_rel",
        "target_id",
        "member_id",
        string="Targets",
    )
    set_owner_ids = fields.Many2many(
        "crm.campaign.target",
        "crm_campaign_target_member_rel",
        "member_id",
        "target_id",
        string="Used by Sets",
        copy=False,
    )

    # === CONSTRAINTS === #

    @api.constrains("mode", "set_operator", "set_first_id", "set_member_ids", "record_kind")
    def _check_set(self):
        # Sets that contain the record depend on its kind too.
        for target in self | self.set_owner_ids:
            if target.mode == "set":
                target._assert_members()

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_member(self):
        # Superuser: sets of other companies count too, and nothing of them is shown.
        for target in self.sudo():
            owners = target.set_owner_ids | self.sudo().search([("set_first_id", "=", target.id)])
            if owners - self.sudo():
                raise UserError(
                    self.env._(
                        "Target “%(name)s” is part of other targets: archive it instead of "
                        "deleting it.",
                        name=target.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _get_members(self):
        """Return the targets that a set is made of, the first one of a difference included."""
        self.ensure_one()
        first = self.set_first_id if self.set_operator == "difference" else self.browse()
        return first | self.set_member_ids

    def _get_criteria_domain(self):
        # EXTENDS crm_campaign — composed from the members
        if self.mode != "set":
            return super()._get_criteria_domain()
        self._assert_members()
        domains = [member._get_full_domain() for member in self.set_member_ids]
        if self.set_operator == "union":
            return Domain.OR(domains)
        if self.set_operator == "intersection":
            return Domain.AND(domains)
        return self.set_first_id._get_full_domain() & ~Domain.OR(domains)

    @api.model
    def _get_definition_fields(self):
        # EXTENDS crm_campaign — a set follows its members
        members = ("set_first_id", "set_member_ids")
        paths = [f"{member}.{name}" for member in members for name in ("domain", "name")]
        return [*super()._get_definition_fields(), "set_operator", *paths]

    def _get_definition(self):
        # EXTENDS crm_campaign — with what the members are defined by
        if self.mode != "set":
            return super()._get_definition()
        members = tuple(member._get_definition() for member in self.set_member_ids.sorted("id"))
        first = self.set_first_id._get_definition() if self.set_first_id else None
        return (super()._get_definition(), self.set_operator, first, members)

    def _get_explicit_sql(self):
        # EXTENDS crm_campaign — what the members name, at any depth
        named = [super()._get_explicit_sql()]
        if self.mode == "set":
            named += [member._get_explicit_sql() for member in self._get_members()]
        subqueries = [SQL("SELECT * FROM %s AS named", ids) for ids in named if ids is not None]
        return SQL("(%s)", SQL(" UNION ").join(subqueries)) if subqueries else None

    def _explain_criteria(self, person):
        # EXTENDS crm_campaign — member by member, each with its own criteria
        if self.mode != "set":
            return super()._explain_criteria(person)
        children = [member._explain(person) for member in self.set_member_ids]
        results = [child["passed"] for child in children]
        either = self._make_node(
            self.env._("one of these"), any(results), connective="or", children=children
        )
        if self.set_operator == "union":
            return either
        if self.set_operator == "intersection":
            return self._make_node(
                self.env._("all of these"), all(results), connective="and", children=children
            )
        first = self.set_first_id._explain(person)
        others = self._make_node(
            self.env._("not"), not any(results), connective="not", children=[either]
        )
        return self._make_node(
            self.env._("all of these"),
            first["passed"] and others["passed"],
            connective="and",
            children=[first, others],
        )

    def _describe_criteria(self):
        # EXTENDS crm_campaign — in the words of the members, each under its name
        if self.mode != "set":
            return super()._describe_criteria()
        described = [self._describe_member(member) for member in self.set_member_ids]
        word = self.env._("and") if self.set_operator == "intersection" else self.env._("or")
        words = f" {word} ".join(described)
        if self.set_operator == "difference":
            others = f"({words})" if len(described) > 1 else words
            words = self.env._(
                "%(first)s except %(others)s",
                first=self._describe_member(self.set_first_id),
                others=others,
            )
        return f"{self._describe_kind()}{words}"

    def _describe_member(self, member):
        """Return the name and the criteria of a member, which is of the same kind as the set.

        A target that the user may not read shows as “#12”, also in superuser mode.
        """
        if not member.sudo(False).has_access("read"):
            return f"#{member.id}"
        return self.env._(
            "“%(name)s” (%(criteria)s)",
            name=member.name,
            criteria=member._describe().removeprefix(member._describe_kind()),
        )

    def _assert_members(self):
        """Check that a set can be evaluated.

        :raise ValidationError: too few members, members of another kind, or a set within itself
        """
        self.ensure_one()
        members = self._get_members()
        incomplete = self.set_operator == "difference" and not self.set_first_id
        if len(members) < 2 or incomplete or not self.set_member_ids:
            raise ValidationError(
                self.env._("Target “%(name)s” needs two targets at least.", name=self.name)
            )
        strangers = members.filtered(lambda member: member.record_kind != self.record_kind)
        if strangers:
            raise ValidationError(
                self.env._(
                    "Target “%(name)s” cannot hold “%(member)s”, which is of another kind.",
                    name=self.name,
                    member=strangers[0].name,
                )
            )
        self._assert_no_cycle(self)

    def _assert_no_cycle(self, path):
        """Walk down the members and refuse to meet a target again on the same way.

        :param path: the targets from the set that is checked down to self, in order
        :raise ValidationError: shows the way round
        """
        for member in self._get_members() if self.mode == "set" else self.browse():
            if member in path:
                names = [target.name for target in (*path, member)]
                raise ValidationError(
                    self.env._(
                        "A target cannot be made of itself: %(path)s.", path=" → ".join(names)
                    )
                )
            member._assert_no_cycle(path + member)
