# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .common import CrmCampaignCase


class TradeShowEventCase(CrmCampaignCase):
    """The people of a trade show are those who registered for an event of the host's app.

    The example of docs/extending.md, which needs that app, runs these tests too.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.show, cls.other_show = cls.env["crm.campaign.operation"].create(
            [
                {
                    "name": name,
                    "operation_type": "trade_show",
                    "campaign_id": cls._create_campaign().id,
                    "user_id": cls.marketer.id,
                    "date_start": "2030-05-06 08:00:00",
                    "date_end": "2030-05-07 16:00:00",
                }
                for name in ("Home Fair", "Garden Fair")
            ]
        )

    def setUp(self):
        super().setUp()
        if "event.registration" not in self.env:
            self.skipTest("the host's event app is not installed")
        self.marketer.group_ids += self.env.ref("event.group_event_registration_desk")

    def _create_event(self, registrations):
        """Create an event with registrations.

        :param list[dict] registrations: values of each
        """
        event = self.env["event.event"].create(
            {
                "name": "Fair",
                "date_begin": "2030-05-06 08:00:00",
                "date_end": "2030-05-07 16:00:00",
                "event_mail_ids": [],
            }
        )
        self.env["event.registration"].with_context(tracking_disable=True).create(
            [{"event_id": event.id, "state": "open", **values} for values in registrations]
        )
        return event

    def _create_crowd(self, count):
        """Create an event of so many people: half of them contacts, a third was there."""
        people = self._create_partners(count // 2)
        known = [{"partner_id": person.id, "email": person.email} for person in people]
        others = [
            {"name": f"Visitor {number}", "email": f"visitor{number}@test.example.com"}
            for number in range(count - len(people))
        ]
        return self._create_event(
            [
                {**values, "state": "done" if place % 3 == 0 else "open"}
                for place, values in enumerate(known + others)
            ]
        )

    def _take_over(self, show, event):
        """Take registrations over as the marketer; return the number of queries."""
        show.show_event = event
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        show.with_user(self.marketer).action_fill_from_event()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_registrations_are_taken_over_and_followed(self):
        zoe = self._create_partner("Zoé", "zoe@test.example.com")
        event = self._create_event(
            [
                {"partner_id": zoe.id, "email": "ZOE@test.example.com", "name": "Z"},
                {"partner_id": zoe.id, "email": "friend@example.com", "name": "Friend"},
                {"email": "no@example.com", "state": "cancel"},
            ]
        )
        self._take_over(self.show, event)
        event.registration_ids.filtered(lambda row: row.name == "Z").state = "done"
        self._take_over(self.show, event)

        self.assertRecordValues(
            self.show.attendee_ids,
            [
                {"partner_id": zoe.id, "email": "zoe@test.example.com", "state": "present"},
                {"partner_id": False, "email": "friend@example.com", "state": "registered"},
                {"partner_id": False, "email": "no@example.com", "state": "declined"},
            ],
        )
        self.assertEqual(self.show.response_count, 1)

    def test_500_registrations_take_as_many_queries_as_6(self):
        few = self._take_over(self.show, self._create_crowd(6))
        many = self._take_over(self.other_show, self._create_crowd(500))

        self.assertEqual(many, few)
        self.assertEqual((self.show.attendee_count, self.other_show.attendee_count), (6, 500))
        self.assertEqual(self.other_show.attendee_present_count, 167)
        self.assertEqual(self.other_show.attendee_registered_count, 333)
        self.assertEqual(len(self.other_show.attendee_ids.partner_id), 250)
        self.assertEqual(self.other_show.response_count, 167)


@tagged("post_install", "-at_install")
class TestTradeShowEvent(TradeShowEventCase):
    pass
