# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from .common import CrmCampaignCase


class ScriptCase(CrmCampaignCase):
    """Call scripts made of short tables; no field is writable but those of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = cls.env["crm.campaign.script.field"]
        model.search([("id", "!=", False)]).unlink()

    @classmethod
    def _create_script(cls, *rows, **values):
        """Create a script of the manager, whose first question is the start.

        :param rows: type of the answer and paths, each a dict of values with ``to``, the number of
            the question it leads to; a third item holds more values of the question
        """
        values = {"name": "Survey", **values}
        script = cls.env["crm.campaign.script"].with_user(cls.manager).create(values)
        questions = script.question_ids.create(
            [
                {
                    "script_id": script.id,
                    "name": f"Question {number}?",
                    "answer_type": row[0],
                    **(row[2] if len(row) > 2 else {}),
                }
                for number, row in enumerate(rows, 1)
            ]
        )
        for question, row in zip(questions, rows, strict=True):
            for path in row[1]:
                cls._create_path(question, **path)
        script.start_question_id = questions[:1]
        return script

    @classmethod
    def _create_path(cls, question, to=None, **values):
        target = question.script_id.question_ids[to - 1] if to else question.browse()
        values = {"question_id": question.id, "target_question_id": target.id, **values}
        return question.path_ids.create(values)

    @classmethod
    def _permit(cls, model, name):
        """Have an administrator list a field as writable."""
        field = cls.env["ir.model.fields"]._get(model, name)
        return cls.env["crm.campaign.script.field"].sudo().create({"field_id": field.id})

    def _get_codes(self, script):
        """Return what is wrong with a script: codes and numbers of questions, 0 = the whole."""
        script.invalidate_recordset()
        numbers = {question.id: question.number for question in script.question_ids}
        return [(row["code"], numbers.get(row["question_id"], 0)) for row in script.problems or []]
