# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import tracemalloc

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from ..readonly_sql import ReadOnlySelect
from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTargetSql(CrmCampaignCase):
    """The query has a connection of its own, which sees what is committed only.

    So the people of these tests are those that the host is installed with; what the tests change
    in them is seen by the record rules, which hold in the transaction of the test.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.company_partner = cls.company.partner_id
        cls.admin_partner = cls.admin.partner_id
        cls.two_ids = f"{cls.company_partner.id}, {cls.admin_partner.id}"
        cls.two = f"SELECT id FROM res_partner WHERE id IN ({cls.two_ids})"

    def _create_sql(self, text=None, user=None, **values):
        values = {"name": "By SQL", "mode": "sql", "sql_text": text or self.two, **values}
        return self.env["crm.campaign.target"].with_user(user or self.admin).create(values)

    def _get_people(self, target, **kwargs):
        return self.env["res.partner"].browse(target._get_query(**kwargs).get_result_ids())

    def assertRefused(self, text, message):
        with self.assertRaisesRegex(ValidationError, f"“By SQL” was refused: .*{message}"):
            self._create_sql(text)

    # --- what it gives ---

    def test_the_people_of_the_query(self):
        target = self._create_sql()

        self.assertEqual(
            set(self._get_people(target).ids), {self.company_partner.id, self.admin_partner.id}
        )
        self.assertEqual(target.targeted_count, 2)
        self.assertEqual(self._get_previewed(target), self.company_partner | self.admin_partner)

    def test_accepted_forms(self):
        one = self.admin_partner.id
        for name, text in (
            ("semicolon and comment", f"SELECT {one} -- the administrator\n;\n"),
            ("empty values", f"SELECT NULL::int UNION ALL SELECT {one}"),
            ("big integers", f"SELECT {one}::bigint"),
            ("values", f"VALUES ({one}), ({one})"),
            ("common table", f"WITH one AS (SELECT {one} AS id) SELECT id FROM one"),
            ("recursive", f"WITH RECURSIVE o AS (SELECT {one} UNION SELECT * FROM o) TABLE o"),
            ("percent", f"SELECT id FROM res_partner WHERE id = {one} AND name LIKE '%'"),
            (
                "relation table",
                "SELECT p.id FROM res_partner p WHERE p.id = %s AND NOT EXISTS (SELECT FROM "
                "res_partner_res_partner_category_rel r WHERE r.partner_id = p.id AND "
                "r.category_id = 0)" % one,
            ),
            ("random order", f"SELECT id FROM res_partner WHERE id = {one} ORDER BY random()"),
        ):
            with self.subTest(name):
                target = self._create_sql(text)
                self.assertEqual(self._get_people(target), self.admin_partner)

    def test_kind_of_record_holds(self):
        target = self._create_sql(record_kind="company")

        self.assertEqual(self._get_people(target), self.company_partner)

    def test_part_of_a_set_operation(self):
        sql = self._create_sql()
        alone = self._create_target(
            name="Alone", domain=repr([("id", "=", self.company_partner.id)])
        )
        target = self._create_target(
            name="Set",
            mode="set",
            set_operator="difference",
            set_first_id=sql.id,
            set_member_ids=[(6, 0, alone.ids)],
        )

        self.assertEqual(self._get_people(target), self.admin_partner)
        self.assertEqual(target.targeted_count, 1)

    def test_departure(self):
        self.admin_partner.email = "admin@test.example.com"
        target = self._create_sql(f"SELECT {self.admin_partner.id}")

        execution = self._dispatch(self._create_operation(target_id=target.id))

        self.assertRecipients(execution, [{"partner": self.admin_partner, "state": "pending"}])
        self.assertRegex(execution.criteria, r"SQL query of .+ on .+ \([0-9a-f]{12}\)")
        self.assertNotIn("SELECT", execution.criteria)

    def test_the_list_behind_the_figure(self):
        target = self._create_sql().with_user(self.marketer)

        domain = target.action_view_records()["domain"]

        self.assertEqual(domain, [("campaign_target_ids", "in", [target.id])])
        found = self.env["res.partner"].with_user(self.marketer).search(domain)
        self.assertEqual(found, self.company_partner | self.admin_partner)

    def test_a_million_ids_take_little_memory(self):
        run = ReadOnlySelect(
            self.env(user=self.admin),
            "SELECT g FROM generate_series(1, 1000000) AS g",
            "crm_campaign_million",
            60,
        )
        run._find_unknown = lambda batch: (0, None)
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)

        ids = run.get_ids()

        self.assertEqual(ids.count(",") + 1, 1000000)
        self.assertLess(tracemalloc.get_traced_memory()[1], 40_000_000)

    # --- who ---

    def test_marketer_writes_no_sql(self):
        Target = self.env["crm.campaign.target"].with_user(self.marketer)
        with self.assertRaises(AccessError):
            self._create_sql(user=self.marketer)
        with self.assertRaisesRegex(AccessError, "Only administrators"):
            Target.create({"name": "Empty", "mode": "sql"})
        target = self._create_sql(user_id=self.marketer.id).with_user(self.marketer)
        with self.assertRaises(AccessError):
            target.sql_text = "SELECT 1"
        with self.assertRaises(AccessError):
            target.read(["sql_text"])

    def test_what_a_marketer_types_in_a_form_is_not_run(self):
        Target = self.env["crm.campaign.target"].with_user(self.marketer)

        typed = Target.new(
            {"name": "Typed", "mode": "sql", "sql_text": self.two, "record_kind": "partner"}
        )

        self.assertTrue(typed.is_broken)
        self.assertEqual(typed.targeted_count, 0)

    def test_what_an_administrator_types_in_a_form_is_previewed(self):
        Target = self.env["crm.campaign.target"].with_user(self.admin)

        typed = Target.new(
            {"name": "Typed", "mode": "sql", "sql_text": self.two, "record_kind": "partner"}
        )

        self.assertEqual(typed.targeted_count, 2)

    def test_marketer_uses_it_within_record_rules(self):
        target = self._create_sql().with_user(self.marketer)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = %s",
            (self.foreign_company.id, self.company_partner.id),
        )
        self.env.invalidate_all()

        self.assertEqual(self._get_people(target), self.admin_partner)
        self.assertEqual(target.targeted_count, 1)

    def test_rights_are_those_of_the_responsible(self):
        target = self._create_sql("SELECT id FROM crm_lead WHERE false").sudo()
        outsider = self._create_user("campaign_outsider", "caller")

        self.assertFalse(self._get_people(target, user=self.marketer, company=self.company))
        with self.assertRaisesRegex(ValidationError, "“crm_lead” may not be used"):
            target._get_query(user=outsider, company=self.company)

    def test_records_out_of_reach_tell_nothing(self):
        # Only the companies of the user are there, so only one row proposes the company's contact.
        text = "SELECT partner_id FROM res_company"
        target = self._create_sql(text)

        people = self._get_people(target, user=self.marketer, company=self.company)

        self.assertEqual(people, self.company_partner)

    def test_rules_look_up_the_tables_themselves(self):
        # The rule on contacts goes through companies, of which the marketer may read none.
        for model, domain in (
            ("res.partner", "[('user_ids.company_id.name', '!=', False)]"),
            ("res.company", "[('id', '=', 0)]"),
        ):
            self.env["ir.rule"].create(
                {"name": model, "model_id": self.env["ir.model"]._get_id(model)}
                | {"domain_force": domain}
            )
        text = f"{self.two} AND NOT EXISTS (SELECT FROM res_company)"

        ids = ReadOnlySelect(self.env(user=self.marketer), text, "res_partner", 10).get_ids()

        self.assertEqual(ids, "{%s}" % self.admin_partner.id)

    # --- what is refused ---

    def test_writing_is_refused(self):
        for text, message in (
            ("INSERT INTO res_partner (name) VALUES ('x') RETURNING id", "syntax error"),
            ("UPDATE res_partner SET name = 'x' RETURNING id", "syntax error"),
            ("WITH gone AS (DELETE FROM res_partner RETURNING id) TABLE gone", "at the top level"),
            ("SELECT id INTO x FROM res_partner", "not allowed"),
            ("SELECT nextval('res_partner_id_seq')", "“nextval” may not be used"),
            ("DROP TABLE res_partner", "syntax error"),
        ):
            with self.subTest(text):
                self.assertRefused(text, message)

    def test_the_connection_itself_is_read_only(self):
        run = ReadOnlySelect(self.env, "SELECT 1", "res_partner", 10)
        run._check_words = lambda: run._execute(SQL("DELETE FROM res_partner")) or []

        with self.assertRaisesRegex(Exception, "in a read-only transaction"):
            run.get_ids()

    def test_several_statements_are_refused(self):
        for text in (
            "SELECT 1; DROP TABLE res_partner",
            "SELECT 1) AS chosen; DROP TABLE res_partner; SELECT (1",
            "COMMIT; DELETE FROM res_partner",
            "SELECT 1) AS chosen; COMMIT; DELETE FROM res_partner --",
            "SELECT 1) AS chosen; END $$; COMMIT; --",
        ):
            with self.subTest(text):
                self.assertRefused(text, "(syntax error|multi-query|unterminated)")

    def test_anything_but_ids_is_refused(self):
        for text, message in (
            ("SELECT name FROM res_partner", "whole numbers"),
            ("SELECT 1.5", "whole numbers"),
            ("SELECT id, id FROM res_partner", "one column, the ids, and it gives 2"),
            ("SELECT FROM res_partner", "one column"),
            ("SELECT 2147483000 UNION SELECT 2147483001", "2 of the numbers.*example 2147483000"),
            ("SELECT 99999999999999", "no ids of res_partner"),
            ("SELECT -id FROM res_partner", "no ids of res_partner"),
            ("SELECT 1 / 0", "division by zero"),
            ("SELECT gone FROM res_partner", "column .*gone.* does not exist"),
        ):
            with self.subTest(text):
                self.assertRefused(text, message)

    def test_no_query_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "has no SQL query"):
            self._create_sql(" \n")

    def test_secrets_are_out_of_reach(self):
        for text, message in (
            ("SELECT value::int FROM ir_config_parameter", "“ir_config_parameter”"),
            ('SELECT 1 FROM "ir_config_parameter"', "“ir_config_parameter”"),
            ("SELECT 1 FROM Public.ir_config_parameter", "“public”"),
            ("SELECT password::int FROM public.res_users", "“public”"),
            ('SELECT 1 FROM "public"."res_users"', "“public”"),
            ('SELECT 1 FROM U&"\\0070ublic".res_users', "“U&"),
            ("SELECT password::int FROM res_users", '"password" does not exist'),
            ("SELECT totp_secret::int FROM res_users", '"totp_secret" does not exist'),
            ("SELECT to_jsonb(u)->'password'->>0 FROM res_users u", "whole numbers"),
            ("SELECT ctid::text::int FROM res_users u", '"ctid" does not exist'),
            ("SELECT user_id FROM res_users_apikeys", "“res_users_apikeys”"),
            ("SELECT id FROM ir_mail_server", "“ir_mail_server”"),
            ("SELECT usesysid::int FROM pg_user", "“pg_user”"),
            ("SELECT 1 FROM information_schema.tables", "“information_schema”"),
            ("SELECT length(table_to_xml('ir_config_parameter', true, true, ''))", "“"),
            ("SELECT length(query_to_xml('TABLE res_users', true, true, ''))", "“query_to_xml”"),
            ("SELECT length(pg_read_file('/etc/passwd'))", "“pg_read_file”"),
            ("SELECT lo_import('/etc/passwd')::int", "“lo_import”"),
            ("SELECT set_config('statement_timeout', '0', true)::int", "“set_config”"),
            ("SELECT current_setting('crm_campaign.sql')::int", "“current_setting”"),
            ("SELECT ndoc FROM ts_stat('SELECT 1')", "“ts_stat”"),
        ):
            with self.subTest(text):
                self.assertRefused(text, message)

    def test_a_whole_row_holds_no_secret_column(self):
        target = self._create_sql(
            f"SELECT {self.admin_partner.id} FROM res_users u WHERE u.id = {self.admin.id} "
            "AND NOT jsonb_exists(to_jsonb(u), 'password') AND jsonb_exists(to_jsonb(u), 'login')"
        )

        self.assertEqual(self._get_people(target), self.admin_partner)

    def test_slow_queries_are_given_up(self):
        self.env["ir.config_parameter"].set_param("crm_campaign.sql_timeout_seconds", "1")
        for text, message in (
            ("SELECT 1 WHERE pg_sleep(60) IS NULL", "“pg_sleep” may not be used"),
            ("SELECT count(*)::int FROM generate_series(1, 10000000000)", "within 1 seconds"),
            ("WITH RECURSIVE o AS (SELECT 1 UNION ALL TABLE o) TABLE o", "within 1 seconds"),
        ):
            with self.subTest(text):
                self.assertRefused(text, message)

    def test_nothing_of_the_transaction_is_lost_after_a_refusal(self):
        partner = self._create_partner("Kept", "kept@test.example.com")
        target = self._create_sql()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_target SET sql_text = 'SELECT 1/0' WHERE id = %s", (target.id,)
        )
        target.invalidate_recordset()

        self.assertTrue(target.is_broken)
        with self.assertRaises(UserError):
            target._get_query()
        partner.name = "Kept and changed"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(partner.name, "Kept and changed")

    def test_the_query_runs_once_in_a_transaction(self):
        target = self._create_sql("SELECT id FROM res_partner ORDER BY random() LIMIT 1")

        self.assertEqual(self._get_people(target), self._get_previewed(target))
        self.assertEqual(
            self._get_previewed(target.with_user(self.admin)), self._get_previewed(target)
        )

    def test_only_administrators_copy_the_query(self):
        target = self._create_sql()

        self.assertEqual(target.copy().targeted_count, 2)
        with self.assertRaisesRegex(AccessError, "Only administrators"):
            target.with_user(self.marketer).copy()

    def test_works_on_the_cursor_that_the_host_lends_to_tests(self):
        # Routes and jobs of a test share its transaction, which stays writable.
        partner = self._create_partner("Seen", "seen@test.example.com")
        self.env.flush_all()
        with self.enter_registry_test_mode():
            target = self._create_sql(f"SELECT id FROM res_partner WHERE id = {partner.id}")

            self.assertEqual(self._get_people(target), partner)
        partner.name = "Written"
        self.env.flush_all()
