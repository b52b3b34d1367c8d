# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Selection values shared by several models, in their natural order. No logic."""

OPERATION_TYPES = [
    ("mailing", "Mailing"),
    ("call", "Call Campaign"),
    ("trade_show", "Trade Show"),
    ("press", "Press"),
    ("mass_action", "Mass Action"),
]

# Types of operations that send nothing.
TYPES_WITHOUT_CHANNEL = ("trade_show", "press")

PRESS_KINDS = [
    ("advert", "Advertisement"),
    ("article", "Article"),
    ("release", "Press Release"),
    ("interview", "Interview"),
    ("insert", "Loose Insert"),
    ("online", "Online"),
]

# People of a trade show.
ATTENDEE_STATES = [
    ("invited", "Invited"),
    ("registered", "Registered"),
    ("declined", "Declined"),
    ("present", "Present"),
]

CHANNELS = [
    ("email", "Email"),
    ("sms", "SMS"),
    ("post", "Post"),
    ("fax", "Fax"),
    ("file", "File"),
]

# How a gateway wants the number in the address.
FAX_FORMATS = [
    ("e164", "International, without +"),
    ("00", "International, with 00"),
    ("national", "National"),
]

# What is paid by the piece; see models/crm_campaign_operation_cost.py for what is counted.
UNIT_COST_KINDS = [
    ("letter", "Letter"),
    ("sms_part", "Part of an SMS"),
    ("fax", "Fax"),
    ("email", "Email"),
    ("caller_hour", "Hour of a Caller"),
    ("stand", "Stand"),
    ("insertion", "Insertion"),
]

# Who carries text messages; each has its model crm.campaign.sms.provider.<code>.
SMS_PROVIDERS = [
    ("host", "SMS Service of Odoo"),
    ("http", "Web Service"),
    ("file", "Files"),
]

FILE_FORMATS = [
    ("xlsx", "Excel Workbook (XLSX)"),
    ("csv", "Comma-Separated Values (CSV)"),
    ("xml", "XML"),
]

OPERATION_STATES = [
    ("draft", "New"),
    ("to_test", "Ready to Test"),
    ("proofing", "Proof in Progress"),
    ("proof", "Proof Awaiting Approval"),
    ("ready", "Ready to Run"),
    ("running", "Running"),
    ("suspended", "Suspended"),
    ("done", "Finished"),
    ("cancelled", "Cancelled"),
    ("error", "Error"),
]

EXECUTION_STATES = [
    ("scheduled", "Scheduled"),
    ("running", "Running"),
    ("suspended", "Suspended"),
    ("done", "Finished"),
    ("cancelled", "Cancelled"),
    ("error", "Error"),
    ("skipped", "Skipped"),
]

# Why a targeted person receives nothing. The order is the order of the checks: a person who
# fails several of them keeps the first reason.
EXCLUSIONS = [
    ("archived", "Archived"),
    ("no_responsible", "No Responsible"),
    ("no_right", "Assignee Without Rights"),
    ("no_address", "No Address"),
    ("returned_mail", "Mail Was Returned"),
    ("blacklisted", "Blacklisted"),
    ("no_consent", "No Consent"),
    ("not_visible", "Not Visible"),
    ("duplicate", "Duplicate Address"),
    ("capped", "Contacted Too Often"),
    ("still_open", "To-Do Still Open"),
    ("held_back", "Too Many To-Dos Today"),
    ("manual", "Excluded by Hand"),
]

