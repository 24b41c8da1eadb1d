import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockTimeZone } from "@odoo/hoot-mock";
import { splitPeriod } from "@paydox_funnel/views/funnel/funnel_period";

describe.current.tags("headless");

beforeEach(() => mockTimeZone(+2));

test("a year of the search bar becomes two days in the time zone of the user", () => {
    const domain = [
        "&",
        ["create_date", ">=", "2025-12-31 22:00:00"],
        ["create_date", "<=", "2026-12-31 21:59:59"],
    ];

    expect(splitPeriod(domain)).toEqual({
        domain: [],
        isSplit: true,
        dateFrom: "2026-01-01",
        dateTo: "2026-12-31",
    });
});

test("other terms stay in the domain", () => {
    const domain = [
        "&",
        "&",
        ["create_date", ">=", "2026-03-01"],
        ["create_date", "<=", "2026-03-31"],
        "|",
        ["user_id", "=", 7],
        ["team_id", "=", false],
    ];

    expect(splitPeriod(domain)).toEqual({
        domain: ["|", ["user_id", "=", 7], ["team_id", "=", false]],
        isSplit: true,
        dateFrom: "2026-03-01",
        dateTo: "2026-03-31",
    });
});

test("terms joined without an operator are joined by and", () => {
    const domain = [
        ["active", "=", true],
        ["create_date", ">", "2026-03-01"],
        ["create_date", "<", "2026-04-01"],
    ];

    expect(splitPeriod(domain)).toEqual({
        domain: [["active", "=", true]],
        isSplit: true,
        dateFrom: "2026-03-02",
        dateTo: "2026-03-31",
    });
});

test("two months in a row are one period", () => {
    const domain = [
        "|",
        "&",
        ["create_date", ">=", "2026-02-28 22:00:00"],
        ["create_date", "<=", "2026-03-31 21:59:59"],
        "&",
        ["create_date", ">=", "2026-01-31 22:00:00"],
        ["create_date", "<=", "2026-02-28 21:59:59"],
    ];

    expect(splitPeriod(domain)).toEqual({
        domain: [],
        isSplit: true,
        dateFrom: "2026-02-01",
        dateTo: "2026-03-31",
    });
});

test("two months apart stay in the domain", () => {
    const domain = [
        "|",
        "&",
        ["create_date", ">=", "2026-01-01"],
        ["create_date", "<=", "2026-01-31"],
        "&",
        ["create_date", ">=", "2026-03-01"],
        ["create_date", "<=", "2026-03-31"],
    ];

    expect(splitPeriod(domain)).toEqual({ domain, isSplit: false, dateFrom: null, dateTo: null });
});

test("bounds within a day stay in the domain", () => {
    const domain = [
        ["create_date", ">=", "2026-01-01 10:00:00"],
        ["create_date", "<=", "2026-01-31"],
    ];

    expect(splitPeriod(domain)).toEqual({
        domain: [["create_date", ">=", "2026-01-01 10:00:00"]],
        isSplit: false,
        dateFrom: null,
        dateTo: "2026-01-31",
    });
});

test("negated, relative and foreign bounds stay in the domain", () => {
    const domain = [
        "!",
        ["create_date", ">=", "2026-01-01"],
        ["create_date", ">=", "today -1m"],
        ["date_closed", ">=", "2026-01-01"],
        ["create_date", "!=", false],
    ];

    const { domain: rest, dateFrom, dateTo, isSplit } = splitPeriod(domain);

    expect(rest).toEqual(domain);
    expect([dateFrom, dateTo, isSplit]).toEqual([null, null, false]);
});

test("the narrower of two periods counts", () => {
    const domain = [
        ["create_date", ">=", "2026-01-01"],
        ["create_date", ">=", "2026-05-01"],
        ["create_date", "<=", "2026-12-31"],
    ];

    const { dateFrom, dateTo } = splitPeriod(domain);

    expect([dateFrom, dateTo]).toEqual(["2026-05-01", "2026-12-31"]);
});

test("a period that ends before it starts is left to the server", () => {
    const domain = [
        ["create_date", ">=", "2026-05-01"],
        ["create_date", "<=", "2026-04-01"],
    ];

    expect(splitPeriod(domain)).toEqual({ domain, isSplit: false, dateFrom: null, dateTo: null });
});

test("no domain, no period", () => {
    expect(splitPeriod([])).toEqual({ domain: [], isSplit: true, dateFrom: null, dateTo: null });
});
