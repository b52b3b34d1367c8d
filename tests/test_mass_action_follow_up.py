# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import csv
import io
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common_action import ActionCase

# Columns of the manual, in their order
HEADINGS = [
    "Action",
    "Reason",
    "Subject",
    "Sender",
    "Assignee",
    "Due",
    "Company",
    "Zip",
    "City",
    "Phone",
    "Contact",
    "Direct Line",
    "Mobile",
    "Email",
    "Done On",
    "Report",
    "Cancelled On",
    "Created On",
]


@tagged("post_install", "-at_install")
class TestMassActionFollowUp(ActionCase):
    """What becomes of the to-dos of a mass action."""

    def _get_todo(self, operation, partner):
        return operation.todo_ids.filtered(lambda todo: todo.res_id == partner.id)

    def _get_figures(self, operation):
        operation.invalidate_recordset()
        names = ("created", "open", "done", "cancelled", "suspended", "finished")
        return {name: operation[f"todo_{name}_count"] for name in names}

    @freeze_time("2027-03-10 10:00:00")
    def test_the_follow_up_has_the_columns_of_the_manual(self):
        self.red.phone = "+33 2 99 00 00 00"
        self.ada.phone = "+33 6 12 34 56 78"
        self.bob.phone = "+33 2 99 00 00 01"
        operation = self._act({"reason": "Spring", "delay_days": 2})

        row = self._get_todo(operation, self.ada)

        self.assertEqual(row.activity_type_id, self.call)
        self.assertEqual((row.reason, row.summary), ("Spring", "Offer the check-up"))
        self.assertEqual((row.sender_id, row.user_id), (self.marketer, self.marketer))
        self.assertEqual(row.date_deadline, date(2027, 3, 12))
        self.assertEqual((row.company_partner_id, row.partner_id), (self.red, self.ada))
        self.assertEqual((row.zip, row.city), ("35000", "Rennes"))
        self.assertEqual(row.phone, "+33 2 99 00 00 00")
        self.assertEqual((row.direct_line, row.mobile), (False, "+33 6 12 34 56 78"))
        self.assertEqual(row.email, "ada@test.example.com")
        self.assertEqual(row.created_at, datetime(2027, 3, 10, 10, 0))
        self.assertEqual((row.done_at, row.report, row.cancelled_at), (False, False, False))
        other = self._get_todo(operation, self.bob)
        self.assertEqual((other.direct_line, other.mobile), ("+33 2 99 00 00 01", False))

    def test_a_done_todo_is_remembered(self):
        operation = self._act()
        with freeze_time("2027-03-11 09:00:00"):
            self._get_activities(self.ada).with_user(self.marketer).action_feedback(
                feedback="They agree."
            )

        row = self._get_todo(operation, self.ada)
        self.assertEqual((row.state, row.report), ("done", "They agree."))
        self.assertEqual(row.done_at, datetime(2027, 3, 11, 9, 0))
        self.assertEqual(row.done_by_id, self.marketer)
        self.assertEqual(self._get_recipient(operation.execution_ids, self.ada).state, "delivered")
        self.env["mail.activity"].with_context(active_test=False).search(
            [("campaign_todo_id", "=", row.id)]
        ).unlink()
        self.assertEqual((row.state, row.report), ("done", "They agree."))

    def test_colleagues_without_any_right_on_campaigns_do_their_todos(self):
        seller = self.env["res.users"].create(
            {
                "name": "Seller",
                "login": "campaign_seller",
                "group_ids": [(6, 0, self.env.ref("sales_team.group_sale_salesman").ids)],
            }
        )
        operation = self._act({"user_id": seller.id})
        self.env.flush_all()
        self.env.invalidate_all()

        todo = self._get_activities(self.ada).with_user(seller)
        todo.date_deadline = date(2030, 1, 2)
        todo.action_feedback(feedback="Fine.")

        row = self._get_todo(operation, self.ada)
        self.assertEqual((row.state, row.done_by_id, row.report), ("done", seller, "Fine."))
        self.assertEqual(row.date_deadline, date(2030, 1, 2))

    def test_a_deleted_todo_is_cancelled(self):
        operation = self._act()
        self._get_activities(self.ada).unlink()

        row = self._get_todo(operation, self.ada)
        self.assertEqual(row.state, "cancelled")
        self.assertTrue(row.cancelled_at)
        self.assertEqual(self._get_recipient(operation.execution_ids, self.ada).state, "withdrawn")

    def test_whatever_colleagues_change_is_followed(self):
        operation = self._act()
        self._get_activities(self.ada).write(
            {"user_id": self.manager.id, "date_deadline": "2030-01-02", "summary": "Later"}
        )

        row = self._get_todo(operation, self.ada)
        self.assertEqual(row.user_id, self.manager)
        self.assertEqual((row.date_deadline, row.summary), (date(2030, 1, 2), "Later"))

    def test_a_merged_record_takes_its_todos_along(self):
        operation = self._act()
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge((self.ada | self.bob).ids, self.ada)

        rows = operation.todo_ids.filtered(lambda row: row.res_id == self.ada.id)
        self.assertEqual(rows.mapped("res_name"), ["Red, Ada"] * 2)

    def test_contacts_communications_say_nothing_of_it(self):
        self._act()

        found = self.env["crm.campaign.communication"].search(
            [("about_partner_id", "=", self.ada.id)]
        )
        self.assertFalse(found)

    def test_duplicating_prepares_the_same_lines(self):
        operation = self._act({"reason": "Spring"})
        copy = operation.copy()

        self.assertEqual((copy.state, copy.action_ids.reason), ("draft", "Spring"))
        copy.action_ids.summary = "Something else"
        self.assertFalse(copy.todo_ids)

    def test_news_of_many_todos_take_as_many_statements_as_of_one(self):
        self._create_partners(20)
        self._act()
        todos = self.env["mail.activity"].search([("campaign_todo_id", "!=", False)])
        rows = todos.campaign_todo_id
        with self.assertQueryCount(6):
            rows[:10]._mark_done()
            self.env.flush_all()
        self.assertEqual(set(rows[:10].mapped("state")), {"done"})

    def test_suspending_withdraws_and_resuming_puts_back(self):
        operation = self._act({"note": "Now", "delay_days": 3})
        self._get_activities(self.ada).action_feedback()
        self._get_activities(self.bob).write(
            {"date_deadline": "2030-01-02", "user_id": self.manager.id}
        )

        operation.action_suspend()

        self.assertFalse(self._get_activities())
        self.assertEqual(
            self._get_figures(operation),
            {"created": 3, "open": 0, "done": 1, "cancelled": 0, "suspended": 2, "finished": 1},
        )
        operation.action_ask_resume()

        back = self._get_activities(self.bob)
        self.assertEqual((back.user_id, back.date_deadline), (self.manager, date(2030, 1, 2)))
        self.assertEqual((back.summary, back.note), ("Offer the check-up", "<p>Now</p>"))
        self.assertFalse(self._get_activities(self.ada))
        self.assertEqual(operation.state, "running")
        self.assertEqual(self._get_figures(operation)["suspended"], 0)

    def test_cancelling_cancels_what_is_not_done(self):
        operation = self._act()
        self._get_activities(self.ada).action_feedback()
        operation.action_suspend()

        operation.action_cancel()

        self.assertFalse(self._get_activities())
        self.assertEqual(
            self._get_figures(operation),
            {"created": 3, "open": 0, "done": 1, "cancelled": 2, "suspended": 0, "finished": 3},
        )
        self.assertRecipients(
            operation.execution_ids,
            [
                {"partner": self.ada, "state": "delivered"},
                {"partner": self.bob, "state": "withdrawn"},
                {"partner": self.cy, "state": "withdrawn"},
            ],
        )

    def test_closing_counts_what_is_not_done(self):
        campaign = self._create_campaign()
        operation = self._act(campaign_id=campaign.id)
        self._get_activities(self.ada).action_feedback()

        counts = campaign.with_user(self.marketer)._count_to_close()

        self.assertEqual((counts["recipients"], counts["todos"]), (0, 2))
        operation.action_suspend()
        self.assertEqual(campaign._count_to_close()["todos"], 2)

    def test_closing_the_campaign_cancels_what_is_not_done(self):
        operation = self._act()
        operation.campaign_id.with_user(self.marketer).action_close()

        self.assertFalse(self._get_activities())
        self.assertEqual(self._get_figures(operation)["cancelled"], 3)

    def test_it_is_finished_once_nothing_is_left_to_do(self):
        operation = self._act()
        self._get_activities(self.ada | self.bob).action_feedback()
        self._send()
        self.assertEqual(operation.state, "running")
        self._get_activities(self.cy).unlink()

        self._send()

        self.assertEqual((operation.state, operation.execution_ids.state), ("done", "done"))
        self.assertFigures(operation.execution_ids, included=3, pending=0, sent=2, withdrawn=1)

    def test_a_todo_that_is_reopened_is_to_be_done(self):
        operation = self._act()
        activity = self._get_activities(self.ada)
        activity.action_feedback()
        activity.action_unarchive()

        row = self._get_todo(operation, self.ada)
        self.assertEqual((row.state, row.done_at), ("open", False))

    def test_figures_open_the_rows_behind_them(self):
        operation = self._act()
        self._get_activities(self.ada).action_feedback()
        self._get_activities(self.bob).unlink()
        for figure, names in (
            ("created", ["Red, Ada", "Red, Bob", "Blue, Cy"]),
            ("open", ["Blue, Cy"]),
            ("done", ["Red, Ada"]),
            ("cancelled", ["Red, Bob"]),
            ("suspended", []),
            ("finished", ["Red, Ada", "Red, Bob"]),
        ):
            with self.subTest(figure):
                action = operation.with_context(todo_figure=figure).action_view_todos()
                rows = self.env["crm.campaign.action.todo"].search(action["domain"], order="id")
                self.assertEqual(rows.mapped("res_name"), names)

    def test_overdue_rows_are_those_still_to_be_done(self):
        operation = self._act()
        self._get_activities(self.ada).action_feedback()
        self._get_activities(self.ada | self.bob).date_deadline = fields.Date.today() - timedelta(1)

        self.assertEqual(
            {row.res_name: row.is_overdue for row in operation.todo_ids},
            {"Red, Ada": False, "Red, Bob": True, "Blue, Cy": False},
        )
        found = operation.todo_ids.search(
            [("operation_id", "=", operation.id), ("is_overdue", "=", True)]
        )
        self.assertEqual(found.res_name, "Red, Bob")


