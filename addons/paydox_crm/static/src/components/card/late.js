import { toRaw, useEnv, useState } from "@odoo/owl";
import { useRecordObserver } from "@web/model/relational_model/utils";

/**
 * What comes after the form, so that nobody waits for it: asked when the component appears, and again after each reading
 * and saving of the record.
 *
 * @param {(orm: Object, resId: number, data: Object) => Promise<Object | null>} ask
 * @returns {{ value: Object | null, isLoading: boolean }} reactive; the former value stays until the new one is there
 */
export function useLate(ask) {
    // Not useService: what several components wait for must come although the one that asked is gone.
    const { orm } = useEnv().services;
    const state = useState({ value: null, isLoading: false });
    let latest = {};
    const load = async (resId, data) => {
        const asked = (latest = { resId, data });
        state.isLoading = true;
        let value = null;
        try {
            value = await ask(orm, resId, data);
        } finally {
            if (asked === latest) {
                Object.assign(state, { value, isLoading: false });
            }
        }
    };
    useRecordObserver((record) => {
        // The data are another object after each reading, whatever was typed in between.
        const data = toRaw(record.data);
        const { resId } = record;
        if (data === latest.data && resId === latest.resId) {
            return;
        }
        if (resId !== latest.resId) {
            Object.assign(state, { value: null, isLoading: false });
        }
        if (resId) {
            // not waited for: the form is drawn at once
            load(resId, data);
        } else {
            latest = { resId, data };
        }
    });
    return state;
}

/**
 * Computed fields that the form does not read.
 *
 * @param {string[]} names
 */
export function useLateFields(names) {
    return useLate(async (orm, resId) => {
        const [values] = await orm.read("res.partner", [resId], names);
        return values || null;
    });
}

// By the data of a form: all that stand on it ask once together.
const heads = new WeakMap();

/** Numbers and texts on top of the card of a counterparty. */
export function useCardHead() {
    return useLate((orm, resId, data) => {
        if (!heads.has(data)) {
            const head = orm.call("res.partner", "get_card_head", [[resId]]).catch((error) => {
                // told once, not by each button
                Promise.reject(error);
                return null;
            });
            heads.set(data, head);
        }
        return heads.get(data);
    });
}
