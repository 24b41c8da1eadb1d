from . import paydox_partner_requisites
from . import paydox_partner_requisites_display
from . import res_partner
from . import res_partner_requisites
from . import res_partner_matching
from . import res_partner_bank
from . import res_bank
from . import paydox_document
