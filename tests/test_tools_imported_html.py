# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from time import perf_counter

from odoo.tests import BaseCase, tagged

from ..tools.imported_html import clean

OUTLOOK = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://x.example/d.dtd">\r
<HTML xmlns:v="urn:schemas-microsoft-com:vml"><head><meta charset='utf-8'>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings/></xml><![endif]-->
<style>@import url('https://fonts.example.com/css');
@media only screen and (max-width:480px){.a{width:100% !important}}</style>
<link href="https://fonts.example.com/css?family=Lato" rel="stylesheet"></head>
<body   BGCOLOR=#ffffff  style='margin:0;mso-line-height-rule:exactly'>
<!--[if !mso]><!--><div class="a">x</div><!--<![endif]-->
<!--[if mso]><v:roundrect href="https://x.example" arcsize="8%"><w:anchorlock/><![endif]-->
<a   href = 'https://x.example/?a=1&b=2' target=_blank title="1 > 0">a &lt; b &nbsp;</A>
<!-- header: <p> begins --><img src="cid:logo" alt=""/><br/>1 < 2 && 3 > 2
<a href="mailto:a@b.example?subject=x">m</a><img src="data:image/png;base64,iVBO" alt="">
</body></HTML>
"""


@tagged("post_install", "-at_install")
class TestToolsImportedHtml(BaseCase):
    def assertCleaned(self, cases):
        for name, source, expected in cases:
            with self.subTest(name):
                self.assertEqual(clean(source)[0], expected)

    def test_what_is_harmless_is_kept_byte_for_byte(self):
        result, removed = clean(OUTLOOK)

        self.assertEqual(result, OUTLOOK)
        self.assertEqual(dict(removed), {})

    def test_scripts_go_with_what_they_hold(self):
        self.assertCleaned(
            (
                ("plain", "a<script>x</script>b", "ab"),
                ("case and space", "a<SCRIPT src=x >x</ScRiPt\n>b", "ab"),
                ("never closed", "a<script>x", "a"),
                ("like HTML inside", "a<script>'<p>'</script>b", "ab"),
                ("slash for a space", "a<script/x>y</script>b", "ab"),
                (
                    "in a comment for Outlook",
                    "<!--[if mso]>a<script>x</script><![endif]-->",
                    "<!--[if mso]>a<![endif]-->",
                ),
                ("in a plain comment", "a<!-- <script>x</script> -->b", "ab"),
                ("in svg", "a<svg onload=x><script>x</script></svg>b", "ab"),
                ("svg never closed", "a<svg><p>b", "a"),
                ("nested svg", "a<svg><svg></svg>x</svg>b", "ab"),
                ("prefixed", "a<svg:script>x</svg:script>b", "ab"),
                ("math", "a<math><mtext><style><img src=x onerror=y></style></math>b", "ab"),
                ("split in two", "<scr<svg></svg>ipt>x", "ipt>x"),
                ("left together", "<<svg></svg>script>x", "&lt;script>x"),
                ("null characters", "a<scr\x00ipt>x</script>b", "ab"),
                (
                    "noscript",
                    "<noscript><p title='</noscript><img src=x onerror=y>'></noscript>",
                    "<p>",
                ),
            )
        )

    def test_event_handlers_go(self):
        self.assertCleaned(
            (
                ("quoted", '<p onclick="x()" class="a">', '<p class="a">'),
                ("unquoted", "<p onclick=x() class=a>", "<p class=a>"),
                ("case", "<p OnMouseOver='x'>", "<p>"),
                ("line break", "<p\nonclick\n=\n'x'>", "<p>"),
                ("slash", "<img/src='a.png'/onerror='x'/>", "<img/src='a.png' />"),
                ("without space", '<img src="a.png"onerror="x">', '<img src="a.png">'),
                ("hidden by a quote", "<p title='\">' onclick='x'>", "<p title='\">'>"),
                ("prefixed", "<p v:onload='x'>", "<p>"),
                ("name of a letter and more", "<p x\"y='1' onclick=x>", "<p>"),
                ("leaves an equals sign alone", "<a href onclick=y =javascript:x>", "<a href>"),
                ("in an end tag", "</p onclick=x>", "</p>"),
            )
        )

    def test_addresses_that_run_code_go(self):
        for address in (
            "javascript:x",
            " JaVaScRiPt:x",
            "java\tscript:x",
            "java\nscript:x",
            "&#106;avascript:x",
            "&#x6A;avascript&colon;x",
            "&#0000106avascript:x",
            "java&Tab;script&NewLine;:x",
            "\x01javascript:x",
            "\u200bjavascript:x",
            "vbscript:x",
            "data:text/html,x",
            "data:text/html;base64,PHNjcmlwdD4=",
            "data:image/svg+xml,x",
            "DATA&colon;text/html,x",
            "blob:x",
            "file:///etc/passwd",
            "{{ object.partner_id.website }}",
        ):
            for name in ("href", "src", "background", "xlink:href"):
                with self.subTest(address=address, name=name):
                    self.assertEqual(clean(f'<a {name}="{address}" id="i">')[0], '<a id="i">')

    def test_forms_and_frames_go_and_their_text_stays(self):
        self.assertCleaned(
            (
                ("form", '<form action="https://x"><p>a</p><input name=b></form>', "<p>a</p>"),
                ("button", "<button formaction=x>a</button>", "a"),
                ("textarea", "a<textarea><p></textarea>b", "ab"),
                ("iframe", 'a<iframe src="https://x" srcdoc="<p>"></iframe>b', "ab"),
                ("object", "<object data=x><p>a</p></object>", "<p>a</p>"),
                ("embed", "a<embed src=x>b", "ab"),
                ("base", '<base href="https://x/">a', "a"),
                ("refresh", "<meta HTTP-EQUIV='refre&#115;h' content='0;url=x'>a", "a"),
                ("import", '<link rel="import" href="https://x">a', "a"),
                ("processing instruction", "<?import namespace=t implementation=x>a", "a"),
                ("entity", "<!DOCTYPE x [<!ENTITY a 'b'>]>a", "]>a"),
            )
        )

    def test_styles_that_run_code_go(self):
        self.assertCleaned(
            (
                (
                    "expression",
                    '<p style="width:expression(x);color:red">',
                    '<p style=";color:red">',
                ),
                ("comment inside", '<p style="width:exp/**/ression(x)">', "<p>"),
                ("escapes", '<p style="width:\\65 xpression(x)">', "<p>"),
                ("entities", '<p style="width:e&#120;pression(x)">', "<p>"),
                ("full width", '<p style="width:ｅｘｐｒｅｓｓｉｏｎ(x)">', "<p>"),
                ("behavior", '<p style="color:red;BEHAVIOR : url(x)">', '<p style="color:red;">'),
                ("binding", '<p style="-moz-binding:url(x)" id=a>', "<p id=a>"),
                ("address", '<p style="background:url( java\nscript:x )">', "<p>"),
                (
                    "unclosed comment",
                    '<p style="a:b/*;behavior:url(x)">',
                    '<p style="a:b/*;behavior:url(x)">',
                ),
                (
                    "import",
                    "<style>@import 'javascript:x';p{a:b}</style>",
                    "<style>;p{a:b}</style>",
                ),
                (
                    "rule",
                    "<style>p{behavior:url(x);color:red}</style>",
                    "<style>p{;color:red}</style>",
                ),
                ("never closed", "a<style>p{}", "a<style>"),
            )
        )

    def test_what_two_readers_read_differently_goes(self):
        self.assertCleaned(
            (
                (
                    "style that ends in a comment",
                    "<style><!--</style><img src=x onerror=y>--></style>",
                    "<style></style><img src=x>--></style>",
                ),
                ("HTML in a style", "<style><img src=x></style>a", "<style></style>a"),
                ("comment that ends with a mark", "a<!-- x --!><p>b", "a<p>b"),
                ("comment that ends at once", "a<!--><p onclick=x>-->b", "a<p>-->b"),
                ("end of a comment in an attribute", '<p title="--><script>x</script>">a', "<p>a"),
                ("end of a style in an attribute", '<p id="</style><img onerror=x>">a', "<p>a"),
                ("HTML in a title", "<title><script>x</script></title>a", "<title></title>a"),
                ("CDATA", "<![CDATA[<script>x</script>]]>a", "x]]>a"),
                ("comment never closed", "a<!-- <p>b", "a"),
                ("tag never closed", 'a<p title="b', "a"),
                ("plaintext", "<plaintext><script>x</script>a", "a"),
            )
        )

    def test_template_directives_go(self):
        result, removed = clean('<p t-out="env" t-att-href="x" class="a">b</p>')

        self.assertEqual(result, '<p class="a">b</p>')
        self.assertEqual(dict(removed), {"template": 2})

    def test_cleaning_twice_changes_nothing_more(self):
        pieces = ("<", "!--", "-->", "<p ", "onclick=x", "'", '"', ">", "<svg>", "</svg>", "script")
        pieces += ("<style>", "</style>", "=", "/", " ", "<!", "[if mso]>", "<![endif]-->", "a")
        number = 1
        for _case in range(3000):
            source = ""
            for _piece in range(12):
                number = (number * 1103515245 + 12345) % 2**31
                source += pieces[(number >> 16) % len(pieces)]
            with self.subTest(source):
                result = clean(source)[0]
                self.assertEqual(clean(result)[0], result)

    def test_time_grows_with_length_only(self):
        for name, piece in (
            ("page", '<td style="color:red" class="x"><a href="https://x.example">Hi</a></td>\n'),
            ("opening signs", "<"),
            ("tags", "<a "),
            ("comments", "<!--"),
            ("quotes", '<a x="'),
            ("comments of styles", '<p style="/*'),
            ("styles", "<style>"),
            ("drawings", "<svg>"),
            ("comments for Outlook", "<!--[if mso]>"),
        ):
            with self.subTest(name):
                source = piece * (1_000_000 // len(piece))
                start = perf_counter()

                clean(source)

                self.assertLess(perf_counter() - start, 20)
