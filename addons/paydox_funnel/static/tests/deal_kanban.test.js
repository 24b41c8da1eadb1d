import { expect, test } from "@odoo/hoot";
import { DealKanbanModel } from "@paydox_funnel/views/deal_kanban/deal_kanban_view";

const ALL = [["type", "=", "opportunity"]];
const OF_TYPE = [["deal_type_id", "=", 3]];

function getGroups(count, domain) {
    const groups = Object.fromEntries(
        Array.from({ length: count }, (_, index) => [index, { list: { offset: 0 } }])
    );
    const config = { fields: {}, groupBy: ["stage_id"], orderBy: [], domain: ALL, groups };
    return DealKanbanModel.prototype._getNextConfig.call({}, config, { domain }).groups;
}

test("columns of a chosen type are opened anew, where there were too many to be opened", () => {
    expect(getGroups(17, OF_TYPE)).toBe(undefined);
});

test("what a person folded stays so: where all columns were opened, and when the same is read again", () => {
    expect(Object.keys(getGroups(7, OF_TYPE))).toHaveLength(7);
    expect(Object.keys(getGroups(17, [...ALL]))).toHaveLength(17);
});
