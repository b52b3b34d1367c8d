import { useService } from "@web/core/utils/hooks";

/**
 * Gives what opens a question of a script in a dialog, or a new one without an id. The form of the
 * script is saved before and read again after, so that a path may lead to any question.
 *
 * @param {() => Object} getRecord - gives the record of the script
 */
export function useQuestionOpener(getRecord) {
    const action = useService("action");
    const orm = useService("orm");

    return async function openQuestion(questionId = false) {
        const record = getRecord();
        if (!(await record.save())) {
            return;
        }
        const dialog = await orm.call(record.resModel, "action_open_question", [
            [record.resId],
            questionId,
        ]);
        await action.doAction(dialog, { onClose: () => record.load() });
    };
}