@tagged("post_install", "-at_install")
class TestMassActionPage(ActionCase, HttpCase):
    """The follow-up as a page to print."""

    def test_the_page_shows_rows_and_colours_to_who_may_see_them(self):
        operation = self._act({"reason": "Spring <b>"})
        self._get_activities(self.ada).action_feedback(feedback="They agree.")
        self._get_activities(self.bob).unlink()
        url = f"/crm_campaign/operation/{operation.id}/follow_up.html"
        password = "campaign-page-1"
        users = self.marketer | self.other_marketer
        users.password = password
        users.group_ids += self.env.ref("base.group_allow_export")

        self.authenticate(self.marketer.login, password)
        page = self.url_open(url).text

        self.assertIn("<th>Direct Line</th>", page)
        self.assertIn("They agree.", page)
        self.assertIn("Spring &lt;b&gt;", page)
        self.assertEqual((page.count("o_done"), page.count("o_cancelled")), (2, 2))
        self.assertEqual(self.url_open(url.replace("follow_up", "nothing")).status_code, 404)
        self.authenticate(self.other_marketer.login, password)
        self.assertEqual(self.url_open(url).status_code, 404)

    def _download(self, operation, name):
        """Download a file of the operation as the marketer; return the answer."""
        self.marketer.password = "campaign-page-1"
        self.authenticate(self.marketer.login, "campaign-page-1")
        return self.url_open(f"/crm_campaign/operation/{operation.id}/{name}")

    def test_files_have_the_columns_of_the_list_and_no_formula(self):
        self.marketer.group_ids += self.env.ref("base.group_allow_export")
        self.ada.phone = "+33 6 12 34 56 78"
        operation = self._act({"reason": "=1+1", "summary": "@here", "delay_days": 0})
        action = operation.with_context(file_format="csv").action_print_todos()
        self.assertEqual(action["url"], f"/crm_campaign/operation/{operation.id}/follow_up.csv")

        answer = self._download(operation, "follow_up.csv")

        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn(f"{operation.code}-follow-up.csv", answer.headers["Content-Disposition"])
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        self.assertEqual(rows[0], HEADINGS)
        self.assertEqual(len(rows), 4)
        row = dict(zip(HEADINGS, next(row for row in rows if "Ada" in row), strict=True))
        self.assertEqual((row["Reason"], row["Subject"]), ("'=1+1", "'@here"))
        self.assertEqual((row["Company"], row["Mobile"]), ("Red", "'+33 6 12 34 56 78"))

        sheet = load_workbook(
            io.BytesIO(self._download(operation, "follow_up.xlsx").content)
        ).active
        self.assertEqual([cell.value for cell in sheet[1]], HEADINGS)
        self.assertEqual({cell.data_type for cell in sheet[2] if cell.value}, {"s"})
        self.assertEqual(self._download(operation, "follow_up.exe").status_code, 404)
        self.assertEqual(self._download(operation, "nothing.csv").status_code, 404)

    def test_who_may_not_export_downloads_nothing(self):
        operation = self._act()
        self.marketer.group_ids -= self.env.ref("base.group_allow_export")
        self.assertEqual(self._download(operation, "follow_up.csv").status_code, 403)
        self.assertEqual(self._download(operation, "leads.xlsx").status_code, 403)

    def test_the_list_of_an_operation_hands_itself_over(self):
        operation = self._act()
        action = operation.action_view_todos()
        rows = self.env["crm.campaign.action.todo"].with_context(**action["context"])
        self.assertEqual(
            rows.with_context(file_format="xlsx").action_export()["url"],
            f"/crm_campaign/operation/{operation.id}/follow_up.xlsx",
        )
        self.assertEqual(rows.action_export()["target"], "new")
