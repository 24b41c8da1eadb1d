from . import paydox_deal_stay_report
