from . import base_partner_merge
from . import paydox_paper_report
from . import paydox_partner_requisites_change
