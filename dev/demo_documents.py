# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""What leaves otherwise than by email in `make demo`: letters, text messages, a file.

Each operation is prepared, dispatched and finished by the methods that users and jobs call.
"""

import tempfile

LETTER = """\
<p>Bonjour {{ object.partner_id.name ||| chère cliente, cher client }},</p>
<p>{{ object.company_id.name ||| Nos ateliers }} ouvrent leurs portes samedi : venez voir tourner,
émailler et cuire, et repartez avec votre première pièce.</p>
<p>À bientôt à {{ object.company_id.city ||| Rennes }},</p>
<p>{{ object.operation_id.user_id.name ||| L'équipe }}</p>
"""
TEXT = "{{ object.partner_id.name ||| Bonjour}}, l'atelier est fermé lundi : cours reportés."
COLUMNS = ("object.partner_id.name", "object.partner_id.street", "object.partner_id.zip",
           "object.partner_id.city")  # fmt: skip


def make_documents(env) -> int:
    """Do one operation by post, one by SMS and one by file; each step is committed.

    :param env: environment of a marketing user
    :return: number of recipients that were reached
    """
    campaign = env["crm.campaign"].create({"title": "Portes ouvertes", "budget_planned": 900})
    target = env["crm.campaign.target"].create(
        {
            "name": "Contacts d'Ille-et-Vilaine",
            "record_kind": "partner",
            "domain": "[('zip', '=like', '35%')]",
        }
    )
    common = {"campaign_id": campaign.id, "target_id": target.id}
    operations = [
        create_operation(env, common, "post", "Invitation aux portes ouvertes", body_html=LETTER),
        create_operation(env, common, "sms", "Fermeture de lundi", body_text=TEXT),
        create_operation(
            env,
            common,
            "file",
            "Adresses pour l'imprimeur",
            column_ids=[(0, 0, {"expression": expression}) for expression in COLUMNS],
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        # Text messages of the demo go into files, and nowhere else.
        set_carrier(env, "file", folder)
        for operation in operations:
            operation.action_ready()
            operation.action_dispatch()
        env.cr.commit()
        env(su=True)["crm.campaign.execution"]._cron_send()
        set_carrier(env, "host", False)
    env.cr.commit()
    env.invalidate_all()
    if unfinished := [operation for operation in operations if operation.state != "done"]:
        raise RuntimeError(f"{unfinished[0].name}: {unfinished[0].error_message}")
    return sum(operation.sent_count for operation in operations)


def create_operation(env, common, channel, name, **content):
    """Prepare an operation and its template, on a purpose that needs no consent."""
    purpose = env.ref("crm_campaign.crm_campaign_purpose_service")
    template = env["crm.campaign.template"].create(
        {"name": name, "channel": channel, "purpose_id": purpose.id, **content}
    )
    values = {"name": name, "channel": channel, "template_id": template.id, "budget": 120}
    return env["crm.campaign.operation"].create({**common, **values})


def set_carrier(env, provider, folder):
    """Choose who carries the text messages of the company."""
    root = env(su=True)
    root["ir.config_parameter"].set_param("crm_campaign.sms_folder", folder)
    root["res.company"].browse(env.company.id).campaign_sms_provider = provider