RECIPIENT_STATES = [
    ("excluded", "Excluded"),
    ("pending", "To Send"),
    ("to_call", "To Call"),
    ("to_do", "To Do"),
    ("sending", "Sending"),
    ("deferred", "Waits for Another Try"),
    ("unknown", "Fate Unknown"),
    ("failed", "Failed"),
    ("withdrawn", "Withdrawn"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("opened", "Opened"),
    ("bounced", "Bounced"),
    ("clicked", "Clicked"),
    ("replied", "Replied"),
]

# States of a recipient from least to most advanced: news may only move a row to the right.
# "bounced" stands after "opened" because mail gateways fetch images before they refuse a
# message, and before "clicked" because a person who clicks did receive it.
RECIPIENT_PROGRESS = (
    "pending",
    "to_call",
    "to_do",
    "deferred",
    "sending",
    "unknown",
    "sent",
    "delivered",
    "opened",
    "bounced",
    "clicked",
    "replied",
)

# States of a row that has no fate yet.
RECIPIENT_WAITING_STATES = ("pending", "to_call", "to_do", "sending", "deferred")

# States of a row that the channel accepted, whatever came after.
RECIPIENT_SENT_STATES = ("sent", "delivered", "opened", "bounced", "clicked", "replied")

# How a machine was told from a person; "scanner" is one of crm.campaign.scanner.
MACHINE_REASONS = [
    ("scanner", "Known Scanner"),
    ("head", "Request That Reads Nothing"),
    ("early", "Within Seconds of Departure"),
    ("burst", "Many Links at Once"),
]

# Whom an automatic task is for: people get a message, colleagues a to-do.
TASK_KINDS = [
    ("client", "For Clients"),
    ("colleague", "For Colleagues"),
]

TASK_ACTIONS = [
    ("email", "Email"),
    ("sms", "SMS"),
    ("activity", "To-Do"),
]

TASK_STATUSES = [
    ("off", "Off"),
    ("on", "On"),
    ("ended", "Ended"),
    ("error", "Error"),
]

INTERVAL_TYPES = [
    ("days", "Days"),
    ("weeks", "Weeks"),
    ("months", "Months"),
]

# Whether a task reaches somebody again whom it reached before.
REPEAT_RULES = [
    ("each", "At Each Run"),
    ("once", "Once per Contact"),
    ("after", "Again after Some Days"),
]

TASK_TYPE_GROUPS = [
    ("action", "Action"),
    ("commercial", "Commercial"),
    ("loyalty", "Loyalty"),
    ("planning", "Planning"),
    ("follow_up", "Follow-Up"),
    ("sale", "Sale"),
]

TASK_TRIGGERS = [
    ("target", "Everybody of the Target"),
    ("date", "Days Before or After a Date"),
    ("anniversary", "Anniversary of a Date"),
    ("event", "Event"),
    ("code", "Started by Another App"),
]

TASK_EVENTS = [
    ("create", "Is Created"),
    ("set", "Takes a Value"),
    ("archive", "Is Archived or Deleted"),
]

# Of to-dos, as the host's stars show them.
PRIORITIES = [
    ("0", "Normal"),
    ("1", "High"),
    ("2", "Very High"),
]

OFFSET_DIRECTIONS = [
    ("before", "Before"),
    ("after", "After"),
]

# What messages of automatic tasks can tell of the record they are about.
ABOUT_SLOTS = [
    ("name", "Name"),
    ("date", "Date"),
    ("time", "Time"),
    ("place", "Place"),
    ("person", "Person in Charge"),
    ("amount", "Amount"),
    ("link", "Link"),
    ("code", "Code"),
    ("detail", "Detail"),
]

RECORD_KINDS = [
    ("company", "Companies"),
    ("contact", "Contacts"),
    ("partner", "Companies and Contacts"),
    ("lead", "Leads and Opportunities"),
]

# Whose address reaches a contact who belongs to a company.
ADDRESS_RULES = [
    ("own", "The contact's own"),
    ("fallback", "The contact's, the company's where it is empty"),
    ("company", "Always the company's"),
]

# How a target came to name a record.
MEMBER_ORIGINS = [
    ("addition", "Added by Hand"),
    ("exclusion", "Excluded by Hand"),
    ("import", "Imported"),
]

# Ways to reach a person for which consent is asked.
CONSENT_CHANNELS = [
    ("email", "Email"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("post", "Post"),
]

CONSENT_DECISIONS = [
    ("given", "Given"),
    ("refused", "Refused"),
    ("unknown", "Not Known"),
]

# How a decision came to us: part of its proof.
CONSENT_SOURCES = [
    ("manual", "Entered by a Colleague"),
    ("page", "Preference Page"),
    ("unsubscribe", "Unsubscribe Link"),
    ("one_click", "One-Click Unsubscribe"),
    ("merge", "Merged Contacts"),
    ("response", "Page of a Trade Show or Insertion"),
]

IMPORT_STATES = [
    ("draft", "New"),
    ("queued", "Waiting"),
    ("done", "Done"),
    ("failed", "Failed"),
]

# What became of a line of an imported file.
IMPORT_STATUSES = [
    ("matched", "Recognised"),
    ("created", "Created"),
    ("ambiguous", "Ambiguous"),
    ("rejected", "Rejected"),
    ("duplicate", "Repeated"),
]

# What a template is for: the channels, but a template of the channel "post" is a letter, which a
# fax shows too.
TEMPLATE_CHANNELS = [
    ("email", "Email"),
    ("sms", "SMS"),
    ("post", "Letter"),
    ("file", "File"),
]

# Placeholders of other tools, and whether what is found is one even when its name is unknown.
FOREIGN_PLACEHOLDERS = (
    (r"\*\|([A-Z][\w: ]*)\|\*", True),
    (r"\{\{\{?([^{}]+)\}?\}\}", True),
    (r"%%([A-Za-z_][\w. -]*)%%", True),
    (r"\[\[([A-Za-z_][^\[\]]*)\]\]", True),
    (r"\{contactfield=(\w+)\}", True),
    (r"\{(unsubscribe_url|webview_url)\}", True),
    (r"%([A-Z][A-Z_]{2,30})%", False),
    (r"\[([A-Z][A-Z_]{2,30})\]", False),
)

# Names in other tools, in lower-case letters and digits -> merge fields, the first one that there
# is; an address begins with "/"; "" leaves the placeholder out, because another one says it.
_NAME = ("object.partner_id.name",)
FOREIGN_FIELDS = {
    **dict.fromkeys(
        ("fname", "firstname", "prenom", "givenname"), ("object.partner_id.firstname", *_NAME)
    ),
    **dict.fromkeys(
        ("lname", "lastname", "nom", "surname", "familyname"), ("object.partner_id.lastname", "")
    ),
    **dict.fromkeys(("name", "fullname", "displayname", "contactname"), _NAME),
    **dict.fromkeys(("email", "emailaddress", "mail"), ("object.email",)),
    **dict.fromkeys(
        ("phone", "mobile", "telephone", "tel", "phonenumber"), ("object.partner_id.phone",)
    ),
    **dict.fromkeys(("city", "ville", "town"), ("object.partner_id.city",)),
    **dict.fromkeys(
        ("zip", "zipcode", "postalcode", "codepostal", "cp", "postcode"),
        ("object.partner_id.zip",),
    ),
    **dict.fromkeys(("street", "address", "address1", "adresse"), ("object.partner_id.street",)),
    **dict.fromkeys(("country", "pays"), ("object.partner_id.country_id.name",)),
    **dict.fromkeys(("jobtitle", "function", "fonction"), ("object.partner_id.function",)),
    **dict.fromkeys(
        ("company", "companyname", "societe", "entreprise", "organization"),
        ("object.partner_id.commercial_company_name",),
    ),
    **dict.fromkeys(("listcompany", "sendercompany", "sendername"), ("object.company_id.name",)),
    **dict.fromkeys(("listphone", "senderphone"), ("object.company_id.phone",)),
    **dict.fromkeys(("listemail",), ("object.company_id.email",)),
    **dict.fromkeys(("listurl", "senderwebsite"), ("object.company_id.website",)),
    **dict.fromkeys(("sendercity", "membercity"), ("object.company_id.city",)),
    **dict.fromkeys(("senderstreet", "senderaddress"), ("object.company_id.street",)),
    **dict.fromkeys(
        (
            "unsub",
            "unsubscribe",
            "unsubscribeurl",
            "unsubscribelink",
            "unsublink",
            "unsublinken",
            "unsublinkfr",
            "unsuburl",
            "desinscription",
        ),
        ("/unsubscribe_from_list",),
    ),
    **dict.fromkeys(
        ("updateprofile", "preferences", "preferencesurl", "managepreferences", "profilecenterurl"),
        ("/campaign_preferences",),
    ),
    **dict.fromkeys(
        ("archive", "mirror", "mirrorurl", "webview", "webviewurl", "permalink", "viewemailurl"),
        ("/view",),
    ),
}

# What the answer to a question of a call script is.
ANSWER_TYPES = [
    ("text", "Text"),
    ("number", "Number"),
    ("date", "Date"),
    ("yes_no", "Yes/No"),
    ("choice", "Choice"),
]

# Conditions under which a path of a call script is taken, those of all types of answers.
PATH_KINDS = [
    ("starts_with", "Starts with"),
    ("contains", "Contains"),
    ("ends_with", "Ends with"),
    ("gt", "Greater than"),
    ("ge", "Greater than or equal to"),
    ("lt", "Less than"),
    ("le", "Less than or equal to"),
    ("between", "Between"),
    ("before", "Before"),
    ("after", "After"),
    ("yes", "Yes"),
    ("no", "No"),
    ("one_of", "One of"),
    ("other", "Other"),
    ("next", "Next"),
    ("quit", "Quit"),
]

# Record of a call that an answer may be written to, and its model.
WRITE_KINDS = [
    ("contact", "Contact"),
    ("company", "Company"),
    ("lead", "Lead or Opportunity"),
]
WRITE_MODELS = {"contact": "res.partner", "company": "res.partner", "lead": "crm.lead"}

# Types of fields that take an answer of a type.
WRITE_TYPES = {
    "text": ("char", "text"),
    "number": ("integer", "float"),
    "date": ("date",),
    "yes_no": ("boolean",),
    "choice": ("selection", "char"),
}

CALL_STATES = [
    ("todo", "To Do"),
    ("no_answer", "No Answer"),
    ("callback", "Call Back"),
    ("done", "Done"),
    ("cancelled", "Call Cancelled"),
]

# What a response is: how a person reacted.
RESPONSE_KINDS = [
    ("manual", "Entered by Hand"),
    ("reply", "Reply"),
    ("click", "Click"),
    ("lead", "Lead"),
    ("call", "Successful Call"),
    ("visit", "Visit"),
    ("code", "Code or Page"),
]

# States of a call that is still to be made.
CALL_OPEN_STATES = ("todo", "no_answer", "callback")

# How calls are distributed: see tools/call_distribution.py.
CALL_METHODS = [
    ("availability", "By availability"),
    ("calendar", "By calendar"),
    ("account", "By account"),
]

# What a line of a mass action makes on each record.
ACTION_KINDS = [
    ("todo", "To-Do"),
    ("lead", "New Lead"),
]

# Who gets what a mass action makes.
ACTION_ASSIGNEES = [
    ("responsible", "Responsible of the record"),
    ("user", "A given user"),
    ("turn", "Several users in turn"),
    ("nobody", "Nobody yet"),
]

ACTION_STATES = [
    ("open", "To Do"),
    ("suspended", "Suspended"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]

# How often the manager of a campaign gets its report.
REPORT_FREQUENCIES = [
    ("none", "Never"),
    ("weekly", "Every Week"),
    ("monthly", "Every Month"),
]
