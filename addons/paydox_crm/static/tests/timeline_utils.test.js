import { expect, test } from "@odoo/hoot";

import { groupByDay } from "@paydox_crm/components/timeline/timeline_utils";

test.tags("headless");
test("events stand under their days, in their order", () => {
    const items = [
        { id: 1, day: "Tuesday" },
        { id: 2, day: "Tuesday" },
        { id: 3, day: "Monday" },
    ];

    const days = groupByDay(items, (item) => item.day);

    expect(days.map(({ day }) => day)).toEqual(["Tuesday", "Monday"]);
    expect(days[0].items.map(({ id }) => id)).toEqual([1, 2]);
});

test.tags("headless");
test("no events are no days", () => {
    expect(groupByDay([], () => "")).toEqual([]);
});
